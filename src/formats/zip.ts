// Reads ZIP archives over random access: a file on disk of any size, or bytes in memory. The central directory is believed, local
// headers are only used to find where data begin. Nothing is written anywhere, and names are texts, not paths.
// Source: APPNOTE.TXT 6.3.10, 4.3 (layout), 4.4 (fields), 4.5.3 (ZIP64). Hostile input: everything claimed is checked against
// the archive's size, inflation stops at the size claimed, and no claim beyond what deflate can reach is tried.
import { crc32, inflateRawSync } from "node:zlib";
import { reasonOf } from "../kit/error.ts";
import { utf8 } from "../kit/text.ts";

/** Something that can be read at any place, such as a file. Synchronous. */
export interface RandomAccess {
  readonly sizeBytes: number;
  /** Exactly `length` bytes, or fewer only at the end. May be a view on memory that is used again at the next call. */
  read(offset: number, length: number): Uint8Array;
}

/** One entry as the central directory has it. Nothing in it has been verified. */
export interface ZipEntry {
  /** As stored, decoded as UTF-8. May be absolute, lead upwards, or stand twice: never a path to write to. Folders end in `/`. */
  readonly name: string;
  /** 0 stored, 8 deflated; others cannot be read. */
  readonly method: number;
  readonly isEncrypted: boolean;
  readonly storedBytes: number;
  readonly sizeBytes: number;
  readonly crc32: number;
  /** Of the local header, from the beginning of the source. */
  readonly offset: number;
}

/** The list of entries; `fault` says in a reader's words why some or all are missing, and is null when it is whole. */
export interface ZipDirectory {
  readonly entries: readonly ZipEntry[];
  readonly fault: string | null;
}

/** The content of an entry, or why it cannot be had. */
export type ZipContent =
  | { readonly bytes: Uint8Array; readonly fault: null }
  | { readonly bytes: null; readonly fault: string };

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const END64 = 0x06064b50;
const END64_LOCATOR = 0x07064b50;
const END_BYTES = 22;
const COMMENT_BYTES_MAX = 0xffff;
const DIRECTORY_BYTES_MAX = 512 << 20;
const ENTRIES_MAX = 2_000_000;
/** Deflate spends at least two bits on 258 bytes: nothing can expand further. */
const RATIO_MAX = 1032;
/** Deflate adds five bytes to each block that it cannot shrink, and writers that flush often make many blocks. */
const OVERHEAD_BYTES_MAX = 1 << 16;
/** Extra fields of a local header are rarely longer; one read then has header and data. */
const EXTRA_GUESS = 128;

/** Bytes in memory as a source; reading makes views, not copies. */
export function bytesAsSource(bytes: Uint8Array): RandomAccess {
  return {
    sizeBytes: bytes.length,
    read: (offset, length) => bytes.subarray(offset, offset + length),
  };
}

/** Whether the bytes begin as nearly all archives do. Programs may stand before an archive, so "no" is not certain. */
export function beginsAsZip(bytes: Uint8Array): boolean {
  const [p, k, three, four] = bytes;
  return p === 0x50 && k === 0x4b && ((three === 3 && four === 4) || (three === 5 && four === 6));
}

/**
 * Lists the entries. Never throws on any bytes (only what `source.read` throws).
 *
 * @param entriesMax Entries beyond are left out, with a fault.
 */
export function readZipDirectory(
  source: RandomAccess,
  entriesMax: number = ENTRIES_MAX,
): ZipDirectory {
  const place = findDirectory(source);
  if (typeof place === "string") return { entries: [], fault: place };
  // Used before the next read, after which the source may use its memory again.
  const bytes = source.read(place.offset, place.sizeBytes);
  return readEntries(bytes, place, entriesMax);
}

/**
 * Reads one entry's content: at most `limitBytes`, with its checksum verified. Never throws on any bytes.
 *
 * The bytes may be a view on the source's memory (stored entries).
 */
export function readZipEntry(
  source: RandomAccess,
  entry: ZipEntry,
  limitBytes: number,
): ZipContent {
  const refusal = refusalOf(entry, limitBytes);
  if (refusal !== null) return { bytes: null, fault: refusal };
  const stored = storedBytesOf(source, entry);
  if (stored === null) return { bytes: null, fault: "its data lie outside the archive" };
  const content = entry.method === 0 ? { bytes: stored, fault: null } : inflated(stored, entry);
  if (content.bytes === null) return content;
  if (content.bytes.length !== entry.sizeBytes)
    return {
      bytes: null,
      fault: `it has ${content.bytes.length} bytes instead of ${entry.sizeBytes}`,
    };
  return crc32(content.bytes) === entry.crc32
    ? content
    : { bytes: null, fault: "its checksum is wrong" };
}

