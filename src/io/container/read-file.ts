// Reads files that are open: digest, kind and facts, each file once.
import { createHash } from "node:crypto";
import { type BigIntStats, fstatSync, read } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { CONTENT_HEAD_BYTES, fileContent } from "../../formats/file-content.ts";
import type { FileContent } from "../../model/drift.ts";

const readAt = promisify(read);

/** What was read of a file. */
export interface ReadFile {
  /** 64 hex digits; null when it is not read, for the reason given. */
  readonly sha256: string | null;
  readonly unread: string | null;
  readonly sizeBytes: number;
  /** The last twelve bits. */
  readonly mode: number;
  readonly content: FileContent;
  /** It has no name any more. */
  readonly isGone: boolean;
  /** Nanoseconds since 1970; absent when it was not read, or changed meanwhile. */
  readonly changedAt?: bigint;
}

type Digested = Pick<ReadFile, "sha256" | "unread" | "changedAt">;

/** Bounds of reading. */
export interface ReadBounds {
  /** Larger files are not read. */
  readonly fileBytesMax: number;
  /** After so many bytes no further file is read. */
  readonly totalBytesMax: number;
  /** Reads no faster, so that whoever needs the disk has it; as fast as it can when absent. */
  readonly bytesASecond?: number;
}

export const READ_BOUNDS: ReadBounds = { fileBytesMax: 2 ** 31, totalBytesMax: 2 ** 36 };

const PIECE_BYTES = 1 << 20;
/** Digests that are kept; one is some 200 bytes. */
const KNOWN_MAX = 200_000;

/** Takes digests of files, each content once: a file with the same device, inode, time of change and size is the same. */
export class FileReader {
  readonly #signal: AbortSignal;
  readonly #bounds: ReadBounds;
  readonly #known = new Map<string, string>();
  #totalBytes = 0;
  #freeAt = 0;

  constructor(signal: AbortSignal, bounds: ReadBounds = READ_BOUNDS) {
    this.#signal = signal;
    this.#bounds = bounds;
  }

  /** Bytes that were read so far. */
  get totalBytes(): number {
    return this.#totalBytes;
  }

  /**
   * Reads an open file, which stays open.
   *
   * @param name Its own, without folders.
   * @param wants Told what it is before it is read as a whole; its digest is null when that is not wanted.
   * @throws the signal's reason; what reading throws.
   */
  async read(
    fd: number,
    name: string,
    wants: (file: Omit<ReadFile, "sha256" | "unread">) => boolean = () => true,
  ): Promise<ReadFile> {
    this.#signal.throwIfAborted();
    const stats = fstatSync(fd, { bigint: true });
    const facts = {
      sizeBytes: Number(stats.size),
      mode: Number(stats.mode & 0o7777n),
      content: "other" as FileContent,
      isGone: stats.nlink === 0n,
    };
    if (!stats.isFile()) return { ...facts, sha256: null, unread: "it is no file" };
    const file = { ...facts, content: fileContent(await headOf(fd), name) };
    if (!wants(file)) return { ...file, sha256: null, unread: null };
    return { ...file, ...(await this.#digest(fd, stats)) };
  }

  async #digest(fd: number, stats: BigIntStats): Promise<Digested> {
    const known = this.#known.get(keyOf(stats));
    if (known !== undefined) return { sha256: known, unread: null, changedAt: stats.ctimeNs };
    const { fileBytesMax, totalBytesMax } = this.#bounds;
    if (Number(stats.size) > fileBytesMax)
      return { sha256: null, unread: `it is larger than ${fileBytesMax} bytes` };
    if (this.#totalBytes + Number(stats.size) > totalBytesMax)
      return { sha256: null, unread: `${totalBytesMax} bytes were read before` };
    const sha256 = await this.#hashed(fd, fileBytesMax);
    if (sha256 === null) return { sha256, unread: `it grew beyond ${fileBytesMax} bytes` };
    // One that changed meanwhile has a digest of something, and nobody may take it for this file's later.
    if (keyOf(fstatSync(fd, { bigint: true })) !== keyOf(stats)) return { sha256, unread: null };
    if (this.#known.size < KNOWN_MAX) this.#known.set(keyOf(stats), sha256);
    return { sha256, unread: null, changedAt: stats.ctimeNs };
  }

  async #hashed(fd: number, max: number): Promise<string | null> {
    const hash = createHash("sha256");
    const buffer = Buffer.allocUnsafe(PIECE_BYTES);
    for (let at = 0; ; ) {
      this.#signal.throwIfAborted();
      const { bytesRead } = await readAt(fd, buffer, 0, PIECE_BYTES, at);
      if (bytesRead === 0) return hash.digest("hex");
      at += bytesRead;
      this.#totalBytes += bytesRead;
      if (at > max) return null;
      hash.update(buffer.subarray(0, bytesRead));
      await this.#rest(bytesRead);
    }
  }

  /** What was not read in a while may be read at once, as much as in a second. */
  async #rest(bytes: number): Promise<void> {
    const { bytesASecond } = this.#bounds;
    if (bytesASecond === undefined) return;
    const now = performance.now();
    this.#freeAt = Math.max(this.#freeAt, now - 1000) + (bytes * 1000) / bytesASecond;
    if (this.#freeAt > now) await sleep(this.#freeAt - now, undefined, { signal: this.#signal });
  }
}

async function headOf(fd: number): Promise<Uint8Array> {
  const buffer = Buffer.alloc(CONTENT_HEAD_BYTES);
  const { bytesRead } = await readAt(fd, buffer, 0, CONTENT_HEAD_BYTES, 0);
  return buffer.subarray(0, bytesRead);
}

function keyOf({ dev, ino, ctimeNs, size }: BigIntStats): string {
  return `${dev}:${ino}:${ctimeNs}:${size}`;
}
