// Attacks and ordinary life in real containers: what drift must tell, and what it must not.
import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { containerDrift, type DriftRequest, driftOfAll } from "../../src/app/drift.ts";
import { runScan, type ScanRequest } from "../../src/app/scan.ts";
import type { Surroundings } from "../../src/app/surroundings.ts";
import type { Environment } from "../../src/io/folders.ts";
import { AppError } from "../../src/kit/error.ts";
import type { DriftItem, DriftResult } from "../../src/model/drift.ts";
import type { Priority } from "../../src/model/finding.ts";
import { LAB_TIMEOUT_MS, labRootfs, type Suite } from "../lab/debootstrap.ts";
import {
  dockerHindrance,
  ENGINE_TIMEOUT_MS,
  type LabEngine,
  podmanHindrance,
  startDocker,
  startPodman,
} from "../lab/docker-engine.ts";
import { ATTACKS, dropped, LIFE } from "./drift-attacks.data.ts";

/** One engine with an image of Debian's, which has dash, perl and libraries of packages. */
interface Stand {
  readonly env: Environment;
  /** Runs the engine's program. */
  run(...args: string[]): string;
  /** Runs a program in a container, while others go on. */
  enter(container: string, ...args: string[]): Promise<unknown>;
}

const ASKED: Omit<DriftRequest, "container"> = {
  engine: null,
  threshold: null,
  allow: [],
  baseline: null,
};

async function lookedAt(
  stand: Stand,
  container: string,
  asked: Partial<DriftRequest> = {},
): Promise<DriftResult> {
  return containerDrift({ ...ASKED, container, ...asked }, surroundingsOf(stand));
}

function surroundingsOf({ env }: Stand): Surroundings {
  const { signal } = new AbortController();
  return { env, signal, progress: () => undefined, warn: () => undefined };
}

