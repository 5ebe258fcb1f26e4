import { Providers } from "../shared/providers.ts";
import type { ApkRecord } from "./record.ts";

/** Relations read of one package; real ones have a few hundred at most. */
const RELATIONS_MAX = 10_000;

/** Who provides what: packages by their own names first, then what they claim in `p:`. */
export function providersOf(records: readonly ApkRecord[]): Providers {
  const providers = new Providers();
  for (const { fields } of records) providers.add(fields.get("P") ?? "", fields.get("P") ?? "");
  for (const { fields } of records) {
    for (const name of namesOf(fields.get("p"))) providers.add(name, fields.get("P") ?? "");
  }
  return providers;
}

/** Names in a relation, without versions (`>=1.2`, `=1`, `~3`); conflicts (`!name`) are not needed. */
export function namesOf(relations: string | undefined): string[] {
  return (relations ?? "")
    .split(" ", RELATIONS_MAX)
    .filter((relation) => relation !== "" && !relation.startsWith("!"))
    .map((relation) => relation.split(/[<>=~@]/, 1)[0] ?? "");
}
