// What Bulwark remembers of what it scanned, in one folder: the latest result by name and digest, and file indexes by digest.
import { readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../kit/error.ts";
import { stableId } from "../kit/stable-id.ts";
import { artifactName } from "../model/answer.ts";
import { CHECK_SCHEMA, type CheckResult } from "../model/check-result.ts";
import { type Digest, hexOf } from "../model/digest.ts";
import type { Problem } from "../model/problem.ts";
import { SCAN_SCHEMA, SCANS_SCHEMA, type ScanResult } from "../model/scan.ts";
import { openError } from "./open-error.ts";
import { WriteBehind } from "./write-behind.ts";
import { outputError } from "./write-whole.ts";

/** The record of one machine. A folder that cannot be written costs memory and nothing else. */
export interface ScanRecord {
  /** Begins to keep a result in place of the last one for the same name and digest. */
  saveScan(result: ScanResult): void;
  /** Every kept result that can be read, newest first. */
  scans(): Promise<readonly ScanResult[]>;
  /**
   * Drops a result that was kept.
   *
   * @throws {AppError} `output-unwritable`.
   */
  forgetScan(result: ScanResult): Promise<void>;
  /** The newest result for a digest; null when there is none. */
  scanOf(digest: Digest): Promise<ScanResult | null>;
  hasFileIndex(digest: Digest): Promise<boolean>;
  /** Begins to keep a file index. The bytes must not change until {@link settled}. */
  saveFileIndex(digest: Digest, bytes: Uint8Array): void;
  fileIndex(digest: Digest): Promise<Buffer | null>;
  /** Waits for all that was begun. @returns Why writing failed, once, if it did. */
  settled(): Promise<readonly Problem[]>;
}

/** Kept results read at once; a machine that scans more than this needs the server. */
const SCANS_MAX = 5000;
const SCAN_BYTES_MAX = 256 << 20;

/** Opens the record in a folder, which need not exist. */
export function openRecord(folder: string): ScanRecord {
  return new FolderRecord(folder);
}

class FolderRecord implements ScanRecord {
  readonly #folder: string;
  readonly #writer: WriteBehind;

  constructor(folder: string) {
    this.#folder = folder;
    this.#writer = new WriteBehind(folder, "record-unwritable", "the record");
  }

  saveScan(result: ScanResult): void {
    this.#writer.write(scanPath(result), JSON.stringify(result));
  }

  async forgetScan(result: ScanResult): Promise<void> {
    await this.settled();
    const path = join(this.#folder, scanPath(result));
    await rm(path, { force: true }).catch((error: unknown) => {
      throw outputError("record", path, error);
    });
  }

  async scans(): Promise<readonly ScanResult[]> {
    await this.settled();
    const folder = join(this.#folder, "scans");
    const names = await readdir(folder).catch(() => []);
    const found: ScanResult[] = [];
    for (const name of names.filter((n) => n.endsWith(".json")).slice(0, SCANS_MAX)) {
      const result = await readScan(join(folder, name));
      if (result !== null) found.push(result);
    }
    return found.sort((a, b) => (a.scannedAt < b.scannedAt ? 1 : -1));
  }

  async scanOf(digest: Digest): Promise<ScanResult | null> {
    return (await this.scans()).find((scan) => scan.artifact.digest === digest) ?? null;
  }

  async hasFileIndex(digest: Digest): Promise<boolean> {
    return stat(this.#indexPath(digest)).then(
      (found) => found.isFile(),
      () => false,
    );
  }

  saveFileIndex(digest: Digest, bytes: Uint8Array): void {
    this.#writer.write(`files/${hexOf(digest)}`, bytes);
  }

  async fileIndex(digest: Digest): Promise<Buffer | null> {
    await this.settled();
    return readFile(this.#indexPath(digest)).catch(() => null);
  }

  settled(): Promise<readonly Problem[]> {
    return this.#writer.settled();
  }

  #indexPath(digest: Digest): string {
    return join(this.#folder, "files", hexOf(digest));
  }
}

/** One for each name and digest. */
function scanPath({ artifact }: ScanResult): string {
  return `scans/${stableId([artifactName(artifact), artifact.digest ?? ""])}.json`;
}

/** @returns null for anything that is not a result of ours, or of another version. */
async function readScan(path: string): Promise<ScanResult | null> {
  try {
    if ((await stat(path)).size > SCAN_BYTES_MAX) return null;
    return toScan(JSON.parse(await readFile(path, "utf8")));
  } catch {
    return null;
  }
}

const LISTS = ["packages", "findings", "suppressed", "problems"];

function toScan(value: unknown): ScanResult | null {
  const looksRight =
    typeof value === "object" &&
    value !== null &&
    Reflect.get(value, "schema") === SCAN_SCHEMA &&
    LISTS.every((name) => Array.isArray(Reflect.get(value, name))) &&
    typeof Reflect.get(value, "artifact") === "object" &&
    typeof Reflect.get(value, "scannedAt") === "string";
  return looksRight ? (value as ScanResult) : null;
}

/** One result, or several in one document; none for anything else. */
function toScans(value: unknown): readonly ScanResult[] {
  const isSeveral =
    typeof value === "object" && value !== null && Reflect.get(value, "schema") === SCANS_SCHEMA;
  const items: unknown = isSeveral ? Reflect.get(value, "results") : [value];
  const scans = Array.isArray(items) ? items.map(toScan) : [null];
  const read = scans.filter((scan) => scan !== null);
  return read.length === scans.length ? read : [];
}

/**
 * Reads the results that `bulwark scan --format json` wrote: one, or those of several targets.
 *
 * @throws {AppError} `config-invalid` when the file is something else.
 */
export async function readScanFile(path: string): Promise<readonly ScanResult[]> {
  const results = toScans(await readResult(path));
  if (results.length > 0) return results;
  throw new AppError(
    "config-invalid",
    `cannot read baseline ${JSON.stringify(path)}: it is no scan result of schema ${SCAN_SCHEMA} or ${SCANS_SCHEMA}`,
    { hint: "write one with bulwark scan TARGET --format json --output FILE", subject: path },
  );
}

/**
 * Reads the result that `bulwark check --format json` wrote.
 *
 * @throws {AppError} `config-invalid` when the file is something else.
 */
export async function readCheckFile(path: string): Promise<CheckResult> {
  const value = await readResult(path);
  const looksRight =
    typeof value === "object" &&
    value !== null &&
    Reflect.get(value, "schema") === CHECK_SCHEMA &&
    Array.isArray(Reflect.get(value, "findings")) &&
    Array.isArray(Reflect.get(value, "suppressed"));
  if (looksRight) return value as CheckResult;
  throw new AppError(
    "config-invalid",
    `cannot read baseline ${JSON.stringify(path)}: it is no result of schema ${CHECK_SCHEMA}`,
    { hint: "write one with bulwark check PATH --format json --output FILE", subject: path },
  );
}

/** null when the file is no JSON: that is as wrong as JSON of another kind. */
async function readResult(path: string): Promise<unknown> {
  const bytes = await readFile(path).catch((error: unknown) => {
    const hint =
      "name a file that --format json --output wrote; of bulwark scan, also a digest that was scanned here";
    throw openError("baseline", path, error, hint);
  });
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return null;
  }
}
