// What NuGet has locked: packages.lock.json of PackageReference projects, and packages.config of older ones.
import { DocumentMap, lineOf, mapOf, textOf } from "../../../formats/document.ts";
import { readJsonDocument } from "../../../formats/json-document.ts";
import { decodeText } from "../../../formats/text-encoding.ts";
import { readXmlDocument } from "../../../formats/xml-document.ts";
import { extensionOf } from "../../../kit/path.ts";
import {
  type Cataloger,
  type EvidenceFile,
  onlyProblem,
  type Reading,
} from "../../../stages/catalog/contract.ts";
import { Declarations, shown } from "../shared/declared.ts";

export const nugetLock: Cataloger = {
  id: "nuget-lock",
  title: "NuGet lock files",
  needs: [],
  state: "stable",
  version: 1,
  evidence: "declared",
  types: ["nuget"],
  wants: { names: ["packages.lock.json", "packages.config"] },
  limitBytes: 64 << 20,
  read: (file) => (extensionOf(file.path) === "json" ? readLock(file) : readConfig(file)),
};

function readLock(file: EvidenceFile): Reading {
  const { value, damage } = readJsonDocument(decodeText(file.bytes));
  if (damage !== null) return onlyProblem("file-damaged", damage);
  if (!(value instanceof DocumentMap)) return onlyProblem("file-damaged", "it is not an object");
  const found = new Declarations("nuget");
  for (const framework of mapOf(value, "dependencies").keys()) {
    for (const [name, entry] of mapOf(value.members.get("dependencies"), framework)) {
      // Another project of the same solution.
      if (textOf(entry, "type") === "Project") continue;
      const dependsOn = [...mapOf(entry, "dependencies").keys()];
      found.add({ name, version: textOf(entry, "resolved"), line: lineOf(entry), dependsOn });
    }
  }
  return found.reading();
}

function readConfig(file: EvidenceFile): Reading {
  const { root, damage } = readXmlDocument(decodeText(file.bytes));
  if (damage !== null) return onlyProblem("file-damaged", damage);
  const found = new Declarations("nuget");
  for (const { name, attributes, line } of root.children) {
    if (name !== "package") continue;
    const id = attributes.get("id") ?? "";
    const version = attributes.get("version") ?? "";
    const development = attributes.get("developmentDependency") === "true";
    if (version === "") found.unversioned(`line ${line}: ${shown(id)} has no version`);
    else found.add({ name: id, version, line, development });
  }
  return found.reading();
}
