// Files that stream by, searched in windows that overlap, so that no file is too large to be held.
import { printable } from "../../kit/text.ts";
import { REACH_BYTES, type SecretHit, type SecretReading } from "./contract.ts";
import type { Candidate, Searched, SecretSearch } from "./scan.ts";
import { textOf } from "./shape.ts";
import { narrowing } from "./wide-text.ts";

/** By what secrets are known again. */
export interface SecretDigests {
  /** Of a text of characters below U+0100, in hex. */
  sha256(text: string): string;
  /** Fingerprints of what is no secret any more. */
  readonly published: ReadonlySet<string>;
}

const WINDOW_BYTES = 1 << 20;
/** Beyond, the rest of a file is left and said to be. */
const FILE_BYTES_MAX = 2 ** 30;
const HITS_OF_FILE_MAX = 200;
const HITS_MAX = 10_000;
const PROBLEMS_MAX = 100;
const NEWLINE = 10;
/** As far as is looked for a zero byte, which no text has. */
const HEAD_BYTES = 8192;
const SHOWN_MAX = 160;
const NOTHING: Uint8Array = new Uint8Array(0);

/** Told of files one after the other: `begin`, `piece` as often as there are some, `end`. */
export class SecretReader {
  readonly #search: SecretSearch;
  readonly #digests: SecretDigests;
  readonly #hits: SecretHit[] = [];
  readonly #problems: { path?: string; detail: string }[] = [];
  #untold = 0;
  #unlisted = 0;

  #path = "";
  #inside: string | null = null;
  #sizeBytes = 0;
  #seenBytes = 0;
  #ofFile = 0;
  #isIncomplete = false;
  /** The beginning of a file that comes in pieces, until there is enough of it to tell what it is; null from then on. */
  #head: Uint8Array | null = null;
  #headBytes = 0;
  #isBinary = false;
  /** Makes text of wide characters plain; null where there is none. */
  #narrow: ((bytes: Uint8Array) => Uint8Array) | null = null;
  /** What is at hand of a file that comes in pieces; made when there is one. */
  #window: Uint8Array = NOTHING;
  #filled = 0;
  /** Where in the window what was not searched yet begins. */
  #from = 0;
  #places = new Places();

  constructor(search: SecretSearch, digests: SecretDigests) {
    this.#search = search;
    this.#digests = digests;
  }

  /** @param inside Its path in the archive that the file is. */
  begin(path: string, sizeBytes: number, inside: string | null = null): void {
    this.#path = path;
    this.#inside = inside;
    this.#sizeBytes = sizeBytes;
    this.#seenBytes = 0;
    this.#ofFile = 0;
    this.#isIncomplete = false;
    this.#head = null;
    this.#headBytes = 0;
    this.#filled = 0;
    this.#from = 0;
    this.#places = new Places();
  }

  /** Whether nothing more of the file is wanted. */
  get isSated(): boolean {
    return this.#seenBytes >= FILE_BYTES_MAX;
  }

