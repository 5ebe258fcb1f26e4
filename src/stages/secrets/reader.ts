// Files that stream by, searched in windows that overlap, so that no file is too large to be held.
import { REACH_BYTES, type SecretHit, type SecretReading } from "./contract.ts";
import type { Candidate, Searched, SecretSearch } from "./scan.ts";

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

/** Told of files one after the other: `begin`, `piece` as often as there are some, `end`. */
export class SecretReader {
  readonly #search: SecretSearch;
  readonly #digests: SecretDigests;
  readonly #hits: SecretHit[] = [];
  readonly #problems: { path?: string; detail: string }[] = [];
  #untold = 0;

  #path = "";
  #sizeBytes = 0;
  #seenBytes = 0;
  #isBinary = false;
  #ofFile = 0;
  #isIncomplete = false;
  /** What is at hand of a file that comes in pieces; made when there is one. */
  #window: Uint8Array = new Uint8Array(0);
  #filled = 0;
  /** Where in the window what was not searched yet begins. */
  #from = 0;
  /** Lines before the window. */
  #linesBefore = 0;

  constructor(search: SecretSearch, digests: SecretDigests) {
    this.#search = search;
    this.#digests = digests;
  }

  begin(path: string, sizeBytes: number): void {
    this.#path = path;
    this.#sizeBytes = sizeBytes;
    this.#seenBytes = 0;
    this.#ofFile = 0;
    this.#isIncomplete = false;
    this.#filled = 0;
    this.#from = 0;
    this.#linesBefore = 0;
  }

  /** @param bytes Are read before it returns. */
  piece(bytes: Uint8Array): void {
    if (this.#seenBytes === 0) this.#isBinary = bytes.subarray(0, HEAD_BYTES).includes(0);
    const isWhole = this.#seenBytes === 0 && bytes.length >= this.#sizeBytes;
    const before = this.#seenBytes;
    this.#seenBytes += bytes.length;
    if (isWhole) this.#searchWhole(bytes);
    else if (before < FILE_BYTES_MAX) this.#collect(bytes);
    else this.#incomplete(`only its first ${FILE_BYTES_MAX} bytes were searched for secrets`);
  }

  end(): void {
    if (this.#filled > this.#from) this.#searchWindow(this.#filled);
    this.#filled = 0;
    this.#from = 0;
  }

  /** A file that is at hand as a whole. */
  file(path: string, bytes: Uint8Array): void {
    this.begin(path, bytes.length);
    this.piece(bytes);
    this.end();
  }

  problem(detail: string, path?: string): void {
    if (this.#problems.length < PROBLEMS_MAX)
      this.#problems.push(path === undefined ? { detail } : { path, detail });
  }

  /** All that was found until now; begins anew. */
  taken(): SecretReading {
    if (this.#untold > 0) this.problem(`${this.#untold} more places with secrets are not listed`);
    this.#untold = 0;
    return { hits: this.#hits.splice(0), problems: this.#problems.splice(0) };
  }

  #searchWhole(bytes: Uint8Array): void {
    const stretch = { bytes, from: 0, to: bytes.length, end: bytes.length };
    this.#tell(
      bytes,
      this.#search.search({ ...stretch, path: this.#path, isBinary: this.#isBinary }),
    );
  }

  /** Said once of a file. */
  #incomplete(detail: string): void {
    if (this.#isIncomplete) return;
    this.#isIncomplete = true;
    this.problem(detail, this.#path);
  }

  #collect(bytes: Uint8Array): void {
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

  /** Searches the window up to a place, and keeps what the rest must look back at. */
  #searchWindow(to: number): void {
    const bytes = this.#window;
    const stretch = { bytes, from: this.#from, to, end: this.#filled };
    this.#tell(
      bytes,
      this.#search.search({ ...stretch, path: this.#path, isBinary: this.#isBinary }),
    );
    const keep = Math.max(0, to - REACH_BYTES);
    if (!this.#isBinary) this.#linesBefore += linesIn(bytes, 0, keep);
    bytes.copyWithin(0, keep, this.#filled);
    this.#filled -= keep;
    this.#from = to - keep;
  }

  #tell(bytes: Uint8Array, { candidates, isWhole }: Searched): void {
    if (!isWhole)
      this.#incomplete("it has too many words that begin secrets to look at all of them");
    let line = this.#linesBefore + 1;
    let counted = 0;
    for (const candidate of candidates) {
      line += linesIn(bytes, counted, candidate.from);
      counted = candidate.from;
      if (this.#ofFile >= HITS_OF_FILE_MAX || this.#hits.length >= HITS_MAX) {
        this.#untold += 1;
        continue;
      }
      const column = candidate.from - bytes.lastIndexOf(NEWLINE, Math.max(0, candidate.from - 1));
      const hit = this.#hitOf(candidate, bytes, this.#isBinary ? null : { line, column });
      if (this.#digests.published.has(hit.fingerprint)) continue;
      this.#ofFile += 1;
      this.#hits.push(hit);
    }
  }

  #hitOf(
    { kind, from, to, shown, proof, isPassword, note, severity }: Candidate,
    bytes: Uint8Array,
    place: { line: number; column: number } | null,
  ): SecretHit {
    let secret = "";
    for (let i = from; i < to; i += 1) secret += String.fromCharCode(bytes[i] ?? 0);
    return {
      kind: kind.id,
      path: this.#path,
      ...place,
      shown,
      fingerprint: fingerprintOf(
        this.#digests.sha256(`${kind.id}\n${secret}`),
        isPassword === true,
      ),
      proof,
      severity: severity ?? kind.severity,
      ...(isPassword === true ? { isPassword } : {}),
      ...(note === undefined ? {} : { note }),
    };
  }
}

const DIGITS_OF_RANDOM = 16;
/** Twelve bits: enough to see that a password was changed, too few to confirm one that somebody guesses from a list. */
const DIGITS_OF_PASSWORD = 3;

function fingerprintOf(hex: string, isPassword: boolean): string {
  return hex.slice(0, isPassword ? DIGITS_OF_PASSWORD : DIGITS_OF_RANDOM);
}

function linesIn(bytes: Uint8Array, from: number, to: number): number {
  let lines = 0;
  for (
    let at = bytes.indexOf(NEWLINE, from);
    at !== -1 && at < to;
    at = bytes.indexOf(NEWLINE, at + 1)
  )
    lines += 1;
  return lines;
}
