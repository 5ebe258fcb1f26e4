import { existsSync } from "node:fs";
import { join } from "node:path";

/**
 * Why a test that compares with other people's programs cannot run here: `not installed: sqlite3`.
 *
 * @returns null when all are installed.
 * @throws {Error} when one is missing and `CI=true`, where such tests must run.
 */
export function missingPrograms(...names: readonly string[]): string | null {
  const folders = (process.env["PATH"] ?? "").split(":");
  const isInstalled = (name: string): boolean =>
    folders.some((folder) => existsSync(join(folder, name)));
  const absent = names.filter((name) => !isInstalled(name));
  if (absent.length === 0) return null;
  const reason = `not installed: ${absent.join(", ")}`;
  if (process.env["CI"] === "true") throw new Error(reason);
  return reason;
}
