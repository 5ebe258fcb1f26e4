// What `bulwark watch` keeps of root's rights, and what for; all else is given up before it looks at anything.
import { dirname } from "node:path";
import { SENSOR_CAPABILITIES } from "../formats/sensor-install/rights.ts";
import { listEngines } from "../io/engine/list-engines.ts";
import { cacheFolder, dataFolder } from "../io/folders.ts";
import { isWritableByRoot, keepOnly } from "../io/privileges.ts";
import type { WorkloadMode } from "../model/sighting.ts";
import { isStrict } from "./strict-health.ts";
import type { Surroundings } from "./surroundings.ts";

/** What decides about what is needed. */
export interface Intended {
  readonly modes: readonly WorkloadMode[];
  /** Files that are written to. */
  readonly outputs: readonly string[];
  /** As the user wrote them. */
  readonly sinks: readonly string[];
  /** Where somebody listens; null for nowhere. */
  readonly port: number | null;
}

/** Below, a port is root's alone. */
const PORTS_OF_ROOT = 1024;

/**
 * Gives up what is not needed. Returns in a process that has given it up: what was done before is done again.
 */
export async function giveUpPrivileges(
  intended: Intended,
  { env, warn }: Pick<Surroundings, "env" | "warn">,
): Promise<void> {
  const kept = await keepOnly(() => neededFor(intended, env));
  if (kept.kind === "failed") warn(`cannot give up privileges that are not needed: ${kept.why}`);
}

async function neededFor(
  { modes, outputs, sinks, port }: Intended,
  env: Surroundings["env"],
): Promise<string[]> {
  const files = sinks.flatMap((sink) => /^(?:file:|syslog:unix:)(.*)$/s.exec(sink)?.[1] ?? []);
  const written = [...outputs, ...files].flatMap((path) => [path, dirname(path)]);
  const places = [...written, dataFolder(env), cacheFolder(env), ...(await sockets(env))];
  return [
    ...SENSOR_CAPABILITIES,
    // To follow what a process has mapped to the file itself.
    ...(modes.length > 0 ? ["CHECKPOINT_RESTORE"] : []),
    // To start the responder again, and for it to be asked first.
    ...(isStrict(modes) ? ["SYS_ADMIN", "SYS_NICE"] : []),
    ...(places.every(isWritableByRoot) ? [] : ["DAC_OVERRIDE"]),
    ...(port !== null && port < PORTS_OF_ROOT ? ["NET_BIND_SERVICE"] : []),
  ];
}

async function sockets(env: Surroundings["env"]): Promise<string[]> {
  const engines = await listEngines({ env });
  return engines.flatMap(({ endpoint: { at } }) => (at.kind === "unix" ? [at.path] : []));
}
