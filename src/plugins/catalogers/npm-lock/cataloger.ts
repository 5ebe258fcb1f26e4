// The lock files of npm, in both of their forms: a tree of `dependencies` (versions 1 and 2), and a flat map of `packages` by
// the folder in which each is installed (versions 2 and 3).
import { DocumentMap, memberOf } from "../../../formats/document.ts";
import { readJsonDocument } from "../../../formats/json-document.ts";
import { utf8 } from "../../../kit/text.ts";
import {
  type Cataloger,
  type EvidenceFile,
  onlyProblem,
  type Reading,
} from "../../../stages/catalog/contract.ts";
import { Declarations } from "../shared/declared.ts";
import { addFolders } from "./folders.ts";
import { addTree } from "./tree.ts";

export const npmLock: Cataloger = {
  id: "npm-lock",
  title: "npm lock files",
  needs: [],
  state: "stable",
  version: 2,
  evidence: "declared",
  types: ["npm"],
  // npm leaves its own list of what is installed in node_modules; that is not a lock file.
  wants: { names: ["package-lock.json", "npm-shrinkwrap.json"] },
  limitBytes: 128 << 20,
  read,
};

function read(file: EvidenceFile): Reading {
  const { value, damage } = readJsonDocument(utf8(file.bytes));
  if (damage !== null) return onlyProblem("file-damaged", damage);
  if (!(value instanceof DocumentMap)) return onlyProblem("file-damaged", "it is not an object");
  const found = new Declarations("npm");
  const packages = memberOf(value, "packages");
  // Version 2 has both; some tools that rewrite it leave the map empty.
  if (packages instanceof DocumentMap && packages.members.size > 0)
    addFolders(packages.members, found);
  else addTree(memberOf(value, "dependencies"), found);
  return found.reading();
}
