// The lock file of Mix, for Elixir and Erlang.
import { readMixLock } from "../../../formats/mix-lock.ts";
import { utf8 } from "../../../kit/text.ts";
import type { Cataloger, EvidenceFile, Reading } from "../../../stages/catalog/contract.ts";
import { Declarations, shown } from "../shared/declared.ts";

export const mixLock: Cataloger = {
  id: "mix-lock",
  title: "Mix lock files",
  needs: [],
  state: "stable",
  version: 1,
  evidence: "declared",
  types: ["hex"],
  wants: { names: ["mix.lock"] },
  limitBytes: 64 << 20,
  read,
};

function read(file: EvidenceFile): Reading {
  const { entries, strange } = readMixLock(utf8(file.bytes));
  const locked = new Set(entries.map((entry) => entry.name));
  const found = new Declarations("hex");
  for (const { name, version, dependencies, line } of entries) {
    if (version === null) {
      found.unversioned(`line ${line}: ${shown(name)} does not come from Hex, and has no version`);
    } else {
      found.add({ name, version, line, dependsOn: dependencies.filter((d) => locked.has(d)) });
    }
  }
  for (const line of strange) found.damaged(`line ${line}: it is no entry of a lock file`);
  return found.reading();
}
