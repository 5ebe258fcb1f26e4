// Bun's lock file: JSON with comments and trailing commas, one package a line. Its older form is binary and has no description
// other than Bun's source.
import { DocumentMap } from "../../../formats/document.ts";
import { readJsoncDocument } from "../../../formats/json-document.ts";
import { baseName, parentPath } from "../../../kit/path.ts";
import { utf8 } from "../../../kit/text.ts";
import {
  type Cataloger,
  type EvidenceFile,
  NOTHING,
  onlyProblem,
  type Reading,
  type VisibleReading,
} from "../../../stages/catalog/contract.ts";
import { Declarations } from "../shared/declared.ts";
import { addPackages } from "./packages.ts";

export const bunLock: Cataloger = {
  id: "bun-lock",
  title: "Bun lock files",
  needs: [],
  state: "stable",
  version: 1,
  evidence: "declared",
  types: ["npm"],
  wants: { names: ["bun.lock", "bun.lockb"] },
  limitBytes: 128 << 20,
  read,
  join,
};

const BINARY = "bun.lockb";

function read(file: EvidenceFile): Reading {
  if (baseName(file.path) === BINARY) {
    return onlyProblem(
      "file-damaged",
      "the binary lock file of Bun is not read; bun install --save-text-lockfile writes bun.lock",
    );
  }
  const { value, damage } = readJsoncDocument(utf8(file.bytes));
  if (damage !== null) return onlyProblem("file-damaged", damage);
  if (!(value instanceof DocumentMap)) return onlyProblem("file-damaged", "it is not an object");
  const found = new Declarations("npm");
  addPackages(value, found);
  return found.reading();
}

/** Where the text is there too, nobody misses the binary. */
function join(readings: readonly VisibleReading[]): readonly VisibleReading[] {
  const read = new Set(
    readings.filter((r) => baseName(r.path) !== BINARY).map((r) => parentPath(r.path)),
  );
  return readings.map((r) =>
    baseName(r.path) === BINARY && read.has(parentPath(r.path))
      ? { path: r.path, reading: NOTHING }
      : r,
  );
}
