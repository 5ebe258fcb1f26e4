// Attacks and ordinary life in real containers: what drift must tell, and what it must not.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { containerDrift, type DriftRequest } from "../../src/app/drift.ts";
import type { Environment } from "../../src/io/folders.ts";
import { AppError } from "../../src/kit/error.ts";
import type { DriftItem, DriftResult } from "../../src/model/drift.ts";
import { LAB_TIMEOUT_MS, labRootfs } from "../lab/debootstrap.ts";
import {
  dockerHindrance,
  ENGINE_TIMEOUT_MS,
  type LabEngine,
  podmanHindrance,
  startDocker,
  startPodman,
} from "../lab/docker-engine.ts";

/** One engine with an image of Debian's, which has dash, perl and libraries of packages. */
interface Stand {
  readonly env: Environment;
  /** Runs the engine's program. */
  run(...args: string[]): string;
  stop(): Promise<void>;
}

const ASKED: Omit<DriftRequest, "container"> = { engine: null, threshold: null, allow: [] };

async function lookedAt(
  stand: Stand,
  container: string,
  asked: Partial<DriftRequest> = {},
): Promise<DriftResult> {
  return containerDrift(
    { ...ASKED, container, ...asked },
    {
      env: stand.env,
      signal: new AbortController().signal,
      progress: () => undefined,
      warn: () => undefined,
    },
  );
}

function told(items: readonly DriftItem[]): string[] {
  return items.map(({ severity, kind, path, uses }) =>
    `${severity} ${kind} ${path} ${uses.join("+")}`.trimEnd(),
  );
}

/** Of the engine's program, started in a container and left running. */
type Inside = (script: string) => void;

function insideOf(stand: Stand, name: string): { readonly does: Inside; readonly starts: Inside } {
  return {
    does: (script) => {
      stand.run("exec", name, "sh", "-ec", script);
    },
    starts: (script) => {
      stand.run("exec", "-d", name, "sh", "-ec", script);
    },
  };
}

const FROM_MEMORY = `
  my $name = "work"; my $fd = syscall(${process.arch === "arm64" ? 279 : 319}, $name, 0);
  open(my $in, "<", "/bin/dropped-before") or die; binmode $in; local $/; my $bytes = <$in>;
  open(my $out, ">&=", $fd); binmode $out; print $out $bytes . "x"; $out->flush();
  exec { "/proc/self/fd/$fd" } "kworker", "600";`;

/** A program that the image does not have, and that runs: the image's own with a byte behind its end. */
const dropped = (path: string): string => `cp /bin/sleep ${path}; echo x >> ${path}`;

