// Walks files and folders that the user names, opens what is packed, and hands each document on. Nothing is unpacked to disk.
import {
  closeSync,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  statSync,
} from "node:fs";
import { basename, join } from "node:path";
import { type RandomAccess, readZipDirectory, readZipEntry } from "../../formats/zip.ts";
import { reasonOf } from "../../kit/error.ts";
import { openError } from "../open-error.ts";
import { DOCUMENT_BYTES_MAX, type DocumentSink } from "./documents.ts";
import { readPacked } from "./read-packed.ts";

/** Lists of changes that OSV's exports have beside their archives; they hold no advisories. */
const COMPANIONS = new Set(["modified_id.csv", "ecosystems.txt"]);

const DEPTH_MAX = 20;
const ENTRY_BYTES_MAX = 64 << 20;

/** A file to be read. */
export interface NamedFile {
  readonly path: string;
  readonly sizeBytes: number;
}

/**
 * All files below the named paths, in the order of their names, so that the same input makes the same store.
 *
 * @throws {AppError} `not-found`, `unreadable` for what was named itself; what lies below is a problem.
 */
export function listFiles(
  paths: readonly string[],
  sink: Pick<DocumentSink, "problem">,
): NamedFile[] {
  const files: NamedFile[] = [];
  for (const path of paths) {
    try {
      addFiles(path, { files, depth: 0, sink });
    } catch (error) {
      throw openError("advisory data", path, error);
    }
  }
  return files;
}

function addFiles(
  path: string,
  walk: { files: NamedFile[]; depth: number; sink: Pick<DocumentSink, "problem"> },
): void {
  const stat = statSync(path);
  if (stat.isFile()) {
    walk.files.push({ path, sizeBytes: stat.size });
  } else if (!stat.isDirectory()) {
    walk.sink.problem(path, "it is neither a file nor a folder");
  } else if (walk.depth >= DEPTH_MAX) {
    walk.sink.problem(path, `it lies more than ${DEPTH_MAX} folders deep`);
  } else {
    for (const entry of readdirSync(path, { withFileTypes: true }).sort(byName)) {
      // The history of a checkout, and folders that a link may lead round in circles.
      if (entry.name === ".git" || COMPANIONS.has(entry.name)) continue;
      const below = join(path, entry.name);
      try {
        addFiles(below, { ...walk, depth: walk.depth + 1 });
      } catch (error) {
        walk.sink.problem(below, reasonOf(error));
      }
    }
  }
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}

/** Reads one file: a document, an archive of documents, or either of them compressed. What cannot be read is a problem. */
export async function readFile({ path, sizeBytes }: NamedFile, sink: DocumentSink): Promise<void> {
  try {
    const head = firstBytes(path, 512);
    if (isZip(head)) await readZip(path, sink);
    else if (isGzip(head) || isZstd(head) || isTar(head)) await readPacked(path, sink);
    else if (sizeBytes > DOCUMENT_BYTES_MAX)
      sink.problem(path, `it has ${sizeBytes} bytes, of at most ${DOCUMENT_BYTES_MAX}`);
    else await sink.document(path, readFileSync(path));
  } catch (error) {
    if (!isOfFile(error)) throw error;
    sink.problem(path, reasonOf(error));
  }
}

/** A failed read is a problem of that file; anything else (an interruption, a defect) ends the build. */
function isOfFile(error: unknown): boolean {
  return error instanceof Error && "code" in error && "syscall" in error;
}

function firstBytes(path: string, length: number): Buffer {
  const file = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(length);
    return bytes.subarray(0, readSync(file, bytes, 0, length, 0));
  } finally {
    closeSync(file);
  }
}

function isZip(head: Buffer): boolean {
  return (
    head.length >= 4 && (head.readUInt32LE(0) === 0x04034b50 || head.readUInt32LE(0) === 0x06054b50)
  );
}

function isGzip(head: Buffer): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

function isZstd(head: Buffer): boolean {
  return head.length >= 4 && head.readUInt32LE(0) === 0xfd2fb528;
}

/** Both POSIX and GNU tar say so at this place. */
function isTar(head: Buffer): boolean {
  return head.toString("latin1", 257, 262) === "ustar";
}

async function readZip(path: string, sink: DocumentSink): Promise<void> {
  const file = openSync(path, "r");
  try {
    const source = fileAsSource(file);
    const { entries, fault } = readZipDirectory(source);
    if (fault !== null) sink.problem(path, fault);
    for (const entry of entries) {
      if (entry.name.endsWith("/") || COMPANIONS.has(basename(entry.name))) continue;
      const place = `${path}!${entry.name}`;
      const content = readZipEntry(source, entry, ENTRY_BYTES_MAX);
      if (content.bytes === null) sink.problem(place, content.fault);
      else await sink.document(place, content.bytes);
      sink.progress(path, entry.storedBytes);
      await sink.breathe();
    }
  } finally {
    closeSync(file);
  }
}

/** Pieces of the file are kept, because entries lie one behind the other and are small. */
const WINDOW_BYTES = 4 << 20;

function fileAsSource(file: number): RandomAccess {
  const sizeBytes = fstatSync(file).size;
  let window: Buffer = Buffer.alloc(0);
  let windowAt = 0;
  const readNew = (offset: number, length: number): Buffer => {
    const bytes = Buffer.allocUnsafe(Math.max(0, Math.min(length, sizeBytes - offset)));
    let got = 0;
    while (got < bytes.length) {
      const count = readSync(file, bytes, got, bytes.length - got, offset + got);
      if (count === 0) break;
      got += count;
    }
    return bytes.subarray(0, got);
  };
  return {
    sizeBytes,
    read: (offset, length) => {
      const end = Math.min(offset + length, sizeBytes);
      if (offset < windowAt || end > windowAt + window.length) {
        // A new one each time: what was handed out stays as it was.
        window = readNew(offset, Math.max(length, WINDOW_BYTES));
        windowAt = offset;
      }
      return window.subarray(offset - windowAt, offset - windowAt + length);
    },
  };
}
