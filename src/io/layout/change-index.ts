// Changing a layout: blobs and `index.json` are written whole or not at all, and one of several writers waits for the other.
import { type FileHandle, open, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { member, parseJson } from "../../formats/json-shape.ts";
import { DOCUMENT_BYTES_MAX } from "../../formats/oci.ts";
import { AppError } from "../../kit/error.ts";
import { type Digest, hexOf } from "../../model/digest.ts";
import { codeOf } from "../error-code.ts";
import { readNamed } from "../named-file.ts";
import { outputError, writeWhole } from "../write-whole.ts";

const FILE_MODE = 0o644;
const LOCK_WAIT_MS = 20_000;
/** A lock that is older was left behind; changing an index takes milliseconds. */
const LOCK_AGE_MS = 10_000;

/** Writes a blob unless it is there. @throws {AppError} `output-unwritable`, `disk-full`. */
export async function writeBlob(layout: string, digest: Digest, bytes: Uint8Array): Promise<void> {
  const path = join(layout, "blobs", "sha256", hexOf(digest));
  const there = await stat(path).catch(() => null);
  if (there?.isFile() === true && there.size === bytes.length) return;
  await writeWhole(path, bytes, FILE_MODE).catch((error: unknown) => {
    throw outputError("layout's blob", path, error);
  });
}

/** One entry of `index.json`, as it stands there. */
export type IndexEntry = Readonly<Record<string, unknown>>;

/**
 * Changes the entries of `index.json`; everything else in it stays as it is.
 *
 * @param change May take its time: nobody who asks for the lock changes the file meanwhile.
 * @returns The new bytes.
 * @throws {AppError} `output-unwritable`, `disk-full`, `archive-invalid`; what `change` throws; the signal's reason.
 */
export async function changeIndex(
  layout: string,
  change: (entries: readonly IndexEntry[]) => Promise<readonly IndexEntry[]>,
  signal: AbortSignal,
): Promise<Buffer> {
  const path = join(layout, "index.json");
  const lock = `${path}.lock`;
  const held = await locked(lock, signal);
  try {
    const { bytes } = await readNamed("layout", path, DOCUMENT_BYTES_MAX);
    const document = { what: `index.json of ${layout}`, code: "archive-invalid" } as const;
    const top = parseJson(bytes, document);
    const entries: unknown = member(top, "manifests").value ?? [];
    const manifests = await change(Array.isArray(entries) ? entries : []);
    const next = Buffer.from(JSON.stringify({ ...(top.value as object), manifests }), "utf8");
    await writeWhole(path, next, FILE_MODE);
    return next;
  } catch (error) {
    throw error instanceof AppError ? error : outputError("layout", path, error);
  } finally {
    await held.close();
    await rm(lock, { force: true });
  }
}

async function locked(lock: string, signal: AbortSignal): Promise<FileHandle> {
  const end = performance.now() + LOCK_WAIT_MS;
  for (;;) {
    try {
      return await open(lock, "wx", FILE_MODE);
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw outputError("layout", lock, error);
    }
    if (performance.now() > end) {
      throw new AppError(
        "output-unwritable",
        `cannot change layout: ${JSON.stringify(lock)} stays`,
        {
          hint: "remove it when nobody else changes the layout",
          subject: lock,
        },
      );
    }
    const made = await stat(lock).catch(() => null);
    if (made !== null && Date.now() - made.mtimeMs > LOCK_AGE_MS) await rm(lock, { force: true });
    await sleep(5 + Math.random() * 20, undefined, { signal }).catch(() => undefined);
    signal.throwIfAborted();
  }
}
