// Makes a store new in one step. Tables are written into a folder of their own (a generation); then the manifest, which names
// that folder, is renamed over the old one. Whoever reads sees the old generation or the new one, whatever fails in between.
import { randomBytes } from "node:crypto";
import {
  closeSync,
  fsyncSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { makeFolder } from "../make-folder.ts";
import { outputError } from "../write-whole.ts";
import {
  MANIFEST_NAME,
  parseManifest,
  SCHEMA,
  type SourceEntry,
  type StoreManifest,
  type TableEntry,
} from "./manifest.ts";
import { readManifest } from "./open.ts";
import { createTable, type TableWriter } from "./table-writer.ts";

/** A generation that nobody finished is removed when it is older than any build takes. */
const ABANDONED_MS = 3 * 3_600_000;

/** A generation on its way. `publish` or `abandon` ends it. */
export interface Generation {
  /** Opens the table of a base ecosystem, under a name that is safe as a file's. */
  begin(name: string): {
    readonly file: string;
    readonly path: string;
    readonly writer: TableWriter;
  };
  /** A place for a table that comes from elsewhere. */
  place(name: string): { readonly file: string; readonly path: string };
  /** Puts the generation in the place of the old one. */
  publish(facts: {
    readonly tables: readonly TableEntry[];
    readonly sources: readonly SourceEntry[];
    readonly builtAt: string;
    readonly currentAt: string;
  }): StoreManifest;
  /** Removes what was written. */
  abandon(): void;
}

/**
 * Begins a generation in a store's folder, which is made when it is missing.
 *
 * @throws {AppError} `disk-full`, `output-unwritable`; from every method, too.
 */
export function beginGeneration(folder: string): Generation {
  const name = `gen-${randomBytes(8).toString("hex")}`;
  const path = join(folder, name);
  const guarded = <T>(action: () => T): T => {
    try {
      return action();
    } catch (error) {
      throw storeWriteError(folder, error);
    }
  };
  guarded(() => makeFolder(path));
  const used = new Set<string>();
  const place = (base: string): { file: string; path: string } => {
    const file = `${name}/${fileName(base, used)}`;
    return { file, path: join(folder, file) };
  };
  return {
    place,
    begin: (base) =>
      guarded(() => {
        const at = place(base);
        return { ...at, writer: createTable(at.path) };
      }),
    publish: (facts) =>
      guarded(() => {
        const manifest: StoreManifest = { schema: SCHEMA, ...facts };
        const text = `${JSON.stringify(manifest, null, 2)}\n`;
        // A manifest that we could not read ourselves must not become the store.
        parseManifest(text, folder);
        syncFolder(path);
        const previous = generationsNamed(folder);
        writeSynced(join(folder, `${MANIFEST_NAME}.${name}`), text);
        renameSync(join(folder, `${MANIFEST_NAME}.${name}`), join(folder, MANIFEST_NAME));
        syncFolder(folder);
        removeOld(folder, { previous, current: name });
        return manifest;
      }),
    abandon: () => {
      rmSync(path, { recursive: true, force: true });
      rmSync(join(folder, `${MANIFEST_NAME}.${name}`), { force: true });
    },
  };
}

/** What a failed write of the store becomes. */
export function storeWriteError(folder: string, error: unknown): unknown {
  return error instanceof Error &&
    "code" in error &&
    typeof error.code === "string" &&
    "syscall" in error
    ? outputError("advisory store", folder, error)
    : error;
}

/** Letters, digits, dots and dashes of the name; another name that looks the same then gets a number. */
function fileName(base: string, used: Set<string>): string {
  const slug =
    base
      .replace(/[^A-Za-z0-9.-]+/g, "_")
      .replace(/^[.-]+/, "_")
      .slice(0, 60) || "_";
  let name = slug;
  for (let n = 2; used.has(name.toLowerCase()); n += 1) name = `${slug}-${n}`;
  used.add(name.toLowerCase());
  return `${name}.table`;
}

function generationsNamed(folder: string): ReadonlySet<string> {
  try {
    return new Set(readManifest(folder).tables.map((t) => dirname(t.file)));
  } catch {
    return new Set();
  }
}

function removeOld(
  folder: string,
  { previous, current }: { previous: ReadonlySet<string>; current: string },
): void {
  const named = generationsNamed(folder);
  for (const name of readdirSync(folder)) {
    const isOurs = /^gen-[0-9a-f]{16}$/.test(name) || name.startsWith(`${MANIFEST_NAME}.gen-`);
    if (!isOurs || name === current || named.has(name)) continue;
    // Another build may be at work in a folder that no manifest names yet.
    if (previous.has(name) || isAbandoned(join(folder, name)))
      rmSync(join(folder, name), { recursive: true, force: true });
  }
}

function isAbandoned(path: string): boolean {
  try {
    return Date.now() - statSync(path).mtimeMs > ABANDONED_MS;
  } catch {
    return false;
  }
}

function writeSynced(path: string, text: string): void {
  const file = openSync(path, "wx", 0o644);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function syncFolder(path: string): void {
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
