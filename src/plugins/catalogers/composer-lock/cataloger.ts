// The lock file of Composer.
import {
  DocumentMap,
  type DocumentValue,
  lineOf,
  listOf,
  mapOf,
  memberOf,
  textOf,
} from "../../../formats/document.ts";
import { readJsonDocument } from "../../../formats/json-document.ts";
import { utf8 } from "../../../kit/text.ts";
import {
  type Cataloger,
  type EvidenceFile,
  onlyProblem,
  type Reading,
} from "../../../stages/catalog/contract.ts";
import { Declarations, shown } from "../shared/declared.ts";

export const composerLock: Cataloger = {
  id: "composer-lock",
  title: "Composer lock files",
  needs: [],
  state: "stable",
  version: 1,
  evidence: "declared",
  types: ["composer"],
  wants: { names: ["composer.lock"] },
  limitBytes: 64 << 20,
  read,
};

function read(file: EvidenceFile): Reading {
  const { value, damage } = readJsonDocument(utf8(file.bytes));
  if (damage !== null) return onlyProblem("file-damaged", damage);
  if (!(value instanceof DocumentMap)) return onlyProblem("file-damaged", "it is not an object");
  const found = new Declarations("composer");
  const product = listOf(value, "packages");
  const development = listOf(value, "packages-dev");
  const locked = new Set([...product, ...development].map((entry) => textOf(entry, "name")));
  for (const entry of product) addPackage(entry, { locked, found, development: false });
  for (const entry of development) addPackage(entry, { locked, found, development: true });
  return found.reading();
}

interface Adding {
  readonly locked: ReadonlySet<string>;
  readonly found: Declarations;
  readonly development: boolean;
}

function addPackage(entry: DocumentValue, { locked, found, development }: Adding): void {
  const name = textOf(entry, "name");
  const version = textOf(entry, "version").replace(/^v(?=\d)/, "");
  const line = lineOf(entry);
  if (textOf(memberOf(entry, "dist"), "type") === "path") return;
  if (!/^\d/.test(version)) {
    found.unversioned(
      `line ${line}: ${shown(name)} is a branch (${shown(version)}), not a version`,
    );
    return;
  }
  const licenses = listOf(entry, "license").filter((l) => typeof l === "string");
  const dependsOn = [...mapOf(entry, "require").keys()].filter((needed) => locked.has(needed));
  found.add({ name, version, line, development, licenses, dependsOn });
}
