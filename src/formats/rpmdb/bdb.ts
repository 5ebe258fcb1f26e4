// Reads the hash tables of Berkeley DB as rpm used them until 4.16: `Packages`, with header numbers as keys and header blobs as
// data, the latter nearly always in chains of overflow pages. Source: Berkeley DB's dbinc/db_page.h (layouts and constants).
// Every page is read at most once, so time and memory are linear in the file's length.

const HASH_MAGIC = 0x00_06_15_61;
const PAGE_HEADER_BYTES = 26;
const PAGE_HASH_UNSORTED = 2;
const PAGE_OVERFLOW = 7;
const PAGE_HASH_META = 8;
const PAGE_HASH = 13;
const ITEM_KEY_DATA = 1;
const ITEM_OFF_PAGE = 3;
const OFF_PAGE_BYTES = 12;
const FAULTS_MAX = 20;

/** Berkeley DB writes in the order of its machine; the magic number tells which. */
function isLittleEndian(view: DataView): boolean | null {
  if (view.getUint32(12, true) === HASH_MAGIC) return true;
  return view.getUint32(12, false) === HASH_MAGIC ? false : null;
}

export function isBdbHash(bytes: Uint8Array): boolean {
  return bytes.length >= 512 && isLittleEndian(viewOf(bytes)) !== null;
}

/**
 * Calls back with the header blob of every package, in the order of pages.
 *
 * @param bytes A file for which {@link isBdbHash} holds.
 * @returns What is wrong, at most twenty texts.
 */
export function eachBdbBlob(
  bytes: Uint8Array,
  blob: (blob: Uint8Array, id: number) => void,
): string[] {
  const reader = new HashReader(bytes, blob);
  reader.read();
  return reader.faults;
}

interface Page {
  readonly number: number;
  readonly start: number;
  readonly type: number;
  readonly entries: number;
}

class HashReader {
  readonly faults: string[] = [];
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #little: boolean;
  readonly #pageSize: number;
  readonly #blob: (blob: Uint8Array, id: number) => void;
  /** Overflow pages that belong to a chain already read. */
  readonly #used: Uint8Array;
  /** Bytes that may still be handed out: items do not overlap, so together they are no longer than the file. */
  #budget: number;

  constructor(bytes: Uint8Array, blob: (blob: Uint8Array, id: number) => void) {
    this.#bytes = bytes;
    this.#view = viewOf(bytes);
    this.#little = isLittleEndian(this.#view) ?? true;
    this.#pageSize = this.#u32(20);
    this.#blob = blob;
    this.#budget = bytes.length;
    this.#used = new Uint8Array(this.#isPageSizeValid() ? this.#pageCount() : 0);
  }

  read(): void {
    const reason = this.#whyUnreadable();
    if (reason !== null) {
      this.#fault(reason);
      return;
    }
    const last = this.#u32(32);
    const count = this.#pageCount();
    if (last >= count) this.#fault(`it is cut: ${count} of ${last + 1} pages are there`);
    for (let number = 1; number <= Math.min(last, count - 1); number += 1) {
      const page = this.#page(number);
      if (page.type === PAGE_HASH || page.type === PAGE_HASH_UNSORTED) this.#readPairs(page);
    }
  }

  #whyUnreadable(): string | null {
    if (!this.#isPageSizeValid()) return `its page size is ${this.#pageSize}`;
    if (this.#bytes[24] !== 0) return "it is encrypted";
    const type = this.#bytes[25];
    return type === PAGE_HASH_META ? null : `its first page is of type ${type}`;
  }

  #isPageSizeValid(): boolean {
    const size = this.#pageSize;
    return size >= 512 && size <= 65_536 && (size & (size - 1)) === 0;
  }

  #pageCount(): number {
    return Math.floor(this.#bytes.length / this.#pageSize);
  }

  #page(number: number): Page {
    const start = number * this.#pageSize;
    return { number, start, type: this.#bytes[start + 25] ?? 0, entries: this.#u16(start + 20) };
  }