/** Each with what is said of it. Programs are waited for until they show up in /proc. */
const ATTACKS: readonly {
  readonly name: string;
  readonly does?: string;
  readonly starts?: string;
  readonly said: string;
}[] = [
  {
    name: "dropped onto the overlay",
    does: dropped("/tmp/dropped"),
    starts: "exec /tmp/dropped 600",
    said: "critical dropped tmp/dropped executed",
  },
  {
    name: "dropped into a volume",
    does: dropped("/data/tool"),
    starts: "exec /data/tool 600",
    said: "critical dropped data/tool executed",
  },
  {
    name: "dropped into memory that has names",
    does: dropped("/scratch/tool"),
    starts: "exec /scratch/tool 600",
    said: "critical dropped scratch/tool executed",
  },
  {
    name: "a script in /dev/shm, through an interpreter",
    does: "echo 'sleep 600; exit' > /dev/shm/run.sh",
    starts: "exec sh /dev/shm/run.sh",
    said: "critical dropped dev/shm/run.sh interpreted",
  },
  {
    name: "a script by a path from the working folder",
    does: "mkdir -p /srv/app; echo 'sleep 600;' > /srv/app/x.pl",
    starts: "cd /srv/app; exec perl -w ./x.pl",
    said: "critical dropped srv/app/x.pl interpreted",
  },
  {
    name: "a script with a first line",
    does: "printf '#!/bin/sh\\nsleep 600\\nexit\\n' > /opt/start; chmod +x /opt/start",
    starts: "exec /opt/start",
    said: "critical dropped opt/start interpreted",
  },
  {
    name: "a script by the standard input",
    does: "echo 'sleep 600; exit' > /tmp/given",
    starts: "sh < /tmp/given",
    said: "critical dropped tmp/given interpreted",
  },
  {
    name: "a script without a name, by its number",
    does: "echo 'sleep 600; exit' > /tmp/by-number",
    starts: "exec 7< /tmp/by-number; rm /tmp/by-number; exec sh /dev/fd/7",
    said: "critical deleted tmp/by-number interpreted",
  },
  {
    name: "a copy of the image's under another name",
    does: "cp /bin/sleep /tmp/kworker",
    starts: "exec /tmp/kworker 600",
    said: "high moved tmp/kworker executed",
  },
  {
    name: "deleted after it was started",
    does: dropped("/tmp/gone"),
    starts: "/tmp/gone 600 & sleep 0.5; rm /tmp/gone; wait",
    said: "critical deleted tmp/gone executed",
  },
  {
    name: "through a link in a folder for programs",
    does: `${dropped("/var/lib/real")}; ln -s /var/lib/real /usr/local/bin/fine`,
    starts: "exec fine 600",
    said: "critical dropped var/lib/real executed",
  },
  {
    name: "mapped by the dynamic linker",
    does: `${dropped("/tmp/loaded")}; chmod -x /tmp/loaded`,
    starts: "exec /lib*/ld-linux-*.so.* /tmp/loaded 600",
    said: "critical dropped tmp/loaded mapped",
  },
  {
    name: "a replaced library",
    does: "cd /lib/*-linux-gnu; f=$(readlink -f libcrypt.so.1); cp $f n; echo >> n; mv n $f; echo ${f#/} > /tmp/which",
    starts: "exec perl -e 'sleep 600'",
    said: "critical modified LIBRARY mapped",
  },
  {
    name: "a process that forks away from its parent",
    does: dropped("/tmp/away"),
    starts: "setsid -f sh -c '(setsid /tmp/away 600 &)'",
    said: "critical dropped tmp/away executed",
  },
  {
    name: "in memory only",
    starts: `cat > /tmp/m.pl <<'E'\n${FROM_MEMORY}\nE\ncp /bin/sleep /bin/dropped-before; exec perl /tmp/m.pl`,
    said: "critical memfd memfd:work executed",
  },
  {
    name: "a program made setuid",
    does: "chmod u+s /bin/date",
    said: "high privileged usr/bin/date",
  },
  {
    name: "a link that leads elsewhere",
    does: "ln -sf /tmp/evil /etc/localtime",
    said: "high relinked etc/localtime",
  },
  { name: "configuration taken away", does: "rm /etc/issue", said: "medium removed etc/issue" },
  {
    name: "a folder replaced by one of the same name",
    does: "rm -r /etc/apt; mkdir /etc/apt; mkdir /etc/apt/trusted.gpg.d",
    said: "medium removed etc/apt/apt.conf.d",
  },
  {
    name: "a preloaded library, named in configuration",
    does: "echo /tmp/none.so > /etc/ld.so.preload",
    said: "high dropped etc/ld.so.preload",
  },
  {
    name: "another account",
    does: "echo 'x::0:0::/:/bin/sh' >> /etc/passwd",
    said: "high modified etc/passwd",
  },
  {
    name: "one program of the image over another",
    does: "cp /bin/bash /usr/sbin/nologin",
    said: "high moved usr/sbin/nologin",
  },
  {
    name: "a program by the name of a whiteout",
    does: dropped("/usr/bin/.wh.date"),
    said: "high dropped usr/bin/.wh.date",
  },
];

/** What ordinary containers do. */
const LIFE = [
  "touch /bin/ls; chmod 700 /bin/cat; touch -d 2001-01-01 /bin/mv",
  "cp /bin/cp /tmp/c; mv /tmp/c /bin/cp",
  "echo line >> /var/log/app.log; echo line >> /var/log/dpkg.log; mv /var/log/app.log /var/log/app.log.1",
  "echo 7 > /run/app.pid; mkdir -p /var/cache/app/a/b; echo x > /var/cache/app/a/b/c",
  "echo '127.0.0.1 other' >> /etc/hosts; echo 'nameserver ::1' > /etc/resolv.conf",
  "echo note > /root/note; echo x > /data/file; echo x > /tmp/file; mkdir /usr/share/empty",
  "ln -s /tmp/file /var/lib/link; ldconfig",
];

