import type { ApkRecord } from "./record.ts";

/** Which package provides a name: itself, a library (`so:libz.so.1`), a command (`cmd:sh`), a path (`/bin/sh`). */
export type Providers = ReadonlyMap<string, string>;

/** Relations read of one package; real ones have a few hundred at most. */
const RELATIONS_MAX = 10_000;

export function providersOf(records: readonly ApkRecord[]): Providers {
  const providers = new Map<string, string>();
  // A package's own name comes before what others claim to provide.
  for (const { fields } of records) providers.set(fields.get("P") ?? "", fields.get("P") ?? "");
  for (const { fields } of records) {
    for (const name of namesOf(fields.get("p") ?? ""))
      if (!providers.has(name)) providers.set(name, fields.get("P") ?? "");
  }
  return providers;
}

/** Names of installed packages that satisfy a dependency list, each once. */
export function resolved(relations: string, providers: Providers): string[] {
  const names = new Set<string>();
  for (const name of namesOf(relations)) {
    const provider = providers.get(name);
    if (provider !== undefined) names.add(provider);
  }
  return [...names];
}

/** Without the version (`>=1.2`, `=1`, `~3`); conflicts (`!name`) are not needed. */
function namesOf(relations: string): string[] {
  return relations
    .split(" ", RELATIONS_MAX)
    .filter((relation) => relation !== "" && !relation.startsWith("!"))
    .map((relation) => relation.split(/[<>=~@]/, 1)[0] ?? "");
}
