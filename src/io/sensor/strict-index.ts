// What the responder of the strict mode is told of an image: sensor/known.h.
import { digestBytes, type FileTable, kindOf } from "../../model/file-table.ts";

const MAGIC = "bulwark1";
const HEAD_BYTES = 16;
const DIGEST_BYTES = 32;
const UNKNOWN = "00".repeat(DIGEST_BYTES);

/**
 * The lengths and digests of an image's files, each once and sorted: lengths as numbers of 64 bits, digests by their bytes. A file
 * of another length need not be read to be told.
 */
export function strictIndex(files: FileTable): Uint8Array {
  const { digests, lengths } = contentsOf(files);
  const whole = Buffer.alloc(HEAD_BYTES + 8 * lengths.length + DIGEST_BYTES * digests.length);
  whole.write(MAGIC, 0, "latin1");
  whole.writeUInt32LE(lengths.length, 8);
  whole.writeUInt32LE(digests.length, 12);
  let at = HEAD_BYTES;
  for (const length of lengths) at = whole.writeBigUInt64LE(BigInt(length), at);
  for (const digest of digests) at += whole.write(digest, at, "hex");
  return whole;
}

interface Contents {
  readonly lengths: readonly number[];
  /** Hexadecimal. */
  readonly digests: readonly string[];
}

function contentsOf(files: FileTable): Contents {
  const lengths = new Set<number>();
  const digests = new Set<string>();
  for (let row = 0; row < files.count; row += 1) {
    const kind = kindOf(files, row);
    if (kind !== "file" && kind !== "hardlink") continue;
    const digest = Buffer.from(digestBytes(files, row)).toString("hex");
    // A link to what its layer does not have.
    if (digest === UNKNOWN) continue;
    lengths.add(files.sizesBytes[row] ?? 0);
    digests.add(digest);
  }
  return { lengths: [...lengths].sort((a, b) => a - b), digests: [...digests].sort() };
}
