// Reads tar streams as layers carry them: ustar, PAX, GNU long names, old and new GNU sparse files.
// Push-based: chunks go in, entries and their bytes come out, and nothing is kept or copied that need not be.
// Where archives can be read in two ways, this reads as Docker, containerd and Podman do when they unpack a layer (Go's
// archive/tar), and what these refuse may be an error here, too: a name that only we read differently hides a file from us.
// Sources: POSIX.1-2024 pax, "ustar Interchange Format" and "pax Extended Header"; GNU tar manual, "Sparse Formats".
import { Buffer } from "node:buffer";
import { AppError } from "../kit/error.ts";
import { checksumFits, fieldOf, isZero, nameOf, numberAt, textOf } from "./tar-header.ts";
import { emptyPax, type Pax, parsePax } from "./tar-pax.ts";
import {
  isWithin,
  oldGnuSparse,
  type SparseMap,
  sparseHeaderLength,
  sparseMapFromData,
} from "./tar-sparse.ts";

export type TarType =
  | "file"
  | "directory"
  | "symlink"
  | "hardlink"
  | "character"
  | "block"
  | "fifo";

export interface TarEntry {
  /** As written; not yet checked for `..` or a leading slash. */
  readonly path: string;
  readonly type: TarType;
  /** Permission bits with setuid, setgid and sticky. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Of the file as it will be on disk: for sparse files with the holes. */
  readonly sizeBytes: number;
  /** Target of a symbolic or hard link; empty otherwise. */
  readonly link: string;
}

/** Receives what is in the archive, in its order: `entry`, then for files any number of `data`, then `end`. */
export interface TarConsumer {
  entry(entry: TarEntry): void;
  /** A piece of the current file. A view on the reader's input: to be used before returning, or copied. */
  data(piece: Uint8Array): void;
  end(): void;
}

const BLOCK = 512;
/** Longest extended header or GNU long name that is read; real ones are under a few kilobytes. */
const META_BYTES_MAX = 1 << 20;
/** Of all holes of an archive: they are read for the digests of files, and cost whoever made the archive nothing. */
const HOLES_BYTES_MAX = 4 * 2 ** 30;

const TYPES: Readonly<Record<string, TarType>> = {
  "0": "file",
  "\0": "file",
  "7": "file",
  S: "file",
  "1": "hardlink",
  "2": "symlink",
  "3": "character",
  "4": "block",
  "5": "directory",
  "6": "fifo",
};

type State = "header" | "content" | "meta" | "sparse-header" | "sparse-map" | "padding" | "ended";

/** Reads one archive. Make one per archive; call `push` for each chunk and `finish` once. */
export class TarReader {
  readonly #consumer: TarConsumer;
  #state: State = "header";
  /** Bytes that did not make a whole block, or a meta record being gathered. */
  #held: Buffer[] = [];
  #heldBytes = 0;
  /** Bytes of the current state still to come. */
  #left = 0;
  #padding = 0;
  #metaType = "";
  #pax: Pax = emptyPax();
  #longName: string | null = null;
  #longLink: string | null = null;
  #sparse: SparseMap | null = null;
  #mapText: Buffer = Buffer.alloc(0);
  #pending: TarEntry | null = null;
  #position = 0;
  #zeroBlocks = 0;
  #holesBytes = 0;

  constructor(consumer: TarConsumer) {
    this.#consumer = consumer;
  }

