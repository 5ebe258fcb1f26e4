// The lock file of pub, for Dart and Flutter.
import {
  DocumentList,
  DocumentMap,
  lineOf,
  mapOf,
  memberOf,
  textOf,
} from "../../../formats/document.ts";
import { readYamlDocuments } from "../../../formats/yaml-document.ts";
import { utf8 } from "../../../kit/text.ts";
import {
  type Cataloger,
  type EvidenceFile,
  onlyProblem,
  type Reading,
} from "../../../stages/catalog/contract.ts";
import { Declarations } from "../shared/declared.ts";

export const pubLock: Cataloger = {
  id: "pub-lock",
  title: "Dart and Flutter lock files",
  needs: [],
  state: "stable",
  version: 1,
  evidence: "declared",
  types: ["pub"],
  wants: { names: ["pubspec.lock"] },
  limitBytes: 64 << 20,
  read,
};

/** What is the project's own (`path`), or comes with the SDK and has no version of its own. */
const UNVERSIONED: ReadonlySet<string> = new Set(["path", "sdk"]);

function read(file: EvidenceFile): Reading {
  const { value, damage } = readYamlDocuments(utf8(file.bytes));
  if (damage !== null) return onlyProblem("file-damaged", damage);
  const document = value instanceof DocumentList ? value.items[0] : undefined;
  if (!(document instanceof DocumentMap)) return onlyProblem("file-damaged", "it is not a map");
  const found = new Declarations("pub");
  for (const [key, entry] of mapOf(document, "packages")) {
    if (UNVERSIONED.has(textOf(entry, "source"))) continue;
    found.add({
      name: textOf(memberOf(entry, "description"), "name") || key,
      version: textOf(entry, "version"),
      line: lineOf(entry),
      // Only of direct dependencies does the file say what they are for.
      development: textOf(entry, "dependency") === "direct dev",
    });
  }
  return found.reading();
}