function refusalOf(entry: ZipEntry, limitBytes: number): string | null {
  if (entry.isEncrypted) return "it is encrypted";
  if (entry.method !== 0 && entry.method !== 8)
    return `its compression method ${entry.method} is not supported`;
  if (entry.sizeBytes > limitBytes)
    return `it has ${entry.sizeBytes} bytes, of at most ${limitBytes}`;
  const isPossible =
    entry.method === 0
      ? entry.sizeBytes === entry.storedBytes
      : entry.sizeBytes <= entry.storedBytes * RATIO_MAX &&
        entry.storedBytes <= entry.sizeBytes * 2 + OVERHEAD_BYTES_MAX;
  return isPossible
    ? null
    : `it claims ${entry.sizeBytes} bytes out of ${entry.storedBytes}, which cannot be`;
}

/** Finds an entry's stored data behind its local header, usually with one read. */
function storedBytesOf(source: RandomAccess, entry: ZipEntry): Uint8Array | null {
  const guess = 30 + entry.name.length + EXTRA_GUESS + entry.storedBytes;
  const left = Math.max(0, source.sizeBytes - entry.offset);
  const bytes = source.read(entry.offset, Math.min(guess, left));
  if (bytes.length < 30) return null;
  const view = viewOf(bytes);
  if (view.getUint32(0, true) !== LOCAL) return null;
  const start = 30 + view.getUint16(26, true) + view.getUint16(28, true);
  const end = start + entry.storedBytes;
  if (entry.offset + end > source.sizeBytes) return null;
  const data =
    end <= bytes.length
      ? bytes.subarray(start, end)
      : source.read(entry.offset + start, entry.storedBytes);
  return data.length === entry.storedBytes ? data : null;
}

function inflated(stored: Uint8Array, entry: ZipEntry): ZipContent {
  try {
    // One more than claimed, so that a longer stream is seen as such; zlib wants at least one.
    const options = { maxOutputLength: entry.sizeBytes + 1, chunkSize: chunkSizeOf(entry) };
    return { bytes: inflateRawSync(stored, options), fault: null };
  } catch (error) {
    return { bytes: null, fault: `it cannot be inflated (${reasonOf(error)})` };
  }
}

/** A piece as large as the result saves joining pieces; zlib wants at least 64. */
function chunkSizeOf(entry: ZipEntry): number {
  return Math.min(Math.max(entry.sizeBytes + 1, 64), 1 << 20);
}

/** Where the central directory lies, and how many entries the end record counts. */
interface DirectoryPlace {
  readonly offset: number;
  readonly sizeBytes: number;
  readonly count: number;
  /** What must be added to stored offsets: the length of a program that stands before the archive. */
  readonly before: number;
}

function findDirectory(source: RandomAccess): DirectoryPlace | string {
  const tailStart = Math.max(0, source.sizeBytes - END_BYTES - COMMENT_BYTES_MAX);
  const tail = source.read(tailStart, source.sizeBytes - tailStart);
  const view = viewOf(tail);
  const at = endRecordAt(view);
  if (at === null) return "it has no end record: it is cut, or is no ZIP archive";
  const end = {
    at: tailStart + at,
    count: view.getUint16(at + 10, true),
    sizeBytes: view.getUint32(at + 12, true),
    offset: view.getUint32(at + 16, true),
  };
  const disk = view.getUint16(at + 4, true);
  if (disk !== 0 && disk !== 0xffff) return "it is one part of several";
  const isLarge = end.count === 0xffff || end.sizeBytes === MAX32 || end.offset === MAX32;
  const large = isLarge ? endRecord64(source, end.at) : null;
  return placed(source, large ?? end);
}

const MAX32 = 0xffffffff;

/** From the back. A record whose comment ends with the archive is the real one; any other will do when there is none. */
function endRecordAt(view: DataView): number | null {
  let other: number | null = null;
  for (let at = view.byteLength - END_BYTES; at >= 0; at -= 1) {
    if (view.getUint8(at) !== 0x50 || view.getUint32(at, true) !== END) continue;
    const end = at + END_BYTES + view.getUint16(at + 20, true);
    if (end === view.byteLength) return at;
    if (end < view.byteLength) other ??= at;
  }
  return other;
}

interface EndRecord {
  readonly at: number;
  readonly count: number;
  readonly sizeBytes: number;
  readonly offset: number;
}

