// The lock file that the plugin sbt-dependency-lock writes for Scala's sbt.
import { DocumentMap, lineOf, listOf, textOf } from "../../../formats/document.ts";
import { readJsonDocument } from "../../../formats/json-document.ts";
import { utf8 } from "../../../kit/text.ts";
import {
  type Cataloger,
  type EvidenceFile,
  onlyProblem,
  type Reading,
} from "../../../stages/catalog/contract.ts";
import { Declarations } from "../shared/declared.ts";

export const sbtLock: Cataloger = {
  id: "sbt-lock",
  title: "sbt lock files",
  needs: [],
  state: "stable",
  version: 1,
  evidence: "declared",
  types: ["maven"],
  wants: { names: ["build.sbt.lock"] },
  limitBytes: 64 << 20,
  read,
};

/** Configurations of which the product is made. */
const PRODUCT: ReadonlySet<unknown> = new Set(["compile", "runtime", "provided", "optional"]);

function read(file: EvidenceFile): Reading {
  const { value, damage } = readJsonDocument(utf8(file.bytes));
  if (damage !== null) return onlyProblem("file-damaged", damage);
  if (!(value instanceof DocumentMap)) return onlyProblem("file-damaged", "it is not an object");
  const found = new Declarations("maven");
  for (const entry of listOf(value, "dependencies")) {
    const configurations = listOf(entry, "configurations");
    found.add({
      name: `${textOf(entry, "org")}:${textOf(entry, "name")}`,
      version: textOf(entry, "version"),
      line: lineOf(entry),
      development: configurations.length > 0 && !configurations.some((c) => PRODUCT.has(c)),
    });
  }
  return found.reading();
}
