// The lock file of pnpm, in the three ways in which it has named packages: `/name/1.2.3_peer` (5), `/name@1.2.3(peer)` (6) and
// `name@1.2.3(peer)` (9).
import { DocumentList, type DocumentValue } from "../../../formats/document.ts";
import { readYamlDocuments } from "../../../formats/yaml-document.ts";
import { utf8 } from "../../../kit/text.ts";
import {
  type Cataloger,
  type EvidenceFile,
  onlyProblem,
  type Reading,
} from "../../../stages/catalog/contract.ts";
import { Declarations } from "../shared/declared.ts";
import { addPackages } from "./packages.ts";

export const pnpmLock: Cataloger = {
  id: "pnpm-lock",
  title: "pnpm lock files",
  needs: [],
  state: "stable",
  version: 1,
  evidence: "declared",
  types: ["npm"],
  wants: { names: ["pnpm-lock.yaml"] },
  limitBytes: 128 << 20,
  read,
};

function read(file: EvidenceFile): Reading {
  const { value, damage } = readYamlDocuments(utf8(file.bytes));
  if (damage !== null) return onlyProblem("file-damaged", damage);
  const found = new Declarations("npm");
  // pnpm 11 keeps what it needs itself in a document of its own, before that of the project.
  for (const document of documentsOf(value)) addPackages(document, found);
  return found.reading();
}

function documentsOf(value: DocumentValue): readonly DocumentValue[] {
  return value instanceof DocumentList ? value.items : [];
}
