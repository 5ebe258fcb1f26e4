import { reasonOf } from "../../kit/error.ts";
import { type Cataloger, type EvidenceFile, onlyProblem, type Reading } from "./contract.ts";

/** What one cataloger said of one file of a layer. Plain data: it is cached as JSON. */
export interface LayerReading {
  readonly path: string;
  readonly cataloger: string;
  readonly reading: Reading;
}

/** A reading with where it was made; most are of evidence that is visible in the finished artifact. */
export interface PlacedReading extends LayerReading {
  /** Index of the layer; null outside images. */
  readonly layer: number | null;
}

/**
 * Offers a file to the catalogers that want it.
 *
 * Readings that say nothing at all are left out. A cataloger that throws breaks its contract; the file then counts as damaged,
 * because losing a whole scan to one file would be worse.
 */
export function readFile(file: EvidenceFile, wanting: readonly Cataloger[]): LayerReading[] {
  return wanting
    .map((c) => ({ path: file.path, cataloger: c.id, reading: readBy(c, file) }))
    .filter(({ reading }) => saysSomething(reading));
}

function readBy(cataloger: Cataloger, file: EvidenceFile): Reading {
  if (file.bytes.length > cataloger.limitBytes) return tooLarge(file.bytes.length, cataloger);
  try {
    return cataloger.read(file);
  } catch (error) {
    return onlyProblem(
      "file-damaged",
      `cataloger ${cataloger.id} failed: ${reasonOf(error).slice(0, 200)}`,
    );
  }
}

function tooLarge(sizeBytes: number, cataloger: Cataloger): Reading {
  return onlyProblem(
    "file-too-large",
    `${sizeBytes} bytes, and ${cataloger.id} reads at most ${cataloger.limitBytes}`,
  );
}

function saysSomething(reading: Reading): boolean {
  const parts = [reading.packages, reading.problems, reading.owned ?? [], reading.notes ?? []];
  return parts.some((p) => p.length > 0) || reading.distribution !== undefined;
}

/** The reading of a file that was too large to be gathered at all. */
export function unreadLarge(
  path: string,
  sizeBytes: number,
  wanting: readonly Cataloger[],
): LayerReading[] {
  return wanting.map((c) => ({ path, cataloger: c.id, reading: tooLarge(sizeBytes, c) }));
}