async function until<T>(look: () => Promise<T>, done: (seen: T) => boolean): Promise<T> {
  for (let left = 20; ; left -= 1) {
    const seen = await look();
    if (done(seen) || left === 0) return seen;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

function common(stand: () => Stand, start: (name: string) => string[]): void {
  test("ordinary life is no drift", async () => {
    stand().run(...start("quiet"), "deb:1", "sleep", "600");
    const { does } = insideOf(stand(), "quiet");
    for (const line of LIFE) does(line);
    const result = await lookedAt(stand(), "quiet", { threshold: "low" });
    expect(told(result.drift)).toEqual([]);
    expect(result.problems).toEqual([]);
    expect(result.exitCode).toBe(0);
    expect(result.looked.unchanged).toBeGreaterThanOrEqual(4);
    expect(result.looked).toMatchObject({ processes: 1 });
    expect(result.looked.same).toBe(result.looked.running);
    expect(result.inUse?.packages.map(({ owner }) => owner)).toEqual([
      "deb/coreutils",
      "deb/libc6",
    ]);
    expect(result.inUse?.coverage).toMatchObject({ how: "snapshot", isWhole: true });
  });

  describe("attacks", () => {
    let result: DriftResult;
    let said: string[];
    beforeAll(async () => {
      stand().run(...start("prey"), "deb:1", "sleep", "600");
      const { does, starts } = insideOf(stand(), "prey");
      for (const attack of ATTACKS) {
        if (attack.does !== undefined) does(attack.does);
        if (attack.starts !== undefined) starts(attack.starts);
      }
      const library = stand().run("exec", "prey", "cat", "/tmp/which").trim();
      said = ATTACKS.map((attack) => attack.said.replace("LIBRARY", library));
      result = await until(
        () => lookedAt(stand(), "prey", { threshold: "critical" }),
        ({ drift }) => said.every((line) => told(drift).includes(line)),
      );
    }, ENGINE_TIMEOUT_MS);

    test.each(ATTACKS.map(({ name }, i) => [name, i] as const))("%s", (_, i) =>
      expect(told(result.drift)).toContain(said[i]),
    );
    test("fail a threshold", () => {
      expect(result.verdict.outcome).toBe("deny");
      expect(result.exitCode).toBe(3);
    });
    test("are told with the package and the processes", () => {
      const library = result.drift.find(({ kind, uses }) => kind === "modified" && uses.length > 0);
      expect(library?.image).toMatchObject({ owner: "deb/libcrypt1", layer: 0 });
      expect(library?.processes[0]?.command).toBe("perl -e sleep 600");
    });
    test("are set aside where they are allowed, and listed", async () => {
      const allowing = await lookedAt(stand(), "prey", { allow: ["/tmp/**", "data/*"] });
      expect(told(allowing.allowed)).toContain("critical dropped data/tool executed");
      expect(allowing.drift.filter(({ path }) => path.startsWith("tmp/"))).toEqual([]);
      expect(allowing.drift.length + allowing.allowed.length).toBe(result.drift.length);
    });
  });

  test("a container that is not there is an error with a way out", async () => {
    const error: unknown = await lookedAt(stand(), "nobody").catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ code: "not-found" });
  });
}

