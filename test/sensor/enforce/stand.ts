// Engines with one container each, in which an image is enforced.
import { execFile, execFileSync, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { type LabEngine, startDocker, startPodman } from "../../lab/docker-engine.ts";

/** Tests of several files run at a time, and who enforces by name would find the others'. */
export const NAME: string = `enforced-${randomBytes(4).toString("hex")}`;
export const IMAGE = "localhost/bulwark-enforce:1";

const SOURCE = join(import.meta.dirname, "attack.c");
const APPLETS = "sh ls cp mv ln chmod sleep touch cat mount true kill setsid rm dd printf";

/** One engine, with its program. */
export interface Stand {
  readonly env: NodeJS.ProcessEnv;
  /** A folder of the host; `volume` in it is /data of the container. */
  readonly folder: string;
  /** Where `ld.so` is in the container. */
  readonly loader: string;
  run(...args: string[]): string;
  /** Options of `run` that this engine needs here. */
  readonly limits: readonly string[];
  /** Runs a script in the container; gives what it wrote and its exit code. */
  inside(script: string): { readonly status: number | null; readonly output: string };
  /** The same, while the test reads what the sensor says. */
  long(script: string): Promise<{ readonly output: string }>;
  /** Leaves one running in the container. */
  leave(script: string): void;
  stop(): Promise<void>;
}

export type EngineKind = "Docker" | "Podman" | "Podman on vfs";

/** Rootful, with a root of its own, and a container of the image that runs. */
export async function startStand(kind: EngineKind): Promise<Stand> {
  const folder = mkdtempSync(join(tmpdir(), "bulwark-enforce-"));
  const podman =
    kind === "Docker" ? null : await startPodman(kind === "Podman" ? "overlay" : "vfs");
  const engine: LabEngine = podman ?? (await startDocker());
  const program = podman === null ? "docker" : "podman";
  const options = podman === null ? [] : ["--runtime", "runc", ...podman.options];
  const limits =
    podman === null ? [] : ["--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024"];
  const env = { ...process.env, HOME: folder, DOCKER_HOST: engine.host };
  const run = (...args: string[]): string =>
    execFileSync(program, [...options, ...args], {
      env,
      stdio: ["ignore", "pipe", "pipe"],
    }).toString();
  const execute = (how: string[], script: string) =>
    spawnSync(program, [...options, "exec", ...how, NAME, "/bin/sh", "-c", script], { env });
  const loader = fillRoot(join(folder, "root"));
  overlayIn(join(folder, "volume", "overlay"));
  const archive = execFileSync("tar", ["-C", join(folder, "root"), "-c", "."], {
    maxBuffer: 1 << 28,
  });
  execFileSync(program, [...options, "import", "-", IMAGE], {
    env,
    input: archive,
    stdio: ["pipe", "ignore", "pipe"],
  });
  run(
    "run",
    "-d",
    ...limits,
    "--network=none",
    // What engines forbid by default is not what is tried here.
    ...["--security-opt", "seccomp=unconfined"],
    ...["--name", NAME],
    ...["-v", `${join(folder, "volume")}:/data`],
    ...["--tmpfs", "/run:exec", "--tmpfs", "/dev/shm:exec"],
    IMAGE,
    ...["/bin/sleep", "1000"],
  );
  return {
    // Podman's own program would take itself for a client of another's.
    env: { ...env, CONTAINER_HOST: engine.host },
    folder,
    loader,
    run,
    limits,
    inside: (script) => {
      const { status, stdout } = execute([], script);
      return { status, output: stdout.toString() };
    },
    long: async (script) => {
      const args = [...options, "exec", NAME, "/bin/sh", "-c", script];
      return { output: (await promisify(execFile)(program, args, { env })).stdout };
    },
    leave: (script) => {
      execute(["-d"], script);
    },
    stop: async () => {
      spawnSync(program, [...options, "rm", "-f", NAME], { env });
      await engine.stop();
      spawnSync("umount", [join(folder, "volume", "overlay", "merged")]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** @returns Where its loader is. */
function fillRoot(root: string): string {
  for (const path of ["bin", "tmp", "etc", "lib"]) mkdirSync(join(root, path), { recursive: true });
  cpSync("/bin/busybox", join(root, "bin/busybox"));
  for (const name of APPLETS.split(" ")) symlinkSync("busybox", join(root, "bin", name));
  cpSync("/bin/busybox", join(root, "bin/victim"));
  const compile = (to: string, ...more: string[]): void => {
    execFileSync("clang", ["-O1", ...more, "-o", join(root, to), SOURCE]);
  };
  compile("bin/attack");
  compile("bin/loaded", "-Wl,--dynamic-linker=/lib/loader.so");
  // One that ends at once costs little.
  compile("bin/tiny", "-static", "-nostdlib", "-nostartfiles", "-DTINY");
  for (const name of ["a", "b", "c"]) compile(`lib/${name}.so`, "-shared", "-fPIC");
  const libraries = execFileSync("ldd", [join(root, "bin/attack")]).toString();
  const paths = [...libraries.matchAll(/(\/\S+) \(/g)].map(([, path = ""]) => path);
  for (const path of paths) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    cpSync(path, join(root, path), { dereference: true });
  }
  const loader = paths.find((path) => path.includes("/ld-")) ?? "";
  cpSync(loader, join(root, "lib/loader.so"), { dereference: true });
  return loader;
}

/** An overlay of others, with a program in its lower layer. */
function overlayIn(folder: string): void {
  for (const name of ["a", "b", "merged"]) mkdirSync(join(folder, name), { recursive: true });
  cpSync("/bin/busybox", join(folder, "a", "ls"));
  const layers = `lowerdir=${join(folder, "a")}:${join(folder, "b")}`;
  execFileSync("mount", ["-t", "overlay", "-o", layers, "overlay", join(folder, "merged")]);
}
