// A store as one file, to be carried where there is no network: a compressed tar archive with the manifest, its digest, and the
// tables. Any tar can list and unpack it.
import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { reasonOf } from "../../kit/error.ts";
import { outputError } from "../write-whole.ts";
import { MANIFEST_NAME, type StoreManifest } from "./manifest.ts";
import { damaged, readManifest } from "./open.ts";
import { fileInPieces } from "./place-tables.ts";

/** The entry that holds the manifest's digest, as `sha256sum` writes it. */
export const DIGEST_NAME: string = `${MANIFEST_NAME}.sha256`;

/** What was written. */
export interface ExportFacts {
  readonly manifest: StoreManifest;
  readonly sizeBytes: number;
}

/**
 * Writes the store of a folder to a file, whole or not at all.
 *
 * @throws {AppError} `store-missing`, `store-invalid` (also when its bytes are no longer what they were), `disk-full`,
 *   `output-unwritable`; the signal's reason.
 */
export async function exportStore(
  folder: string,
  path: string,
  signal: AbortSignal,
): Promise<ExportFacts> {
  const manifest = readManifest(folder);
  const partial = `${path}.${process.pid}.part`;
  let sizeBytes = 0;
  try {
    const archive = archiveOf({ folder, manifest, signal });
    const gzip = createGzip({ level: 6, chunkSize: 1 << 20 });
    await pipeline(archive, gzip, createWriteStream(partial, { mode: 0o644 }));
    sizeBytes = await synced(partial);
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    if (error instanceof Error && "syscall" in error)
      throw outputError("advisory store", path, error);
    throw error;
  }
  return { manifest, sizeBytes };
}

/** Waits until the disk has a file, and tells its size. */
async function synced(path: string): Promise<number> {
  const file = await open(path, "r+");
  try {
    await file.sync();
    return (await file.stat()).size;
  } finally {
    await file.close();
  }
}

async function* archiveOf(store: {
  readonly folder: string;
  readonly manifest: StoreManifest;
  readonly signal: AbortSignal;
}): AsyncGenerator<Uint8Array> {
  const { folder, manifest, signal } = store;
  const seconds = Math.floor(Date.parse(manifest.builtAt) / 1000);
  const text = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);
  const digest = Buffer.from(`${sha256(text)}  ${MANIFEST_NAME}\n`);
  for (const [name, bytes] of [
    [MANIFEST_NAME, text],
    [DIGEST_NAME, digest],
  ] as const) {
    yield tarHeader(name, bytes.length, seconds);
    yield bytes;
    yield paddingOf(bytes.length);
  }
  for (const table of manifest.tables) {
    yield tarHeader(table.file, table.sizeBytes, seconds);
    const hash = createHash("sha256");
    for await (const piece of readTable(folder, table.file)) {
      signal.throwIfAborted();
      hash.update(piece);
      yield piece;
    }
    if (hash.digest("hex") !== table.sha256)
      throw damaged(folder, `${table.file} is not what was built`);
    yield paddingOf(table.sizeBytes);
  }
  yield Buffer.alloc(1024);
}

function paddingOf(length: number): Buffer {
  return Buffer.alloc(-length & 511);
}

async function* readTable(folder: string, name: string): AsyncGenerator<Uint8Array> {
  try {
    yield* fileInPieces(join(folder, name));
  } catch (error) {
    throw damaged(folder, `${name}: ${reasonOf(error)}`, error);
  }
}

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** A ustar header of a regular file. @see POSIX.1-2024 pax, "ustar Interchange Format" */
function tarHeader(name: string, sizeBytes: number, seconds: number): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0, 100);
  header.write("0000644\x000000000\x000000000\0", 100, "latin1");
  header.write(`${sizeBytes.toString(8).padStart(11, "0")}\0`, 124, "latin1");
  header.write(`${seconds.toString(8).padStart(11, "0")}\0`, 136, "latin1");
  header.write("        0", 148, "latin1");
  header.write("ustar\u000000", 257, "latin1");
  let sum = 0;
  for (const byte of header) sum += byte;
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return header;
}