  /** @throws {AppError} `archive-invalid` with the byte offset, for what is no tar archive. */
  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length && this.#state !== "ended") {
      at += this.#step(chunk, at);
    }
    this.#position += chunk.length;
  }

  /**
   * For readers that can seek: called within `entry`'s turn, after `push`, it gives up the rest of the current file.
   *
   * @returns How many bytes of the archive follow that need not be pushed; 0 when there is nothing to skip.
   */
  skipRest(): number {
    if (this.#state !== "content" || this.#sparse !== null) return 0;
    const skipped = this.#left + this.#padding;
    this.#left = 0;
    this.#padding = 0;
    this.#position += skipped;
    this.#close();
    return skipped;
  }

  /** @throws {AppError} `archive-invalid` when the archive is cut. */
  finish(): void {
    const cut =
      this.#state !== "header" && this.#state !== "ended" && this.#left + this.#padding > 0;
    if (cut || this.#heldBytes > 0) throw this.#invalid("it is cut");
  }

  #step(chunk: Buffer, at: number): number {
    switch (this.#state) {
      case "header":
        return this.#gather(chunk, at, BLOCK, (block) => this.#header(block));
      case "content":
        return this.#content(chunk, at);
      case "meta":
        return this.#gather(chunk, at, this.#left, (bytes) => this.#meta(bytes));
      case "sparse-header":
        return this.#gather(chunk, at, BLOCK, (block) => this.#moreSparse(block));
      case "sparse-map":
        return this.#gather(chunk, at, BLOCK, (block) => this.#sparseMap(block));
      default: {
        const skipped = Math.min(this.#left, chunk.length - at);
        this.#left -= skipped;
        if (this.#left === 0) this.#state = "header";
        return Math.max(skipped, 0);
      }
    }
  }

  /** Hands over exactly `wanted` bytes: a view when they lie in one chunk, a copy when they do not. */
  #gather(chunk: Buffer, at: number, wanted: number, use: (bytes: Buffer) => void): number {
    const missing = wanted - this.#heldBytes;
    const taken = Math.min(missing, chunk.length - at);
    const piece = chunk.subarray(at, at + taken);
    if (taken < missing) {
      this.#held.push(Buffer.from(piece));
      this.#heldBytes += taken;
      return taken;
    }
    const whole = this.#heldBytes === 0 ? piece : Buffer.concat([...this.#held, piece], wanted);
    this.#held = [];
    this.#heldBytes = 0;
    use(whole);
    return taken;
  }

  #header(block: Buffer): void {
    if (isZero(block)) {
      this.#zeroBlocks += 1;
      // Two zero blocks end an archive; what follows is padding of the writer's record size.
      if (this.#zeroBlocks === 2) this.#state = "ended";
      return;
    }
    this.#zeroBlocks = 0;
    if (!checksumFits(block)) {
      const isFirst = this.#position === 0;
      throw this.#invalid(isFirst ? "it is no tar archive" : "a header's checksum is wrong");
    }
    const flag = String.fromCharCode(block[156] ?? 0);
    const size = numberAt(block, 124, 12);
    if (size === null) throw this.#invalid("a header's size is no number");
    if (flag === "x" || flag === "g" || flag === "L" || flag === "K") this.#beginMeta(flag, size);
    else this.#beginEntry(block, flag, size);
  }

  #beginMeta(flag: string, size: number): void {
    if (size > META_BYTES_MAX) throw this.#invalid(`an extended header claims ${size} bytes`);
    this.#metaType = flag;
    this.#left = size;
    this.#padding = paddingOf(size);
    this.#state = "meta";
    if (size === 0) this.#meta(Buffer.alloc(0));
  }

  /** Of several about one entry the last counts, and is not laid over the others. */
  #meta(bytes: Buffer): void {
    switch (this.#metaType) {
      case "x": {
        const pax = parsePax(bytes);
        if (pax === null) throw this.#invalid("an extended header is malformed");
        this.#pax = pax;
        break;
      }
      case "g":
        // To engines a global header is an entry that is passed over, and the headers in front of it were about that entry.
        this.#forgetMeta();
        break;
      case "L":
        this.#longName = textOf(bytes);
        break;
      default:
        this.#longLink = textOf(bytes);
    }
    this.#skip(this.#padding);
  }

  #forgetMeta(): void {
    this.#pax = emptyPax();
    this.#longName = null;
    this.#longLink = null;
  }

  #beginEntry(block: Buffer, flag: string, headerSize: number): void {
    const pax = this.#pax;
    const type = TYPES[flag];
    const stored = pax.size ?? headerSize;
    if (Number.isNaN(stored)) throw this.#invalid("the size in an extended header is no number");
    const entry = this.#entryOf(block, { flag, type, pax, stored });
    const sparse = flag === "S" ? oldGnuSparse(block) : pax.sparse.map;
    this.#forgetMeta();
    // Unknown types are skipped with their content, as POSIX asks; links and folders have no content whatever they claim.
    const hasContent = entry.type === "file";
    this.#left = hasContent ? stored : 0;
    this.#padding = hasContent ? paddingOf(stored) : 0;
    if (type === undefined) {
      this.#skip(this.#left + this.#padding);
      return;
    }
    this.#pending = entry;
    this.#sparse = sparse;
    this.#holesBytes += Math.max(0, entry.sizeBytes - stored);
    if (this.#holesBytes > HOLES_BYTES_MAX) {
      throw new AppError(
        "limit-exceeded",
        `cannot read tar archive near byte ${this.#position}: its sparse files have more than ${HOLES_BYTES_MAX} bytes of holes`,
      );
    }
    if (flag === "S" && (block[482] ?? 0) !== 0) this.#state = "sparse-header";
    else if (pax.sparse.inData) this.#state = "sparse-map";
    else this.#open();
  }

  #entryOf(
    block: Buffer,
    facts: { flag: string; type: TarType | undefined; pax: Pax; stored: number },
  ): TarEntry {
    const { pax } = facts;
    const path = pax.sparse.name ?? (this.#longName || (pax.path ?? nameOf(block)));
    // Archives from before there was a type mark folders by a trailing slash alone.
    const isFolder = facts.flag === "\0" && path.endsWith("/");
    const type: TarType = isFolder ? "directory" : (facts.type ?? "file");
    return {
      path,
      type,
      mode: (numberAt(block, 100, 8) ?? 0) & 0o7777,
      uid: pax.uid ?? numberAt(block, 108, 8) ?? 0,
      gid: pax.gid ?? numberAt(block, 116, 8) ?? 0,
      sizeBytes: type === "file" ? finishedSize(block, facts) : 0,
      link: type === "symlink" || type === "hardlink" ? this.#linkOf(block, pax) : "",
    };
  }

  #linkOf(block: Buffer, pax: Pax): string {
    return this.#longLink || (pax.linkPath ?? fieldOf(block, 157, 100));
  }

  #moreSparse(block: Buffer): void {
    const more = oldGnuSparse(block, true);
    this.#sparse = this.#sparse === null ? more : [...this.#sparse, ...more];
    if (this.#sparse.length > 100_000) throw this.#invalid("a sparse map has over 100,000 holes");
    if ((block[504] ?? 0) === 0) this.#open();
  }

  /** Sparse format 1.0 keeps its map in front of the data, in whole blocks of decimal lines. */
  #sparseMap(block: Buffer): void {
    this.#left -= BLOCK;
    this.#mapText = Buffer.concat([this.#mapText, block]);
    const text = this.#mapText;
    const length = sparseHeaderLength(text);
    if (length === null) {
      if (text.length > META_BYTES_MAX || this.#left < BLOCK)
        throw this.#invalid("a sparse map has no end");
      return;
    }
    this.#mapText = Buffer.alloc(0);
    this.#sparse = sparseMapFromData(text);
    this.#open();
  }

  #open(): void {
    const entry = this.#pending;
    if (entry === null) return;
    if (this.#sparse !== null && !isWithin(this.#sparse, entry.sizeBytes))
      throw this.#invalid(`the map of sparse file ${JSON.stringify(entry.path)} does not fit it`);
    this.#consumer.entry(entry);
    this.#filled = 0;
    this.#hole = 0;
    this.#state = "content";
    if (this.#left === 0) this.#close();
  }

  /** Bytes of the finished file handed over so far, and the index of the next stretch of a sparse map. */
  #filled = 0;
  #hole = 0;

  #content(chunk: Buffer, at: number): number {
    const taken = Math.min(this.#left, chunk.length - at);
    if (taken > 0) this.#deliver(chunk.subarray(at, at + taken));
    this.#left -= taken;
    if (this.#left === 0) this.#close();
    return taken;
  }

  #deliver(piece: Buffer): void {
    if (this.#sparse === null) {
      this.#consumer.data(piece);
      return;
    }
    let rest = piece;
    while (rest.length > 0) {
      const stretch = this.#sparse[this.#hole];
      if (stretch === undefined) return;
      this.#zeros(stretch.offset - this.#filled);
      const due = stretch.offset + stretch.sizeBytes - this.#filled;
      const now = rest.subarray(0, Math.max(0, due));
      if (now.length > 0) this.#consumer.data(now);
      this.#filled += now.length;
      rest = rest.subarray(now.length);
      if (this.#filled >= stretch.offset + stretch.sizeBytes) this.#hole += 1;
    }
  }

  #zeros(count: number): void {
    let left = count;
    while (left > 0) {
      const piece = ZEROS.subarray(0, Math.min(left, ZEROS.length));
      this.#consumer.data(piece);
      this.#filled += piece.length;
      left -= piece.length;
    }
  }

  #close(): void {
    if (this.#sparse !== null && this.#pending !== null)
      this.#zeros(this.#pending.sizeBytes - this.#filled);
    this.#sparse = null;
    this.#pending = null;
    this.#consumer.end();
    this.#skip(this.#padding);
  }

  #skip(count: number): void {
    this.#left = count;
    this.#padding = 0;
    this.#state = count === 0 ? "header" : "padding";
  }

  #invalid(state: string): AppError {
    return new AppError(
      "archive-invalid",
      `cannot read tar archive near byte ${this.#position}: ${state}`,
    );
  }
}

const ZEROS = Buffer.alloc(1 << 16);

function paddingOf(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}

/** The size of a file with its holes, which sparse formats keep beside that of what is stored. */
function finishedSize(block: Buffer, facts: { flag: string; pax: Pax; stored: number }): number {
  const oldSparseSize = facts.flag === "S" ? numberAt(block, 483, 12) : null;
  return oldSparseSize ?? facts.pax.sparse.realSize ?? facts.stored;
}
