import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe } from "vitest";

/** Material by others lies beside the project, is read in place, and may be absent on somebody's clone. */
const SHARED = resolve(fileURLToPath(new URL("../..", import.meta.url)), "shared");

/** Path of a file or folder of the shared material: `sharedPath("data/goldens/versions")`. */
export function sharedPath(path: string): string {
  return resolve(SHARED, path);
}

/**
 * A block of tests that needs the shared material. On a clone without it the tests count as skipped, and say so; with
 * `CI=true` the absence is a failure, because there they must run.
 */
export function describeShared(name: string, body: () => void): void {
  const present = existsSync(SHARED);
  if (present || process.env["CI"] === "true") describe(name, body);
  else describe.skip(`${name} (shared fixtures absent)`, body);
}
