// The door to rpm's databases: tells the three formats apart by their first bytes, and hands out package headers.
import { isSqlite, SqliteFile } from "../sqlite.ts";
import { eachBdbBlob, isBdbHash } from "./bdb.ts";
import { parseRpmHeader, type RpmHeader } from "./header.ts";
import { eachNdbBlob, isNdb } from "./ndb.ts";

export type RpmDatabaseFormat = "sqlite" | "ndb" | "bdb";

const FAULTS_MAX = 20;

/** @returns null when the bytes are of none of the three. */
export function rpmDatabaseFormat(bytes: Uint8Array): RpmDatabaseFormat | null {
  if (isSqlite(bytes)) return "sqlite";
  if (isNdb(bytes)) return "ndb";
  return isBdbHash(bytes) ? "bdb" : null;
}

/**
 * Calls back with the header of every package in the database, `gpg-pubkey` entries included.
 *
 * The bytes are used in place: a header must not be kept longer than they are. Never throws, and takes time linear in their
 * length, whatever they are.
 *
 * @returns What could not be read and why, as parts of a sentence; at most twenty. Empty when all was read.
 */
export function eachRpmHeader(
  bytes: Uint8Array,
  format: RpmDatabaseFormat,
  header: (header: RpmHeader) => void,
): string[] {
  const broken: string[] = [];
  const faults = eachBlob(bytes, format, (blob, id) => {
    const parsed = parseRpmHeader(blob);
    if (typeof parsed !== "string") header(parsed);
    else if (broken.length < FAULTS_MAX)
      broken.push(`the header of package ${id} is malformed: ${parsed}`);
  });
  return [...faults, ...broken].slice(0, FAULTS_MAX);
}

function eachBlob(
  bytes: Uint8Array,
  format: RpmDatabaseFormat,
  blob: (blob: Uint8Array, id: number) => void,
): string[] {
  if (format === "ndb") return eachNdbBlob(bytes, blob);
  if (format === "bdb") return eachBdbBlob(bytes, blob);
  const file = new SqliteFile(bytes);
  const isThere = file.eachRow("Packages", (id, values) => {
    const value = values[1];
    if (value instanceof Uint8Array) blob(value, id);
    else file.faults.push(`row ${id} of table Packages has no header`);
  });
  return isThere ? file.faults : [...file.faults, "it has no table Packages"];
}