async function imported(run: Stand["run"]): Promise<void> {
  const { root, reason } = await labRootfs("bookworm");
  if (root === null) throw new Error(reason);
  const folder = mkdtempSync(join(tmpdir(), "bulwark-drift-image-"));
  try {
    execFileSync("tar", [
      "-C",
      root,
      "--exclude=./var/cache/apt",
      "-cf",
      join(folder, "deb.tar"),
      ".",
    ]);
    run("import", "--change", "VOLUME /data", join(folder, "deb.tar"), "deb:1");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function programOf(program: string, options: readonly string[]): Stand["run"] {
  return (...args) =>
    execFileSync(program, [...options, ...args], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
}

const SCRATCH = ["--tmpfs", "/scratch:rw,exec"];
const docker = dockerHindrance() ?? (await labRootfs("bookworm")).reason;

describe.skipIf(docker !== null)(`containers of Docker (${docker ?? "real"})`, () => {
  let engine: LabEngine;
  let home: string;
  let stand: Stand;
  beforeAll(async () => {
    engine = await startDocker();
    home = mkdtempSync(join(tmpdir(), "bulwark-drift-"));
    const env = { DOCKER_HOST: engine.host, HOME: home };
    stand = { env, run: programOf("docker", ["--host", engine.host]), stop: engine.stop };
    await imported(stand.run);
  }, ENGINE_TIMEOUT_MS + LAB_TIMEOUT_MS);
  afterAll(async () => {
    await engine.stop();
    rmSync(home, { recursive: true, force: true });
  }, ENGINE_TIMEOUT_MS);

  common(
    () => stand,
    (name) => ["run", "-d", "--network=none", ...SCRATCH, "--name", name],
  );

  test("one that has ended is compared by what it wrote", async () => {
    stand.run(
      "run",
      "--network=none",
      "--name",
      "ended",
      "deb:1",
      "sh",
      "-c",
      "echo x > /etc/x; rm /etc/issue; cp /bin/ls /opt",
    );
    const result = await lookedAt(stand, "ended", { threshold: "high" });
    expect(told(result.drift)).toEqual(
      ["medium removed etc/issue", "medium dropped etc/x", "medium moved opt/ls"].sort((a, b) =>
        (a.split(" ")[2] ?? "") < (b.split(" ")[2] ?? "") ? -1 : 1,
      ),
    );
    expect(result.problems.map(({ code }) => code)).toEqual(["container-stopped"]);
    expect(result.exitCode).toBe(0);
  });

  test("the engine's own first process is known", async () => {
    stand.run("run", "-d", "--init", "--network=none", "--name", "init", "deb:1", "sleep", "600");
    const { drift } = await lookedAt(stand, "init");
    expect(told(drift)).toEqual(["negligible dropped usr/sbin/docker-init executed"]);
  });

  test("an image that was built in several layers is compared as a whole", async () => {
    stand.run("create", "--name", "second", "deb:1", "sh", "-c", "x");
    stand.run("rm", "second");
    stand.run(
      "run",
      "--network=none",
      "--name",
      "step",
      "deb:1",
      "sh",
      "-c",
      `${dropped("/usr/bin/tool")}; rm /etc/issue; rm -r /etc/apt; mkdir /etc/apt; echo x > /etc/apt/own`,
    );
    stand.run("commit", "step", "layers:1");
    stand.run("run", "-d", "--network=none", "--name", "layers", "layers:1", "tool", "600");
    expect(told((await lookedAt(stand, "layers")).drift)).toEqual([]);
    insideOf(stand, "layers").does("rm /etc/apt/own");
    expect(told((await lookedAt(stand, "layers")).drift)).toEqual(["medium removed etc/apt/own"]);
  });
});

const podman = podmanHindrance() ?? (await labRootfs("bookworm")).reason;
const LIMITS = ["--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024"];

describe.skipIf(podman !== null).each(["overlay", "vfs"] as const)(
  `containers of Podman on %s (${podman ?? "real"})`,
  (driver) => {
    let engine: Awaited<ReturnType<typeof startPodman>>;
    let home: string;
    let stand: Stand;
    beforeAll(async () => {
      engine = await startPodman(driver);
      home = mkdtempSync(join(tmpdir(), "bulwark-drift-"));
      const env = { DOCKER_HOST: engine.host, CONTAINER_HOST: engine.host, HOME: home };
      stand = {
        env,
        run: programOf("podman", ["--runtime", "runc", ...engine.options]),
        stop: engine.stop,
      };
      await imported(stand.run);
    }, ENGINE_TIMEOUT_MS + LAB_TIMEOUT_MS);
    afterAll(async () => {
      stand.run("rm", "--all", "--force", "--time", "0");
      await engine.stop();
      rmSync(home, { recursive: true, force: true });
    }, ENGINE_TIMEOUT_MS);

    common(
      () => stand,
      (name) => ["run", "-d", "--network=none", ...LIMITS, ...SCRATCH, "--name", name],
    );
  },
);
