import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/** Environment variables, as a process has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Where results are cached: `BULWARK_CACHE_DIR`, or `bulwark` in the user's folder for caches. May be deleted at any time.
 *
 * @see https://specifications.freedesktop.org/basedir-spec
 */
export function cacheFolder(env: Environment): string {
  return env["BULWARK_CACHE_DIR"] || join(base(env, "XDG_CACHE_HOME", ".cache"), "bulwark");
}

/** Where the record lies: `BULWARK_DATA_DIR`, or `bulwark` in the user's folder for data. */
export function dataFolder(env: Environment): string {
  return env["BULWARK_DATA_DIR"] || join(base(env, "XDG_DATA_HOME", ".local/share"), "bulwark");
}

/** Where decisions are recorded: `BULWARK_EVIDENCE`, or a folder beside the record. */
export function evidenceFolder(env: Environment): string {
  return env["BULWARK_EVIDENCE"] || join(dataFolder(env), "evidence");
}

/** Where overrides lie that count on this host: `BULWARK_OVERRIDES`, or a folder beside the record. */
export function overrideFolder(env: Environment): string {
  return env["BULWARK_OVERRIDES"] || join(dataFolder(env), "overrides");
}

/** Relative paths in these variables are to be ignored, says the specification. */
function base(env: Environment, name: string, otherwise: string): string {
  const set = env[name];
  return set !== undefined && isAbsolute(set) ? set : join(env["HOME"] || homedir(), otherwise);
}
