import type { Buffer } from "node:buffer";
import type { SparseMap } from "./tar-sparse.ts";

/** What an extended header may say of the next entry, or of all entries when it is global. */
export interface Pax {
  readonly path: string | null;
  readonly linkPath: string | null;
  /** NaN for what is no size. */
  readonly size: number | null;
  readonly uid: number | null;
  readonly gid: number | null;
  readonly sparse: PaxSparse;
}

/** GNU's sparse keywords, formats 0.0, 0.1 and 1.0. */
export interface PaxSparse {
  readonly name: string | null;
  readonly realSize: number | null;
  /** Formats 0.0 and 0.1 have the map in the header … */
  readonly map: SparseMap | null;
  /** … and format 1.0 in front of the data. */
  readonly inData: boolean;
}

export function emptyPax(): Pax {
  return EMPTY;
}

const EMPTY: Pax = {
  path: null,
  linkPath: null,
  size: null,
  uid: null,
  gid: null,
  sparse: { name: null, realSize: null, map: null, inData: false },
};

/**
 * Reads the records `LENGTH KEYWORD=VALUE\n` of an extended header.
 *
 * @returns null when one is malformed: half a header would name another file than engines unpack.
 */
export function parsePax(bytes: Buffer): Pax | null {
  const records = new Map<string, string>();
  const offsets: number[] = [];
  const lengths: number[] = [];
  let at = 0;
  while (at < bytes.length) {
    const record = recordAt(bytes, at);
    if (record === null) return null;
    at = record.end;
    if (record.keyword === "GNU.sparse.offset") offsets.push(Number(record.value));
    else if (record.keyword === "GNU.sparse.numbytes") lengths.push(Number(record.value));
    else records.set(record.keyword, record.value);
  }
  return paxOf(records, pairs(offsets, lengths));
}

function recordAt(
  bytes: Buffer,
  at: number,
): { end: number; keyword: string; value: string } | null {
  const space = bytes.indexOf(0x20, at);
  if (space === -1 || space - at > 10) return null;
  const length = Number(bytes.toString("latin1", at, space));
  const end = at + length;
  if (!Number.isInteger(length) || end > bytes.length || end <= space + 1) return null;
  const equals = bytes.indexOf(0x3d, space);
  if (equals === -1 || equals >= end) return null;
  return {
    end,
    keyword: bytes.toString("utf8", space + 1, equals),
    value: bytes.toString("utf8", equals + 1, end - 1),
  };
}

function paxOf(records: ReadonlyMap<string, string>, map00: SparseMap | null): Pax {
  return {
    path: cleaned(records.get("path")),
    linkPath: cleaned(records.get("linkpath")),
    size: sizeOf(records.get("size")),
    uid: numeric(records.get("uid")),
    gid: numeric(records.get("gid")),
    sparse: sparseOf(records, map00),
  };
}

/** Keywords about holes mean something only in a version that is known; otherwise the entry is an ordinary file. */
function sparseOf(records: ReadonlyMap<string, string>, map00: SparseMap | null): PaxSparse {
  const major = records.get("GNU.sparse.major") ?? "";
  const minor = records.get("GNU.sparse.minor") ?? "";
  const map01 = records.get("GNU.sparse.map");
  const map = map01 === undefined ? map00 : mapOf(map01);
  const inData = major === "1" && minor === "0";
  const inHeader =
    (major === "0" && (minor === "0" || minor === "1")) ||
    (major === "" && minor === "" && map !== null);
  if (!inData && !inHeader) return EMPTY.sparse;
  return {
    name: cleaned(records.get("GNU.sparse.name")),
    realSize:
      numeric(records.get("GNU.sparse.size")) ?? numeric(records.get("GNU.sparse.realsize")),
    map: inData ? null : (map ?? []),
    inData,
  };
}

function cleaned(value: string | undefined): string | null {
  if (value === undefined || value === "") return null;
  const end = value.indexOf("\0");
  return end === -1 ? value : value.slice(0, end);
}

function sizeOf(value: string | undefined): number | null {
  return value === undefined || value === "" ? null : (numeric(value) ?? Number.NaN);
}

function numeric(value: string | undefined): number | null {
  const number = value === undefined || !/^\d{1,16}$/.test(value) ? Number.NaN : Number(value);
  return Number.isSafeInteger(number) ? number : null;
}

function mapOf(text: string): SparseMap {
  const numbers = text.split(",").map(Number);
  return (
    pairs(
      numbers.filter((_, i) => i % 2 === 0),
      numbers.filter((_, i) => i % 2 === 1),
    ) ?? []
  );
}

function pairs(offsets: readonly number[], lengths: readonly number[]): SparseMap | null {
  if (offsets.length === 0) return null;
  return offsets
    .map((offset, i) => ({ offset, sizeBytes: lengths[i] ?? 0 }))
    .filter(
      (s) => Number.isSafeInteger(s.offset) && Number.isSafeInteger(s.sizeBytes) && s.sizeBytes > 0,
    );
}
