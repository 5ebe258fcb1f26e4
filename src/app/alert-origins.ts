// What earlier scans on this machine know of an executable that an alert is about: its package, and what was found in that.
import { dataFolder, type Environment } from "../io/folders.ts";
import { openRecord, type ScanRecord } from "../io/record.ts";
import { type Alert, type AlertOrigin, fieldText } from "../model/alert.ts";
import { type Digest, isDigest } from "../model/digest.ts";
import { type FileIndex, indexedFileAt, throughLinks } from "../model/file-index.ts";
import type { ScanResult } from "../model/scan.ts";

/** Answers that are remembered: executables of images. */
const ANSWERS_MAX = 10_000;
/** A scan that was made meanwhile is seen after this. */
const FRESH_MS = 60_000;

type Findings = ReadonlyMap<string, Readonly<Record<string, number>>>;

/** Looks executables up. Reads an image's file index once for each of its executables, and keeps one in memory: they are large. */
export class AlertOrigins {
  readonly #record: ScanRecord;
  readonly #answers = new Map<
    string,
    { readonly origin: AlertOrigin | null; readonly atMs: number }
  >();
  #index: FileIndex | null = null;
  #scans: { readonly of: ReadonlyMap<string, Findings>; readonly atMs: number } | null = null;

  constructor(env: Environment) {
    this.#record = openRecord(dataFolder(env));
  }

  /** @returns Null when no scan of the image was kept here, and for what is in no image. Never throws. */
  async of(alert: Alert): Promise<AlertOrigin | null> {
    const path = fieldText(alert, "proc.exepath");
    if (path === null || !path.startsWith("/")) return null;
    for (const field of ["container.image.digest", "container.image.id"]) {
      const digest = fieldText(alert, field) ?? "";
      const origin = isDigest(digest) ? await this.#inImage(digest, path) : null;
      if (origin !== null) return origin;
    }
    return null;
  }

  async #inImage(digest: Digest, path: string): Promise<AlertOrigin | null> {
    const key = `${digest} ${path}`;
    const known = this.#answers.get(key);
    if (known !== undefined && performance.now() - known.atMs < FRESH_MS) return known.origin;
    const origin = await this.#look(digest, path.slice(1)).catch(() => null);
    this.#answers.delete(key);
    this.#answers.set(key, { origin, atMs: performance.now() });
    const [oldest] = this.#answers.size > ANSWERS_MAX ? this.#answers.keys() : [];
    if (oldest !== undefined) this.#answers.delete(oldest);
    return origin;
  }

  async #look(digest: Digest, path: string): Promise<AlertOrigin | null> {
    if (this.#index?.digest !== digest) {
      const bytes = await this.#record.fileIndex(digest);
      if (bytes === null) return null;
      const { decodeFileIndex } = await import("./image-inventory.ts");
      this.#index = decodeFileIndex(bytes);
    }
    const index = this.#index;
    if (index === null) return null;
    const file = indexedFileAt(index, throughLinks(index, path) ?? path);
    const findings = file?.owner == null ? null : await this.#findings(digest, file.owner);
    return { digest, package: file?.owner ?? null, isForeign: file === null, findings };
  }

  async #findings(digest: Digest, owner: string): Promise<AlertOrigin["findings"]> {
    if (this.#scans === null || performance.now() - this.#scans.atMs > FRESH_MS) {
      const scans = await this.#record.scans();
      // The newest comes first, and counts.
      const of = new Map(
        [...scans].reverse().map((scan) => [scan.artifact.digest ?? "", countsOf(scan)]),
      );
      this.#scans = { of, atMs: performance.now() };
    }
    const found = this.#scans.of.get(digest);
    return found === undefined ? null : (found.get(owner) ?? {});
  }
}

function countsOf({ findings }: ScanResult): Findings {
  const counts = new Map<string, Record<string, number>>();
  for (const finding of findings) {
    if (finding.kind !== "vulnerability") continue;
    const owner = `${finding.package.type}/${finding.package.name}`;
    const own = counts.get(owner) ?? {};
    own[finding.severity] = (own[finding.severity] ?? 0) + 1;
    counts.set(owner, own);
  }
  return counts;
}
