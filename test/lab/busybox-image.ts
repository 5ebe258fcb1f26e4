// A small image of busybox, for containers that only have to do something.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export interface BusyboxImage {
  readonly name: string;
  /** Programs of busybox that lie in `/bin`; `sh` always does. */
  readonly programs: readonly string[];
  /** Folders beside `/bin`, `/etc` and `/tmp`. */
  readonly folders?: readonly string[];
  /** Contents of files, by their paths without leading slash. */
  readonly files?: Readonly<Record<string, string>>;
  /** As in a Dockerfile: `LABEL maintainer=team-web`. */
  readonly changes?: readonly string[];
}

/** Gives it to the Docker Engine that `DOCKER_HOST` of the environment names. Needs busybox, linked statically. */
export function importBusybox(
  { name, programs, folders = [], files = {}, changes = [] }: BusyboxImage,
  env: NodeJS.ProcessEnv,
): void {
  const root = mkdtempSync(join(tmpdir(), "bulwark-busybox-"));
  try {
    for (const path of ["bin", "etc", "tmp", ...folders])
      mkdirSync(join(root, path), { recursive: true });
    cpSync("/bin/busybox", join(root, "bin/busybox"));
    for (const program of ["sh", ...programs]) symlinkSync("busybox", join(root, "bin", program));
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content);
    }
    const input = execFileSync("tar", ["-C", root, "-c", "."], { maxBuffer: 1 << 28 });
    const options = changes.flatMap((change) => ["-c", change]);
    execFileSync("docker", ["import", ...options, "-", name], {
      env,
      input,
      stdio: ["pipe", "ignore", "pipe"],
    });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
