// Reads the header of an installed package as rpm's databases store it: the "header structure" without its magic.
// Source: https://rpm-software-management.github.io/rpm/manual/format_header.html (index of 16-byte entries, then a store of
// data; all numbers big-endian). The entries come from a package that anybody may have built: nothing in them is believed.
import { utf8 } from "../../kit/text.ts";

/** Tags that we read. @see https://rpm-software-management.github.io/rpm/manual/tags.html */
export const RPM_TAG = {
  name: 1000,
  version: 1001,
  release: 1002,
  epoch: 1003,
  vendor: 1011,
  license: 1014,
  architecture: 1022,
  oldFileNames: 1027,
  sourceRpm: 1044,
  provideName: 1047,
  requireName: 1049,
  directoryIndexes: 1116,
  baseNames: 1117,
  directoryNames: 1118,
  modularityLabel: 5096,
} as const;

const INT32 = 4;
const STRING = 6;
const STRING_ARRAY = 8;
const I18N_STRING = 9;
const ENTRY_BYTES = 16;
const TEXT_BYTES_MAX = 4_096;

interface Entry {
  readonly type: number;
  /** Into the store. */
  readonly offset: number;
  readonly count: number;
}

/** One package's header. Answers are bounded by the header's length; what is malformed counts as absent. */
export class RpmHeader {
  readonly #entries: ReadonlyMap<number, Entry>;
  readonly #store: Uint8Array;
  readonly #view: DataView;

  constructor(entries: ReadonlyMap<number, Entry>, store: Uint8Array) {
    this.#entries = entries;
    this.#store = store;
    this.#view = new DataView(store.buffer, store.byteOffset, store.byteLength);
  }

  /** The (first) text of a tag; null when it is absent, of another type, or not ended. */
  text(tag: number): string | null {
    const entry = this.#entries.get(tag);
    if (entry === undefined || !isText(entry.type)) return null;
    const end = this.#store.indexOf(0, entry.offset);
    if (end === -1 || end - entry.offset > TEXT_BYTES_MAX) return null;
    return utf8(this.#store.subarray(entry.offset, end));
  }

  number(tag: number): number | null {
    const entry = this.#entries.get(tag);
    if (entry?.type !== INT32 || entry.offset + 4 > this.#store.length) return null;
    return this.#view.getUint32(entry.offset);
  }

  /** Texts of an array; as many as are whole. */
  texts(tag: number): string[] {
    const entry = this.#entries.get(tag);
    if (entry === undefined || !isText(entry.type)) return [];
    const texts: string[] = [];
    for (let start = entry.offset; texts.length < entry.count; ) {
      const end = this.#store.indexOf(0, start);
      if (end === -1) break;
      texts.push(end - start > TEXT_BYTES_MAX ? "" : utf8(this.#store.subarray(start, end)));
      start = end + 1;
    }
    return texts;
  }

  numbers(tag: number): number[] {
    const entry = this.#entries.get(tag);
    if (entry?.type !== INT32) return [];
    const count = Math.min(entry.count, Math.floor((this.#store.length - entry.offset) / 4));
    return Array.from({ length: count }, (_, i) => this.#view.getUint32(entry.offset + i * 4));
  }
}

/**
 * Reads a header.
 *
 * @returns The header; a text that says what is wrong with it when it is cut or its lengths contradict the blob's.
 */
export function parseRpmHeader(blob: Uint8Array): RpmHeader | string {
  if (blob.length < 8) return "it is shorter than its preamble";
  const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength);
  const count = view.getUint32(0);
  const storeLength = view.getUint32(4);
  const storeStart = 8 + count * ENTRY_BYTES;
  if (storeStart + storeLength > blob.length)
    return `it claims ${count} entries and ${storeLength} bytes of data, and has ${blob.length} bytes in all`;
  const entries = new Map<number, Entry>();
  for (let i = 0; i < count; i += 1) {
    const at = 8 + i * ENTRY_BYTES;
    const tag = view.getUint32(at);
    const offset = view.getUint32(at + 8);
    // Offsets beyond the store mark regions, or lie; a tag's first entry is the signed one and wins.
    if (offset < storeLength && !entries.has(tag))
      entries.set(tag, { type: view.getUint32(at + 4), offset, count: view.getUint32(at + 12) });
  }
  return new RpmHeader(entries, blob.subarray(storeStart, storeStart + storeLength));
}

function isText(type: number): boolean {
  return type === STRING || type === STRING_ARRAY || type === I18N_STRING;
}