  /** Items stand in pairs: a key, then its data. */
  #readPairs(page: Page): void {
    if (PAGE_HEADER_BYTES + page.entries * 2 > this.#pageSize) {
      this.#fault(`page ${page.number} claims ${page.entries} items`);
      return;
    }
    for (let i = 0; i + 1 < page.entries; i += 2) {
      const id = this.#keyOf(page, i);
      // Key 0 holds the highest number that was given away, and no package.
      if (id !== 0) this.#hand(this.#dataOf(page, i + 1), id);
    }
  }

  #hand(data: Uint8Array | string, id: number): void {
    if (typeof data === "string") this.#fault(`package ${id} ${data}`);
    else if (data.length > this.#budget) this.#fault(`package ${id} overlaps others`);
    else {
      this.#budget -= data.length;
      this.#blob(data, id);
    }
  }

  /** @returns The package's number, or -1 when the key is not one: its data is read all the same. */
  #keyOf(page: Page, index: number): number {
    const item = this.#item(page, index);
    const isNumber =
      item !== null && item.end - item.start === 5 && this.#bytes[item.start] === ITEM_KEY_DATA;
    return isNumber ? this.#u32(item.start + 1) : -1;
  }

  /** @returns The data, or what is wrong with it. */
  #dataOf(page: Page, index: number): Uint8Array | string {
    const item = this.#item(page, index);
    if (item === null) return `lies outside page ${page.number}`;
    const type = this.#bytes[item.start];
    if (type === ITEM_KEY_DATA) return this.#bytes.subarray(item.start + 1, item.end);
    if (type === ITEM_OFF_PAGE && item.end - item.start >= OFF_PAGE_BYTES)
      return this.#chain(this.#u32(item.start + 4), this.#u32(item.start + 8));
    return `is of type ${type} on page ${page.number}`;
  }

  /** Items grow from the page's end towards its beginning; each ends where the one before it starts. */
  #item(page: Page, index: number): { readonly start: number; readonly end: number } | null {
    const offset = (i: number): number => this.#u16(page.start + PAGE_HEADER_BYTES + i * 2);
    const from = offset(index);
    const to = index === 0 ? this.#pageSize : offset(index - 1);
    const first = PAGE_HEADER_BYTES + page.entries * 2;
    return from >= first && from < to && to <= this.#pageSize
      ? { start: page.start + from, end: page.start + to }
      : null;
  }

  /** @returns The whole chain's bytes, or what is wrong with it. */
  #chain(first: number, length: number): Uint8Array | string {
    const pieces: Uint8Array[] = [];
    let gathered = 0;
    for (let number = first; number !== 0 && gathered < length; ) {
      const page = this.#overflowPage(number);
      if (typeof page === "string") return `goes on in page ${number}, which ${page}`;
      const start = page.start + PAGE_HEADER_BYTES;
      const taken = this.#u16(page.start + 22);
      pieces.push(this.#bytes.subarray(start, start + taken));
      gathered += taken;
      number = this.#u32(page.start + 16);
    }
    return gathered === length ? joined(pieces, length) : `has ${gathered} bytes of ${length}`;
  }

  #overflowPage(number: number): Page | string {
    if (number >= this.#used.length) return "does not exist";
    if (this.#used[number] === 1) return "is used twice";
    this.#used[number] = 1;
    const page = this.#page(number);
    const fits = this.#u16(page.start + 22) <= this.#pageSize - PAGE_HEADER_BYTES;
    return page.type === PAGE_OVERFLOW && fits ? page : "is no overflow page";
  }

  #u16(at: number): number {
    return this.#view.getUint16(at, this.#little);
  }

  #u32(at: number): number {
    return this.#view.getUint32(at, this.#little);
  }

  #fault(text: string): void {
    if (this.faults.length < FAULTS_MAX) this.faults.push(text);
  }
}

function joined(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
