// Makes small ZIP archives for tests, well formed and otherwise.
import { crc32, deflateRawSync } from "node:zlib";

export interface ZipPart {
  readonly name: string;
  readonly content: Uint8Array | string;
  /** Stored instead of deflated. */
  readonly isStored?: boolean;
  /** Lies about the size of the content. */
  readonly claimedBytes?: number;
  /** Lies about the checksum. */
  readonly claimedCrc?: number;
  /** General purpose flags: 1 is "encrypted". */
  readonly flags?: number;
  readonly method?: number;
}

/** @param before Bytes that stand before the archive, such as a program; stored offsets do not count them. */
export function zipOf(parts: readonly ZipPart[], before: Uint8Array = new Uint8Array(0)): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const part of parts) {
    const content = Buffer.from(part.content);
    const data = part.isStored === true ? content : deflateRawSync(content);
    const name = Buffer.from(part.name);
    const facts = Buffer.alloc(22);
    facts.writeUInt16LE(part.flags ?? 0, 0);
    facts.writeUInt16LE(part.method ?? (part.isStored === true ? 0 : 8), 2);
    facts.writeUInt32LE(part.claimedCrc ?? crc32(content), 8);
    facts.writeUInt32LE(data.length, 12);
    facts.writeUInt32LE(part.claimedBytes ?? content.length, 16);
    facts.writeUInt16LE(name.length, 20);
    const local = Buffer.concat([header("PK\x03\x04", 20), facts, Buffer.alloc(2), name, data]);
    const tail = Buffer.alloc(16);
    tail.writeUInt32LE(offset, 12);
    directory.push(Buffer.concat([header("PK\x01\x02", 20, 20), facts, tail, name]));
    files.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(parts.length & 0xffff, 4);
  end.writeUInt16LE(parts.length & 0xffff, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([before, ...files, central, Buffer.from("PK\x05\x06", "latin1"), end]);
}

function header(signature: string, ...shorts: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 + shorts.length * 2);
  bytes.write(signature, "latin1");
  for (const [i, short] of shorts.entries()) bytes.writeUInt16LE(short, 4 + i * 2);
  return bytes;
}
