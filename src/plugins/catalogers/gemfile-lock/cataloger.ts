// The lock file of Bundler.
import { readGemfileLock } from "../../../formats/gemfile-lock.ts";
import { utf8 } from "../../../kit/text.ts";
import type { Cataloger, EvidenceFile, Reading } from "../../../stages/catalog/contract.ts";
import { Declarations } from "../shared/declared.ts";

export const gemfileLock: Cataloger = {
  id: "gemfile-lock",
  title: "Bundler lock files",
  needs: [],
  state: "stable",
  version: 1,
  evidence: "declared",
  types: ["gem"],
  wants: { names: ["Gemfile.lock", "gems.locked"] },
  limitBytes: 64 << 20,
  read,
};

function read(file: EvidenceFile): Reading {
  const { gems, strange } = readGemfileLock(utf8(file.bytes));
  const locked = new Set(gems.map((gem) => gem.name));
  const found = new Declarations("gem");
  for (const { name, version, from, dependencies, line } of gems) {
    // A folder of the project itself.
    if (from === "PATH") continue;
    const dependsOn = dependencies.filter((needed) => locked.has(needed));
    found.add({ name, version, line, dependsOn });
  }
  for (const line of strange) found.damaged(`line ${line}: it is no entry of a lock file`);
  return found.reading();
}