/** The ZIP64 end record, to which a locator just before the end record points. */
function endRecord64(source: RandomAccess, endAt: number): EndRecord | null {
  const locator = source.read(Math.max(0, endAt - 20), 20);
  if (endAt < 20 || locator.length < 20) return null;
  const locatorView = viewOf(locator);
  if (locatorView.getUint32(0, true) !== END64_LOCATOR) return null;
  const claimed = uint64(locatorView, 8);
  // A program before the archive moves the record; it normally ends where the locator begins.
  for (const at of [claimed, endAt - 20 - 56]) {
    if (at < 0 || at + 56 > source.sizeBytes) continue;
    const record = source.read(at, 56);
    if (record.length < 56) continue;
    const view = viewOf(record);
    if (view.getUint32(0, true) === END64)
      return {
        at,
        count: uint64(view, 32),
        sizeBytes: uint64(view, 40),
        offset: uint64(view, 48),
      };
  }
  return null;
}

function placed(source: RandomAccess, end: EndRecord): DirectoryPlace | string {
  if (end.sizeBytes > DIRECTORY_BYTES_MAX)
    return `its directory claims ${end.sizeBytes} bytes, of at most ${DIRECTORY_BYTES_MAX}`;
  // The directory ends where the end record begins, but signatures may stand between: then the stored offset is right.
  const before = end.at - end.sizeBytes - end.offset;
  for (const shift of before > 0 ? [before, 0] : [0]) {
    const offset = end.offset + shift;
    if (offset + end.sizeBytes > end.at) continue;
    if (end.sizeBytes === 0 || isCentralAt(source, offset))
      return { offset, sizeBytes: end.sizeBytes, count: end.count, before: shift };
  }
  return "its directory is not where the end record says";
}

function isCentralAt(source: RandomAccess, offset: number): boolean {
  const bytes = source.read(offset, 4);
  return bytes.length === 4 && viewOf(bytes).getUint32(0, true) === CENTRAL;
}

function readEntries(bytes: Uint8Array, place: DirectoryPlace, entriesMax: number): ZipDirectory {
  const entries: ZipEntry[] = [];
  const view = viewOf(bytes);
  let at = 0;
  while (at + 46 <= bytes.length && view.getUint32(at, true) === CENTRAL) {
    if (entries.length >= entriesMax)
      return { entries, fault: `it has more than ${entriesMax} entries` };
    const nameEnd = at + 46 + view.getUint16(at + 28, true);
    const extraEnd = nameEnd + view.getUint16(at + 30, true);
    const next = extraEnd + view.getUint16(at + 32, true);
    if (next > bytes.length) break;
    entries.push({
      name: utf8(bytes.subarray(at + 46, nameEnd)),
      method: view.getUint16(at + 10, true),
      isEncrypted: (view.getUint16(at + 8, true) & 1) !== 0,
      crc32: view.getUint32(at + 16, true),
      ...placeOf(view, at, { nameEnd, extraEnd, before: place.before }),
    });
    at = next;
  }
  // Writers without ZIP64 let the count overflow.
  const isWhole = entries.length === place.count || entries.length % 0x10000 === place.count;
  return {
    entries,
    fault: isWhole ? null : `its directory is cut: ${entries.length} of ${place.count} entries`,
  };
}

/** Sizes and offset of an entry; those that do not fit in 32 bits stand in an extra field, in this order. */
function placeOf(
  view: DataView,
  at: number,
  field: { nameEnd: number; extraEnd: number; before: number },
): { storedBytes: number; sizeBytes: number; offset: number } {
  let storedBytes = view.getUint32(at + 20, true);
  let sizeBytes = view.getUint32(at + 24, true);
  let offset = view.getUint32(at + 42, true);
  if (storedBytes === MAX32 || sizeBytes === MAX32 || offset === MAX32) {
    const large = largeValues(view, field.nameEnd, field.extraEnd);
    if (sizeBytes === MAX32) sizeBytes = large.shift() ?? MAX32;
    if (storedBytes === MAX32) storedBytes = large.shift() ?? MAX32;
    if (offset === MAX32) offset = large.shift() ?? MAX32;
  }
  return { storedBytes, sizeBytes, offset: offset + field.before };
}

function largeValues(view: DataView, start: number, end: number): number[] {
  const values: number[] = [];
  for (let at = start; at + 4 <= end; ) {
    const fieldEnd = at + 4 + view.getUint16(at + 2, true);
    if (view.getUint16(at, true) === 1) {
      for (let value = at + 4; value + 8 <= Math.min(fieldEnd, end); value += 8)
        values.push(uint64(view, value));
    }
    at = fieldEnd;
  }
  return values;
}

/** Beyond 2^53 the value is inexact, and larger than any archive. */
function uint64(view: DataView, at: number): number {
  return view.getUint32(at + 4, true) * 2 ** 32 + view.getUint32(at, true);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