  /** @param bytes Are read before it returns. */
  piece(bytes: Uint8Array): void {
    const before = this.#seenBytes;
    this.#seenBytes += bytes.length;
    if (before === 0 && bytes.length >= this.#sizeBytes) this.#whole(bytes);
    else if (before === 0) this.#behead(bytes);
    else if (before >= FILE_BYTES_MAX) this.#tellCut();
    else if (this.#head !== null) this.#behead(bytes);
    else this.#collect(bytes);
  }

  end(): void {
    if (this.#seenBytes < this.#sizeBytes && this.isSated) this.#tellCut();
    this.#recognise();
    if (this.#filled > this.#from) this.#searchWindow(this.#filled);
    this.#filled = 0;
    this.#from = 0;
  }

  /** A file that is at hand as a whole. */
  file(path: string, bytes: Uint8Array, inside: string | null = null): void {
    this.begin(path, bytes.length, inside);
    this.piece(bytes);
    this.end();
  }

  problem(detail: string, path?: string): void {
    if (this.#problems.length >= PROBLEMS_MAX) this.#untold += 1;
    else this.#problems.push(path === undefined ? { detail } : { path, detail });
  }

  /** All that was found until now; begins anew. */
  taken(): SecretReading {
    const hits = this.#hits.splice(0);
    const problems = this.#problems.splice(0);
    if (this.#unlisted > 0)
      problems.push({ detail: `${this.#unlisted} more places with secrets are not listed` });
    if (this.#untold > 0)
      problems.push({ detail: `${this.#untold} more files were not searched as a whole` });
    this.#unlisted = 0;
    this.#untold = 0;
    return { hits, problems };
  }

  #whole(bytes: Uint8Array): void {
    this.#judge(bytes.subarray(0, HEAD_BYTES));
    const text = this.#narrow?.(bytes) ?? bytes;
    this.#tell(text, this.#searched(text, { from: 0, to: text.length, end: text.length }));
  }

  #tellCut(): void {
    this.#incomplete(`only its first ${FILE_BYTES_MAX} bytes were searched for secrets`);
  }

  /** Said once of a file. */
  #incomplete(detail: string): void {
    if (this.#isIncomplete) return;
    this.#isIncomplete = true;
    this.problem(detail, this.#path);
  }

  /** Where a layer is cut in pieces is chance: what a file is must not depend on it. */
  #behead(bytes: Uint8Array): void {
    this.#head ??= new Uint8Array(HEAD_BYTES);
    const part = bytes.subarray(0, HEAD_BYTES - this.#headBytes);
    this.#head.set(part, this.#headBytes);
    this.#headBytes += part.length;
    if (this.#headBytes < HEAD_BYTES) return;
    this.#recognise();
    this.#collect(bytes.subarray(part.length));
  }

  #recognise(): void {
    const head = this.#head?.subarray(0, this.#headBytes);
    this.#head = null;
    if (head === undefined) return;
    this.#judge(head);
    this.#collect(head);
  }

  #judge(head: Uint8Array): void {
    this.#narrow = narrowing(head);
    this.#isBinary = this.#narrow === null && head.includes(0);
  }

  #collect(piece: Uint8Array): void {
    const bytes = this.#narrow?.(piece) ?? piece;
    if (this.#window.length === 0) this.#window = new Uint8Array(WINDOW_BYTES);
    for (let at = 0; at < bytes.length; ) {
      const room = this.#window.length - this.#filled;
      const part = bytes.subarray(at, at + room);
      this.#window.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled === this.#window.length) this.#searchWindow(this.#filled - REACH_BYTES);
    }
  }

  #searched(bytes: Uint8Array, stretch: { from: number; to: number; end: number }): Searched {
    const path = this.#inside ?? this.#path;
    return this.#search.search({ ...stretch, bytes, path, isBinary: this.#isBinary });
  }

  /** Searches the window up to a place, and keeps what the rest must look back at. */
  #searchWindow(to: number): void {
    const bytes = this.#window;
    this.#tell(bytes, this.#searched(bytes, { from: this.#from, to, end: this.#filled }));
    const keep = Math.max(0, to - REACH_BYTES);
    if (!this.#isBinary) this.#places.leave(bytes, keep);
    bytes.copyWithin(0, keep, this.#filled);
    this.#filled -= keep;
    this.#from = to - keep;
  }

  #tell(bytes: Uint8Array, { candidates, isWhole }: Searched): void {
    if (!isWhole)
      this.#incomplete("it has too many words that begin secrets to look at all of them");
    for (const candidate of candidates) {
      if (this.#ofFile >= HITS_OF_FILE_MAX || this.#hits.length >= HITS_MAX) {
        this.#unlisted += 1;
        continue;
      }
      const place = this.#isBinary ? null : this.#places.of(bytes, candidate.from);
      const hit = this.#hitOf(candidate, bytes, place);
      if (this.#digests.published.has(hit.fingerprint)) continue;
      this.#ofFile += 1;
      this.#hits.push(hit);
    }
  }

  #hitOf(
    { kind, from, to, secret, shown, proof, isPassword, note, severity }: Candidate,
    bytes: Uint8Array,
    place: { line: number; column: number } | null,
  ): SecretHit {
    return {
      kind: kind.id,
      path: this.#path,
      ...(this.#inside === null ? {} : { inside: this.#inside }),
      ...place,
      shown: printable(shown, SHOWN_MAX),
      fingerprint: fingerprintOf(
        this.#digests.sha256(`${kind.id}\n${secret ?? textOf(bytes, from, to)}`),
        isPassword === true,
      ),
      proof,
      severity: severity ?? kind.severity,
      ...(isPassword === true ? { isPassword } : {}),
      ...(note === undefined ? {} : { note: printable(note, SHOWN_MAX) }),
    };
  }
}

/** Lines and columns of places that are asked for in their order, or nearly. */
class Places {
  /** Of a place that is known, which is this far from the beginning of the bytes at hand: its line, and where that begins. */
  #at = 0;
  #line = 1;
  #lineFrom = 0;

  of(bytes: Uint8Array, place: number): { line: number; column: number } {
    if (place < this.#at) this.#goBack(bytes, place);
    for (let at = newlineFrom(bytes, this.#at); at < place; at = newlineFrom(bytes, at + 1)) {
      this.#line += 1;
      this.#lineFrom = at + 1;
    }
    this.#at = place;
    return { line: this.#line, column: place - this.#lineFrom + 1 };
  }

  /** The first bytes go, and offsets count from there on. */
  leave(bytes: Uint8Array, count: number): void {
    if (count > this.#at) this.of(bytes, count);
    this.#at -= count;
    this.#lineFrom -= count;
  }

  /** A key begins before the word by which it is told, which a window may have passed: not far. */
  #goBack(bytes: Uint8Array, place: number): void {
    for (let at = this.#at - 1; at >= place; at -= 1) if (bytes[at] === NEWLINE) this.#line -= 1;
    const before = place === 0 ? -1 : bytes.lastIndexOf(NEWLINE, place - 1);
    if (before !== -1 || this.#lineFrom > place) this.#lineFrom = before + 1;
    this.#at = place;
  }
}

/** Behind the bytes when there is none. */
function newlineFrom(bytes: Uint8Array, from: number): number {
  const at = bytes.indexOf(NEWLINE, from);
  return at === -1 ? Number.POSITIVE_INFINITY : at;
}

const DIGITS_OF_RANDOM = 16;
/** Twelve bits: enough to see that a password was changed, too few to confirm one that somebody guesses from a list. */
const DIGITS_OF_PASSWORD = 3;

function fingerprintOf(hex: string, isPassword: boolean): string {
  return hex.slice(0, isPassword ? DIGITS_OF_PASSWORD : DIGITS_OF_RANDOM);
}
