// Real root file systems of Debian, made once by debootstrap and kept under the system's folder for temporary files, for all
// tests that want to be measured by what dpkg itself says.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { withLock } from "./lock.ts";

export type Suite = "bullseye" | "bookworm" | "trixie";

/** Where the root file system lies, or why there is none. */
export type LabRootfs =
  | { readonly root: string; readonly reason: null }
  | { readonly root: null; readonly reason: string };

/** Making one takes a minute on a good line; a hook that calls {@link labRootfs} needs this much. */
export const LAB_TIMEOUT_MS = 600_000;

const LAB = join(tmpdir(), "bulwark-lab");

/**
 * A minimal root file system of a Debian release: made if it is not there yet, used again if it is. Not to be changed by
 * tests. Several processes may ask at once; one makes it and the others wait.
 *
 * @returns `root: null` and the reason when it cannot be made here (no debootstrap, not root, no network).
 * @throws {Error} with that reason when `CI=true`, where such tests must run.
 */
export async function labRootfs(suite: Suite): Promise<LabRootfs> {
  const found = await rootfsOf(suite);
  if (found.root === null && process.env["CI"] === "true") throw new Error(found.reason);
  return found;
}

async function rootfsOf(suite: Suite): Promise<LabRootfs> {
  const root = join(LAB, suite);
  if (existsSync(root)) return { root, reason: null };
  const hindrance = hindranceHere();
  if (hindrance !== null) return { root: null, reason: hindrance };
  return withLock(join(LAB, `${suite}.lock`), async () =>
    existsSync(root) ? { root, reason: null } : made(suite, root),
  );
}

function hindranceHere(): string | null {
  if (process.getuid?.() !== 0) return "debootstrap needs root";
  const folders = ["/usr/sbin", "/usr/local/sbin", "/sbin"];
  const installed = folders.some((folder) => existsSync(join(folder, "debootstrap")));
  return installed ? null : "debootstrap is not installed";
}

/** Made beside its final name and then renamed, so that a half-made one is never taken for a whole one. */
async function made(suite: Suite, root: string): Promise<LabRootfs> {
  const partial = join(LAB, `${suite}.partial-${process.pid}`);
  const PATH = `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin`;
  try {
    await promisify(execFile)("debootstrap", ["--variant=minbase", suite, partial], {
      env: { ...process.env, PATH },
      timeout: LAB_TIMEOUT_MS,
      maxBuffer: 64 << 20,
    });
    await rename(partial, root);
    return { root, reason: null };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return { root: null, reason: `debootstrap ${suite} failed: ${text.slice(0, 300)}` };
  } finally {
    await rm(partial, { recursive: true, force: true }).catch(() => undefined);
  }
}
