// The way back: makes the store in an exported file the one in use.
import { createReadStream } from "node:fs";
import { TarReader } from "../../formats/tar.ts";
import { AppError, reasonOf } from "../../kit/error.ts";
import { decompress } from "../layers/inflate.ts";
import { openError } from "../open-error.ts";
import { DIGEST_NAME, sha256 } from "./export-store.ts";
import { MANIFEST_NAME, parseManifest, type StoreManifest, type TableEntry } from "./manifest.ts";
import { placeTables, type TablePlacement } from "./place-tables.ts";

const DOCUMENT_BYTES_MAX = 4 << 20;

/**
 * Imports a file that {@link exportStore} wrote. The store in use stays until every byte was verified.
 *
 * @throws {AppError} `not-found`, `unreadable`, `store-invalid` (no such file, or cut), `digest-mismatch`, `disk-full`,
 *   `output-unwritable`; the signal's reason.
 */
export async function importStore(
  path: string,
  folder: string,
  signal: AbortSignal,
): Promise<StoreManifest> {
  const reading = new ImportReading(path, folder);
  try {
    for await (const piece of decompress(createReadStream(path, { highWaterMark: 1 << 20 }))) {
      signal.throwIfAborted();
      await reading.push(piece);
    }
    return reading.finish();
  } catch (error) {
    reading.abandon();
    if (error instanceof Error && "syscall" in error)
      throw openError("exported store", path, error);
    if (error instanceof AppError && error.code === "archive-invalid")
      throw invalid(path, reasonOf(error).replace(/^cannot [^:]*: /, ""));
    throw error;
  }
}

function invalid(path: string, state: string): AppError {
  return new AppError("store-invalid", `cannot import ${JSON.stringify(path)}: ${state}`, {
    hint: "name a file that bulwark db export wrote, and copy it again if it was cut",
    subject: path,
  });
}

/** One entry on its way: a small document, or a table. */
interface Entry {
  readonly name: string;
  readonly table: TableEntry | null;
  readonly pieces: Buffer[];
}

/** The archive is read in order: the manifest first, because it says what the rest must be. */
class ImportReading {
  readonly #path: string;
  readonly #folder: string;
  readonly #tar: TarReader;
  readonly #documents = new Map<string, Buffer>();
  readonly #taken = new Set<string>();
  #manifest: StoreManifest | null = null;
  #placement: TablePlacement | null = null;
  #entry: Entry | null = null;
  #ready: Entry[] = [];

  constructor(path: string, folder: string) {
    this.#path = path;
    this.#folder = folder;
    this.#tar = new TarReader({
      entry: ({ path: name, type, sizeBytes }) => this.#begin(name, type, sizeBytes),
      data: (piece) => this.#entry?.pieces.push(Buffer.from(piece)),
      end: () => this.#end(),
    });
  }

  async push(piece: Buffer): Promise<void> {
    this.#tar.push(piece);
    const ready = this.#ready;
    this.#ready = [];
    for (const { table, pieces } of ready) {
      if (table === null || this.#placement === null) continue;
      await this.#placement.take(table, eachOf(pieces));
      this.#taken.add(table.name);
    }
  }

  finish(): StoreManifest {
    this.#tar.finish();
    const missing = this.#manifest?.tables.find((t) => !this.#taken.has(t.name));
    if (this.#placement === null || this.#manifest === null)
      throw invalid(this.#path, "it holds no store");
    if (missing !== undefined) throw invalid(this.#path, `table ${missing.name} is missing`);
    return this.#placement.finish();
  }

  abandon(): void {
    this.#placement?.abandon();
  }

  #begin(name: string, type: string, sizeBytes: number): void {
    this.#entry = null;
    if (type !== "file") return;
    const table = this.#manifest?.tables.find((t) => t.file === name) ?? null;
    const isDocument = name === MANIFEST_NAME || name === DIGEST_NAME;
    if (table === null && !isDocument) throw invalid(this.#path, "it holds no store");
    const most = table === null ? DOCUMENT_BYTES_MAX : table.sizeBytes;
    if (sizeBytes > most) throw invalid(this.#path, `${name} has too many bytes`);
    this.#entry = { name, table, pieces: [] };
  }

  #end(): void {
    const entry = this.#entry;
    this.#entry = null;
    if (entry === null) return;
    if (entry.table !== null) this.#ready.push(entry);
    else this.#document(entry.name, Buffer.concat(entry.pieces));
  }

  #document(name: string, bytes: Buffer): void {
    this.#documents.set(name, bytes);
    const manifest = this.#documents.get(MANIFEST_NAME);
    const digest = this.#documents.get(DIGEST_NAME);
    if (manifest === undefined || digest === undefined || this.#manifest !== null) return;
    if (digest.toString("latin1", 0, 64) !== sha256(manifest))
      throw invalid(this.#path, "its manifest does not have the digest that stands beside it");
    this.#manifest = parseManifest(manifest.toString(), this.#path);
    this.#placement = placeTables(this.#folder, this.#manifest);
  }
}

async function* eachOf(pieces: readonly Buffer[]): AsyncGenerator<Uint8Array> {
  yield* pieces;
}
