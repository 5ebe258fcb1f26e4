import { createHash, hash } from "node:crypto";
import { fstatSync, readSync } from "node:fs";
import type { Interest, LayerVisitor } from "../layers/walk.ts";

/** A file that is open. */
export interface OpenFile {
  /** Under which the visitor is told of it. */
  readonly path: string;
  readonly interest: Interest;
  readonly sizeBytes: number;
}

const PIECE_BYTES = 1 << 20;
/** No ELF file is smaller than its header. @see elf(5), Elf32_Ehdr */
const ELF_BYTES_MIN = 52;

/** Reads files one after the other into memory that is used again. */
export class FileReader {
  readonly #visitor: LayerVisitor;
  readonly #hashes: boolean;
  #scratch: Buffer = Buffer.allocUnsafeSlow(PIECE_BYTES);
  /** Counted up; whoever waits for it sets it back. */
  bytesRead = 0;

  constructor(visitor: LayerVisitor, hashes: boolean) {
    this.#visitor = visitor;
    this.#hashes = hashes;
  }

  /** Whether a file of this size must be opened at all. */
  wants(interest: Interest, sizeBytes: number): boolean {
    if (this.#hashes || interest === "always") return true;
    if (this.#visitor.contents !== undefined && sizeBytes > 0) return true;
    return interest === "if-elf" && sizeBytes >= ELF_BYTES_MIN;
  }

  /**
   * Reads a file for all that want it: the visitor, and the digest.
   *
   * @returns The sha256 when digests are taken; else null.
   * @throws Whatever reading throws.
   */
  read(file: number, facts: OpenFile): Buffer | null {
    // What was a file when it was looked at may be something else by now.
    if (!fstatSync(file).isFile()) return null;
    const isOffered = this.offer(file, facts);
    this.#showContent(file, facts, isOffered);
    if (!this.#hashes) return null;
    if (isOffered !== null) return hash("sha256", isOffered, "buffer");
    return this.#digest(file);
  }

  /**
   * Hands the file to the visitor if it is what the visitor is interested in.
   *
   * @returns The bytes, valid until the next call; null when they were not read as a whole.
   */
  offer(file: number, { path, interest, sizeBytes }: OpenFile): Buffer | null {
    if (interest === "no" || (interest === "if-elf" && !this.#isElf(file))) return null;
    if (sizeBytes > this.#visitor.gatherBytesMax) {
      this.#visitor.tooLarge(path, sizeBytes);
      return null;
    }
    // One byte more than it had: a file that has grown meanwhile is cut there, not read without end.
    const room = Math.min(sizeBytes + 1, this.#visitor.gatherBytesMax);
    if (this.#scratch.length < room) this.#scratch = Buffer.allocUnsafeSlow(room);
    const bytes = this.#scratch.subarray(0, this.#fill(file, room));
    this.#visitor.file(path, bytes);
    return bytes.length <= sizeBytes ? bytes : null;
  }

  /** Shows everything to who reads everything; what was read for somebody else is not read again. */
  #showContent(file: number, { path, sizeBytes }: OpenFile, isRead: Buffer | null): void {
    const { contents } = this.#visitor;
    if (contents === undefined) return;
    contents.begin(path, sizeBytes);
    if (isRead !== null) contents.piece(isRead);
    for (let at = 0; isRead === null && at < sizeBytes && contents.isSated !== true; ) {
      const count = readSync(file, this.#scratch, 0, Math.min(PIECE_BYTES, sizeBytes - at), at);
      if (count === 0) break;
      contents.piece(this.#scratch.subarray(0, count));
      at += count;
      this.bytesRead += count;
    }
    contents.end();
  }

  #isElf(file: number): boolean {
    const count = readSync(file, this.#scratch, 0, 4, 0);
    return count === 4 && this.#scratch.readUInt32BE(0) === 0x7f454c46;
  }

  /** Reads from the file's beginning until it ends or the room does. */
  #fill(file: number, room: number): number {
    let at = 0;
    while (at < room) {
      const count = readSync(file, this.#scratch, at, room - at, at);
      if (count === 0) break;
      at += count;
    }
    this.bytesRead += at;
    return at;
  }

  #digest(file: number): Buffer {
    const sha256 = createHash("sha256");
    for (let at = 0; ; ) {
      const count = readSync(file, this.#scratch, 0, PIECE_BYTES, at);
      if (count === 0) break;
      sha256.update(this.#scratch.subarray(0, count));
      at += count;
      this.bytesRead += count;
    }
    return sha256.digest();
  }
}
