// The lock file of Pipenv.
import { DocumentMap, lineOf, mapOf, memberOf, textOf } from "../../../formats/document.ts";
import { readJsonDocument } from "../../../formats/json-document.ts";
import { utf8 } from "../../../kit/text.ts";
import {
  type Cataloger,
  type EvidenceFile,
  onlyProblem,
  type Reading,
} from "../../../stages/catalog/contract.ts";
import { Declarations, shown } from "../shared/declared.ts";
import { pythonName } from "../shared/python-name.ts";

export const pipenvLock: Cataloger = {
  id: "pipenv-lock",
  title: "Pipenv lock files",
  needs: [],
  state: "stable",
  version: 1,
  evidence: "declared",
  types: ["pypi"],
  wants: { names: ["Pipfile.lock"] },
  limitBytes: 64 << 20,
  read,
};

function read(file: EvidenceFile): Reading {
  const { value, damage } = readJsonDocument(utf8(file.bytes));
  if (damage !== null) return onlyProblem("file-damaged", damage);
  if (!(value instanceof DocumentMap)) return onlyProblem("file-damaged", "it is not an object");
  const found = new Declarations("pypi");
  // Every category but `_meta` and `develop` is somebody's to install: categories have any name since Pipenv 2022.10.9.
  for (const category of value.members.keys()) {
    if (category !== "_meta") addCategory(value, category, found);
  }
  return found.reading();
}

function addCategory(document: DocumentMap, category: string, found: Declarations): void {
  for (const [name, entry] of mapOf(document, category)) {
    const version = textOf(entry, "version").replace(/^===?\s*/, "");
    const line = lineOf(entry);
    const isOwn = memberOf(entry, "path") !== undefined;
    if (version !== "") {
      const development = category === "develop";
      found.add({ name: pythonName(name), version, line, development });
    } else if (!isOwn) {
      found.unversioned(`line ${line}: ${shown(name)} comes from no index, without a version`);
    }
  }
}
