// A Docker Engine of one's own: no network, no firewall rules, everything in a folder that goes with it.
import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { missingPrograms } from "./programs.ts";

/** An engine that a test started. */
export interface LabEngine {
  /** What `DOCKER_HOST` or `CONTAINER_HOST` is to be. */
  readonly host: string;
  stop(): Promise<void>;
}

/** Starting takes a few seconds on an idle machine. */
export const ENGINE_TIMEOUT_MS = 60_000;

/** Why no Docker Engine can be started here; null when one can. */
export function dockerHindrance(): string | null {
  const PATH = process.env["PATH"] ?? "";
  process.env["PATH"] = `${PATH}:/usr/sbin:/sbin`;
  return rootHindrance() ?? missingPrograms("docker", "dockerd", "containerd");
}

/** Why no Podman can be started here; null when one can. */
export function podmanHindrance(): string | null {
  return rootHindrance() ?? missingPrograms("podman");
}

function rootHindrance(): string | null {
  return process.getuid?.() === 0 ? null : "needs root";
}

/** @param options More options of `dockerd`. */
export async function startDocker(options: readonly string[] = []): Promise<LabEngine> {
  const folder = mkdtempSync(join(tmpdir(), "bulwark-docker-"));
  const socket = join(folder, "docker.sock");
  const host = `unix://${socket}`;
  const child = spawn(
    "dockerd",
    [
      "--iptables=false",
      "--ip6tables=false",
      "--bridge=none",
      // Containers that a failed test left behind end with the engine.
      "--shutdown-timeout=1",
      ...["--host", host],
      ...["--data-root", join(folder, "data")],
      ...["--exec-root", join(folder, "exec")],
      ...["--pidfile", join(folder, "pid")],
      ...options,
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  const engine = await started(child, { folder, socket, host });
  const stop = async (): Promise<void> => {
    await emptied(host).catch(() => undefined);
    await engine.stop();
  };
  return { host, stop };
}

/** Takes containers away: they outlive an engine that has no time left for them. */
async function emptied(host: string): Promise<void> {
  const docker = async (...args: readonly string[]): Promise<string> =>
    (await promisify(execFile)("docker", ["--host", host, ...args], { timeout: 10_000 })).stdout;
  const ids = (await docker("ps", "--quiet")).split("\n").filter((id) => id !== "");
  if (ids.length > 0) await docker("rm", "--force", ...ids);
}

/**
 * Makes an image of a folder.
 *
 * @param more Folders whose files are added; none of them may be there already.
 */
export function importRoot(
  { host }: LabEngine,
  root: string,
  image: string,
  more: readonly string[] = [],
): void {
  const added = more.flatMap((folder) => ["-C", folder, ...filesBelow(folder)]);
  const script = 'host=$1 image=$2; shift 2; tar -c "$@" | docker --host "$host" import - "$image"';
  const words = ["-ec", script, "sh", host, image, "-C", root, ".", ...added];
  execFileSync("sh", words, { stdio: "pipe" });
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

/** Podman's service, with a store of its own. */
export async function startPodman(
  driver: "overlay" | "vfs" = "vfs",
): Promise<LabEngine & { readonly options: readonly string[] }> {
  const folder = mkdtempSync(join(tmpdir(), "bulwark-podman-"));
  const socket = join(folder, "podman.sock");
  const host = `unix://${socket}`;
  const options = [
    ...["--root", join(folder, "root")],
    ...["--runroot", join(folder, "run")],
    `--storage-driver=${driver}`,
  ];
  const child = spawn("podman", [...options, "system", "service", "--time=0", host], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  return { ...(await started(child, { folder, socket, host })), options };
}

interface Place {
  readonly folder: string;
  readonly socket: string;
  readonly host: string;
}

async function started(child: ChildProcess, { folder, socket, host }: Place): Promise<LabEngine> {
  let said = "";
  child.stderr?.on("data", (piece: Buffer) => {
    said = `${said}${piece.toString()}`.slice(-2000);
  });
  const stop = async (): Promise<void> => {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    if (child.exitCode === null && child.kill("SIGTERM"))
      await Promise.race([ended, sleep(10_000)]);
    if (child.exitCode === null) child.kill("SIGKILL");
    await rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
  };
  const end = Date.now() + ENGINE_TIMEOUT_MS - 5000;
  while (!(existsSync(socket) && (await answers(socket)))) {
    if (child.exitCode !== null || Date.now() > end) {
      await stop();
      throw new Error(`the engine did not start: ${said}`);
    }
    await sleep(100);
  }
  return { host, stop };
}

async function answers(socketPath: string): Promise<boolean> {
  const { request } = await import("node:http");
  return new Promise((resolve) => {
    const asked = request({ socketPath, path: "/_ping", timeout: 2000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    asked.once("error", () => resolve(false));
    asked.end();
  });
}
