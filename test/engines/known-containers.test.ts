// Who a container is when the first process of it is seen: looked up from /proc at once, with real engines that know nothing of us.
import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { containersOfProcess } from "../../src/formats/cgroups/cgroup-file.ts";
import { KnownContainers } from "../../src/io/runtimes/known-containers.ts";
import { runningContainers } from "../../src/io/runtimes/running-containers.ts";
import type { Container } from "../../src/model/container.ts";
import {
  dockerHindrance,
  ENGINE_TIMEOUT_MS,
  type LabEngine,
  podmanHindrance,
  startDocker,
  startPodman,
} from "../lab/docker-engine.ts";
import { missingPrograms } from "../lab/programs.ts";

const CONTAINERS = 20;
const run = promisify(execFile);

interface Seen {
  readonly container: Container | null;
  readonly ms: number;
}

/** Looks up the container of each process that is new, as soon as it is there, until told to stop. */
function watchProcesses(): { readonly seen: Map<string, Seen>; stop(): Promise<void> } {
  const known = new KnownContainers();
  const seen = new Map<string, Seen>();
  const before = new Set(numbers());
  let isOver = false;
  const look = (pid: string): void => {
    const [found] = containersOfProcess(cgroupOf(pid));
    if (found === undefined || !found.isCertain || seen.has(found.id)) return;
    const start = performance.now();
    const container = known.ofProcess(Number(pid));
    // Null: it ended between the two looks, as runtimes' own first processes do.
    if (container !== null) seen.set(found.id, { container, ms: performance.now() - start });
  };
  const watching = (async () => {
    while (!isOver) {
      // Again and again: a process is there before it is put into the cgroup of its container.
      for (const pid of numbers()) if (!before.has(pid)) look(pid);
      await turn();
    }
  })();
  return {
    seen,
    stop: async () => {
      isOver = true;
      await watching;
    },
  };
}

function numbers(): string[] {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name));
}

function cgroupOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cgroup`, "utf8");
  } catch {
    return "";
  }
}

/** An image of one program. */
function image(folder: string): Buffer {
  const busybox = ["/bin/busybox", "/usr/bin/busybox"].find((path) => {
    try {
      return readFileSync(path).length > 0;
    } catch {
      return false;
    }
  });
  execFileSync("mkdir", ["-p", join(folder, "bin")]);
  execFileSync("cp", ["-L", busybox ?? "", join(folder, "bin/busybox")]);
  return execFileSync("tar", ["-C", folder, "-c", "."], { maxBuffer: 1 << 28 });
}

/** Starts them one after another; each ends by itself after a while in which a busy machine looks at it. */
async function startAll(
  program: string,
  before: readonly string[],
  options: readonly string[],
): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let i = 0; i < CONTAINERS; i += 1) {
    const args = [...before, "run", "-d", `--name=c${i}`, `--label=number=${i}`, ...options];
    const end = ["lab/tiny:1.0", "/bin/busybox", "sleep", i === 0 ? "60" : "2"];
    ids.push((await run(program, [...args, ...end])).stdout.trim());
  }
  return ids;
}

const dockerMissing = dockerHindrance() ?? missingPrograms("busybox");

describe.skipIf(dockerMissing !== null)(`containers of Docker (${dockerMissing ?? "real"})`, () => {
  let engine: LabEngine;
  const folder = mkdtempSync(join(tmpdir(), "bulwark-known-"));
  const docker = ["--host"];

  beforeAll(async () => {
    engine = await startDocker();
    docker.push(engine.host);
    execFileSync("docker", [...docker, "import", "-", "lab/tiny:1.0"], { input: image(folder) });
  }, ENGINE_TIMEOUT_MS);

  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await engine?.stop();
  }, ENGINE_TIMEOUT_MS);

  test("are known with name, image and labels at their first process", {
    timeout: 120_000,
  }, async () => {
    const watching = watchProcesses();
    const options = ["--network=none", "-v", `${folder}:/data:ro`];
    const ids = await startAll("docker", docker, options).finally(() => watching.stop());
    for (const [i, id] of ids.entries()) {
      const { container, ms } = watching.seen.get(id) ?? { container: null, ms: 0 };
      expect(container, `container ${i}, looked up: ${watching.seen.has(id)}`).toMatchObject({
        id,
        engine: "docker",
        name: `c${i}`,
        image: { reference: "lab/tiny:1.0", repository: "lab/tiny", tag: "1.0", digest: null },
        isPrivileged: false,
        problems: [],
        mounts: [{ source: folder, destination: "/data", isWritable: false }],
      });
      expect(container?.labels["number"]).toBe(String(i));
      expect(container?.image?.id).toMatch(/^sha256:[0-9a-f]{64}$/);
      expect(Math.abs((container?.startedAt ?? 0) - Date.now())).toBeLessThan(120_000);
      // A few files are read; on a machine that does other things at the same time this may take its turn.
      expect(ms).toBeLessThan(100);
    }
    const running = runningContainers(new KnownContainers());
    const first = running.find(({ container }) => container.id === ids[0]);
    expect(first?.container).toMatchObject({ name: "c0", engine: "docker" });
    expect(first?.pids.length).toBeGreaterThan(0);
  });

  test("that were renamed are known by their new name", { timeout: 60_000 }, async () => {
    let now = 0;
    const known = new KnownContainers({ clock: () => now });
    const id = execFileSync("docker", [
      ...docker,
      ...[
        "run",
        "-d",
        "--network=none",
        "--name=old",
        "lab/tiny:1.0",
        "/bin/busybox",
        "sleep",
        "60",
      ],
    ])
      .toString()
      .trim();
    const nameOf = (): string | null | undefined =>
      known.ofCgroups([{ runtime: "docker", id, namespace: null, isCertain: true }], pidOf(id))
        ?.name;
    const pidOf = (of: string): number =>
      Number(execFileSync("docker", [...docker, "inspect", "-f", "{{.State.Pid}}", of]).toString());
    expect(nameOf()).toBe("old");
    execFileSync("docker", [...docker, "rename", id, "new"]);
    expect(nameOf()).toBe("old");
    now += 10_000;
    expect(nameOf()).toBe("new");
    execFileSync("docker", [...docker, "rm", "-f", id]);
    now += 10_000;
    expect(
      known.ofCgroups([{ runtime: "docker", id, namespace: null, isCertain: true }], null)?.name,
    ).toBe("new");
  });
});

const podmanMissing = podmanHindrance() ?? missingPrograms("busybox", "runc");

describe.skipIf(podmanMissing !== null)(`containers of Podman (${podmanMissing ?? "real"})`, () => {
  let engine: LabEngine & { readonly options: readonly string[] };
  const folder = mkdtempSync(join(tmpdir(), "bulwark-known-"));

  beforeAll(async () => {
    engine = await startPodman();
    const input = image(folder);
    execFileSync("podman", [...engine.options, "import", "-", "lab/tiny:1.0"], {
      input,
      stdio: ["pipe", "ignore", "ignore"],
    });
  }, ENGINE_TIMEOUT_MS);

  afterAll(async () => {
    execFileSync("podman", [...engine.options, "rm", "-fa", "-t", "0"], { stdio: "ignore" });
    rmSync(folder, { recursive: true, force: true });
    await engine?.stop();
  }, ENGINE_TIMEOUT_MS);

  test("are known with name and image at their first process", { timeout: 180_000 }, async () => {
    const watching = watchProcesses();
    const limits = ["--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024"];
    const ids = await startAll(
      "podman",
      [...engine.options, "--runtime=runc"],
      ["--network=none", ...limits],
    ).finally(() => watching.stop());
    for (const [i, id] of ids.entries()) {
      const { container } = watching.seen.get(id) ?? { container: null };
      expect(container).toMatchObject({
        id,
        engine: "podman",
        name: `c${i}`,
        image: {
          reference: "localhost/lab/tiny:1.0",
          repository: "localhost/lab/tiny",
          tag: "1.0",
        },
        isPrivileged: false,
        problems: [],
      });
      // What Podman imports has a manifest, and so a digest.
      expect(container?.image?.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
      expect(container?.image?.id).toMatch(/^sha256:[0-9a-f]{64}$/);
    }
  });
});
