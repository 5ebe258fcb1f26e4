// The form in which a layer's facts are cached and handed between threads: one block of bytes, columns as they lie in memory.
//   "bwlf1\n"  8 bytes sha256 of all that follows  u32 length of head  head (JSON)  then the sections that head names
import { hash } from "node:crypto";
import type { FileTable } from "../../model/file-table.ts";

const MAGIC = Buffer.from("bwlf1\n", "latin1");
const CHECK_BYTES = 8;
const HEAD_AT = MAGIC.length + CHECK_BYTES;

/** Writes a table together with any JSON value. */
export function encodeTable(files: FileTable, facts: unknown): Uint8Array<ArrayBuffer> {
  const sections: readonly (readonly [name: string, bytes: Uint8Array])[] = [
    ["facts", Buffer.from(JSON.stringify(facts), "utf8")],
    ["paths", Buffer.from(files.paths.join("\0"), "utf8")],
    ["links", Buffer.from(JSON.stringify([...files.links]), "utf8")],
    ["kinds", bytesOf(files.kinds)],
    ["modes", bytesOf(files.modes)],
    ["sizes", bytesOf(files.sizesBytes)],
    ["digests", files.digests],
  ];
  const head = Buffer.from(
    JSON.stringify({
      count: files.count,
      sections: sections.map(([name, bytes]) => [name, bytes.length]),
    }),
  );
  const total = sections.reduce((sum, [, bytes]) => sum + bytes.length, HEAD_AT + 4 + head.length);
  const out = Buffer.from(new ArrayBuffer(total));
  MAGIC.copy(out);
  out.writeUInt32LE(head.length, HEAD_AT);
  head.copy(out, HEAD_AT + 4);
  let at = HEAD_AT + 4 + head.length;
  for (const [, bytes] of sections) {
    out.set(bytes, at);
    at += bytes.length;
  }
  checksum(out).copy(out, MAGIC.length);
  return new Uint8Array(out.buffer as ArrayBuffer);
}

/**
 * Reads what {@link encodeTable} wrote.
 *
 * @returns null for anything else: cut, changed or foreign bytes.
 */
export function decodeTable(bytes: Buffer): { files: FileTable; facts: unknown } | null {
  if (bytes.length < HEAD_AT + 4 || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) return null;
  if (!checksum(bytes).equals(bytes.subarray(MAGIC.length, HEAD_AT))) return null;
  const headLength = bytes.readUInt32LE(HEAD_AT);
  const head = JSON.parse(bytes.toString("utf8", HEAD_AT + 4, HEAD_AT + 4 + headLength)) as {
    count: number;
    sections: [string, number][];
  };
  const parts = new Map<string, Buffer>();
  let at = HEAD_AT + 4 + headLength;
  for (const [name, length] of head.sections) {
    parts.set(name, bytes.subarray(at, at + length));
    at += length;
  }
  return {
    files: tableOf(head.count, parts),
    facts: JSON.parse((parts.get("facts") ?? Buffer.from("null")).toString("utf8")),
  };
}

function tableOf(count: number, parts: ReadonlyMap<string, Buffer>): FileTable {
  const part = (name: string): Buffer => parts.get(name) ?? Buffer.alloc(0);
  return {
    count,
    paths: count === 0 ? [] : part("paths").toString("utf8").split("\0"),
    kinds: new Uint8Array(copyOf(part("kinds"))),
    modes: new Uint16Array(copyOf(part("modes"))),
    sizesBytes: new Float64Array(copyOf(part("sizes"))),
    digests: new Uint8Array(copyOf(part("digests"))),
    links: new Map(JSON.parse(part("links").toString("utf8") || "[]") as [number, string][]),
  };
}

function bytesOf(array: Uint8Array | Uint16Array | Float64Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** Typed arrays want aligned memory of their own. */
function copyOf(bytes: Buffer): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

function checksum(bytes: Buffer): Buffer {
  return hash("sha256", bytes.subarray(HEAD_AT), "buffer").subarray(0, CHECK_BYTES);
}
