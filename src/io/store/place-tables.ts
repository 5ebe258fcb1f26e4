// Makes a store out of tables that were built elsewhere: unpacked from a file, or pulled from a registry. Nothing is used before
// every byte of it has the digest that the manifest states.
import { createHash } from "node:crypto";
import { closeSync, createReadStream, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../../kit/error.ts";
import { beginGeneration, type Generation, storeWriteError } from "./generation.ts";
import type { StoreManifest, TableEntry } from "./manifest.ts";
import { readManifest } from "./open.ts";

/** Receives tables one after the other; `finish` makes them the store, `abandon` removes them. */
export interface TablePlacement {
  /** Takes a table's bytes. @throws {AppError} `digest-mismatch`, `disk-full`, `output-unwritable`. */
  take(entry: TableEntry, pieces: AsyncIterable<Uint8Array>): Promise<void>;
  finish(): StoreManifest;
  abandon(): void;
}

/** Begins to place the tables of a foreign manifest in a folder. */
export function placeTables(folder: string, manifest: StoreManifest): TablePlacement {
  const generation = beginGeneration(folder);
  const tables: TableEntry[] = [];
  return {
    take: async (entry, pieces) => {
      tables.push({ ...entry, file: await takeTable(generation, { folder, entry, pieces }) });
    },
    finish: () => {
      const { builtAt, currentAt, sources } = manifest;
      return generation.publish({ builtAt, currentAt, sources, tables });
    },
    abandon: () => generation.abandon(),
  };
}

async function takeTable(
  generation: Generation,
  taken: {
    readonly folder: string;
    readonly entry: TableEntry;
    readonly pieces: AsyncIterable<Uint8Array>;
  },
): Promise<string> {
  const { entry } = taken;
  const { file, path } = generation.place(entry.name);
  const hash = createHash("sha256");
  let sizeBytes = 0;
  try {
    const output = openSync(path, "wx", 0o644);
    try {
      for await (const piece of taken.pieces) {
        sizeBytes += piece.length;
        if (sizeBytes > entry.sizeBytes) break;
        hash.update(piece);
        for (let at = 0; at < piece.length; ) at += writeSync(output, piece, at);
      }
    } finally {
      closeSync(output);
    }
  } catch (error) {
    throw storeWriteError(taken.folder, error);
  }
  if (sizeBytes !== entry.sizeBytes || hash.digest("hex") !== entry.sha256)
    throw new AppError(
      "digest-mismatch",
      `cannot take table ${JSON.stringify(entry.name)}: its bytes are not those that its manifest states`,
      { hint: "fetch or copy it again", subject: entry.name },
    );
  return file;
}

/** The tables of the store that is in use, by digest; empty when there is none. What is there need not be loaded again. */
export function tablesInUse(folder: string): ReadonlyMap<string, string> {
  try {
    return new Map(readManifest(folder).tables.map((t) => [t.sha256, join(folder, t.file)]));
  } catch {
    return new Map();
  }
}

/** A file in pieces of a megabyte. */
export async function* fileInPieces(path: string): AsyncGenerator<Uint8Array> {
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 }))
    yield piece as Uint8Array;
}