function scanOf(inUse: readonly string[]): ScanRequest {
  return {
    targets: ["docker:old:1"],
    running: false,
    platform: null,
    onlyFixable: false,
    baseline: null,
    exceptions: null,
    vex: [],
    inUse,
    offline: true,
    db: null,
    evidence: null,
    cached: true,
    secrets: "no",
    threshold: null,
  };
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

  test("an engine on its way into a container is no drift", async () => {
    stand().run(...start("entered"), "deb:1", "sleep", "600");
    let isOver = false;
    const enter = async (): Promise<void> => {
      while (!isOver) await stand().enter("entered", "true");
    };
    const entering = [enter(), enter(), enter()];
    const seen: string[] = [];
    // Without layers a look walks the whole tree, and a loaded machine takes seconds for that.
    const enough = performance.now() + 20_000;
    for (let i = 0; i < 20 && (i < 3 || performance.now() < enough); i += 1)
      seen.push(...told((await lookedAt(stand(), "entered")).drift));
    isOver = true;
    await Promise.all(entering);
    expect(seen).toEqual([]);
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

async function imported(
  run: Stand["run"],
  suite: Suite = "bookworm",
  name: string = "deb:1",
): Promise<void> {
  const { root, reason } = await labRootfs(suite);
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
    run("import", "--change", "VOLUME /data", join(folder, "deb.tar"), name);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function programOf(program: string, options: readonly string[]): Pick<Stand, "run" | "enter"> {
  return {
    run: (...args) =>
      execFileSync(program, [...options, ...args], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "pipe"],
      }),
    enter: (...args) => promisify(execFile)(program, [...options, "exec", ...args]),
  };
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
    stand = { env, ...programOf("docker", ["--host", engine.host]) };
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

  test(
    "what runs comes first in a scan of the image",
    async () => {
      await imported(stand.run, "bullseye", "old:1");
      // The method waits for questions, and has a library with an old flaw loaded.
      const waits = "sleep 600 | /usr/lib/apt/methods/http";
      stand.run("run", "-d", "--network=none", "--name", "old", "old:1", "sh", "-c", waits);
      const seen = await until(
        () => lookedAt(stand, "old"),
        ({ looked }) => looked.running > 10,
      );
      const file = join(home, "old.json");
      writeFileSync(file, JSON.stringify(seen));
      const prioritiesWith = async (...inUse: string[]): Promise<Map<string, Priority>> => {
        const { results } = await runScan(scanOf(inUse), surroundingsOf(stand));
        return new Map(
          results[0]?.findings.map(({ kind, priority, ...one }) => [
            kind === "vulnerability" && "package" in one
              ? `${one.vulnerability.id} ${one.package.name}`
              : "",
            priority,
          ]),
        );
      };
      const [without, having] = [await prioritiesWith(), await prioritiesWith(file)];
      const used = [...having].filter(([, { reasons }]) => reasons.includes("in use by old"));
      expect(used.map(([name]) => name)).toContain("CVE-2021-33560 libgcrypt20");
      for (const [name, { score }] of used)
        expect(score).toBe((without.get(name)?.score ?? 0) + 10);
      const others = [...having].filter(([name]) => !used.some(([other]) => other === name));
      expect(others.length).toBeGreaterThan(0);
      // What was not seen to run is as urgent as ever.
      for (const [name, priority] of others) expect(priority).toEqual(without.get(name));
    },
    LAB_TIMEOUT_MS,
  );

  test("what was known before is set aside until it changes or runs", async () => {
    stand.run("run", "-d", "--network=none", "--name", "before", "deb:1", "sleep", "600");
    const { does, starts } = insideOf(stand, "before");
    does(`${dropped("/opt/tool")}; echo x > /etc/x; rm /etc/issue`);
    const baseline = join(home, "before.json");
    writeFileSync(baseline, JSON.stringify(await lookedAt(stand, "before")));
    const same = await lookedAt(stand, "before", { baseline, threshold: "low" });
    expect(told(same.drift)).toEqual([]);
    expect(same.known).toHaveLength(3);
    expect(same.exitCode).toBe(0);
    does("echo y > /etc/x");
    starts("exec /opt/tool 600");
    const later = await until(
      () => lookedAt(stand, "before", { baseline, threshold: "low" }),
      ({ drift }) => drift.length === 2,
    );
    const news = ["critical dropped opt/tool executed", "medium dropped etc/x"];
    expect(told(later.drift)).toEqual(news);
    expect(told(later.known)).toEqual(["medium removed etc/issue"]);
    expect(later.exitCode).toBe(3);
  });

  test("a script that is mounted for reading is told, and is no alarm", async () => {
    writeFileSync(join(home, "given.sh"), "sleep 600; exit");
    const mount = ["-v", `${join(home, "given.sh")}:/opt/given.sh:ro`];
    stand.run(
      "run",
      "-d",
      "--network=none",
      ...mount,
      "--name",
      "given",
      "deb:1",
      "sh",
      "/opt/given.sh",
    );
    const { drift } = await lookedAt(stand, "given");
    expect(told(drift)).toEqual(["medium dropped opt/given.sh interpreted"]);
  });

  test("all that run are looked at by one command", async () => {
    const runs = `${dropped("/tmp/x")}; exec /tmp/x 600`;
    stand.run("run", "-d", "--network=none", "--name", "loud", "deb:1", "sh", "-c", runs);
    const asked = { ...ASKED, containers: [], running: true, threshold: "critical" } as const;
    const { results, failures } = await until(
      () => driftOfAll(asked, surroundingsOf(stand)),
      ({ exitCode }) => exitCode === 3,
    );
    const running = stand.run("ps", "--format", "{{.Names}}").trim().split("\n");
    expect(results.map(({ container }) => container.name)).toEqual(running.sort());
    const loud = results.find(({ container }) => container.name === "loud");
    expect(loud?.exitCode).toBe(3);
    expect(failures).toEqual([]);
    const some = { ...asked, containers: ["loud", "nobody"], running: false };
    const partly = await driftOfAll(some, surroundingsOf(stand));
    expect(partly.results.map(({ container }) => container.name)).toEqual(["loud"]);
    expect(partly.failures.map(({ error }) => error.code)).toEqual(["not-found"]);
    expect(partly.exitCode).toBe(1);
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
      stand = { env, ...programOf("podman", ["--runtime", "runc", ...engine.options]) };
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
