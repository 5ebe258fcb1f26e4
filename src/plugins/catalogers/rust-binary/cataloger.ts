// Crates of Rust programs that were built with cargo-auditable, as those of Alpine, Wolfi, Fedora and Debian's newer ones are.
import { openExecutable } from "../../../formats/executable.ts";
import { type RustCrate, readRustAudit } from "../../../formats/rust-audit.ts";
import type { FoundPackage } from "../../../model/package.ts";
import {
  type Cataloger,
  type EvidenceFile,
  NOTHING,
  onlyProblem,
  type Reading,
} from "../../../stages/catalog/contract.ts";
import { depending, isWord } from "../shared/words.ts";

export const rustBinary: Cataloger = {
  id: "rust-binary",
  title: "Rust programs that list their crates (cargo-auditable)",
  needs: [],
  state: "stable",
  version: 1,
  evidence: "installed",
  types: ["cargo"],
  wants: { elf: true, extensions: ["exe"] },
  limitBytes: 512 << 20,
  read,
};

function read({ bytes }: EvidenceFile): Reading {
  const executable = openExecutable(bytes);
  const crates = executable === null ? null : readRustAudit(executable);
  if (crates === null) return NOTHING;
  if (typeof crates === "string")
    return onlyProblem("file-damaged", `cannot read Rust program: ${crates}`);
  return { packages: packagesOf(crates), problems: [] };
}

/** One crate may be there twice, to build and to run; then it is there to run. */
function packagesOf(crates: readonly RustCrate[]): FoundPackage[] {
  const found = new Map<string, FoundPackage>();
  for (const crate of crates) {
    const { name, version } = crate;
    if (!isWord(name) || !isWord(version)) continue;
    const key = `${name}@${version}`;
    if (found.has(key) && crate.isForBuild) continue;
    const needed = crate.dependencies.map((index) => crates[index]?.name ?? "");
    found.set(key, {
      type: "cargo",
      name,
      version,
      ...(crate.isForBuild ? { development: true } : {}),
      ...depending(needed, name),
    });
  }
  return [...found.values()];
}
