// go.mod, and go.sum where go.mod is too old to be complete.
import { readGoMod, readGoSum } from "../../../formats/go-mod.ts";
import { baseName } from "../../../kit/path.ts";
import { utf8 } from "../../../kit/text.ts";
import type { Cataloger, EvidenceFile, Reading } from "../../../stages/catalog/contract.ts";
import { Declarations, shown } from "../shared/declared.ts";
import { byPath, isIncomplete, selected } from "./selected.ts";
import { join } from "./sums.ts";

export const goMod: Cataloger = {
  id: "go-mod",
  title: "Go modules",
  needs: [],
  state: "stable",
  version: 1,
  evidence: "declared",
  types: ["golang"],
  wants: { names: ["go.mod", "go.sum"] },
  limitBytes: 64 << 20,
  read: (file) => (baseName(file.path) === "go.sum" ? readSums(file) : readModule(file)),
  join,
};

function readModule(file: EvidenceFile): Reading {
  const document = readGoMod(utf8(file.bytes));
  const found = new Declarations("golang");
  const replaced = byPath(document.replaces);
  for (const wanted of document.requires) {
    const chosen = selected(wanted, replaced.get(wanted.path) ?? []);
    if (chosen === null) continue;
    if (isVersion(chosen.version)) found.add(chosen);
    else found.unversioned(`line ${wanted.line}: ${shown(wanted.path)} has no version to compare`);
  }
  const toolchain = /^go(\d[\w.]*)/.exec(document.toolchain?.version ?? "")?.[1];
  if (toolchain !== undefined) {
    found.add({ name: "stdlib", version: toolchain, line: document.toolchain?.line });
  }
  for (const line of document.strange) found.damaged(`line ${line}: it is no statement of go.mod`);
  const replaces = document.replaces.map(({ path }) => path);
  const notes = isIncomplete(document.go)
    ? [{ kind: "incomplete", known: [...document.requires.map((r) => r.path), ...replaces] }]
    : [];
  return { ...found.reading(), ...(notes.length === 0 ? {} : { notes }) };
}

/** A branch or a commit can stand here until `go mod tidy` has run. */
function isVersion(text: string): boolean {
  return /^v\d/.test(text);
}

function readSums(file: EvidenceFile): Reading {
  const { modules, strange } = readGoSum(utf8(file.bytes));
  const found = new Declarations("golang");
  for (const line of strange) found.damaged(`line ${line}: it is no sum of a module`);
  const notes = modules.size === 0 ? {} : { notes: [{ kind: "sums", modules: [...modules] }] };
  return { ...found.reading(), ...notes };
}
