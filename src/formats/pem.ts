// PEM: bytes under a label, in base64 between two lines. Keys and certificates travel in it. @see RFC 7468
import { Buffer } from "node:buffer";
import { AppError } from "../kit/error.ts";

/** One block of a PEM text. */
export interface PemBlock {
  /** `PUBLIC KEY`, `CERTIFICATE`, `ENCRYPTED SIGSTORE PRIVATE KEY`, … */
  readonly label: string;
  readonly bytes: Buffer;
}

/** A file of certificates of a whole authority is smaller. */
const LENGTH_MAX = 4 << 20;
const BLOCKS_MAX = 1000;
const BEGIN = "-----BEGIN ";
const DASHES = "-----";

/**
 * The blocks of a text in its order; what stands between them is passed over, as the RFC allows. Empty when there is none.
 *
 * @throws {AppError} `signature-invalid` for a block without an end or whose content is not base64, `limit-exceeded`.
 */
export function parsePem(text: string): PemBlock[] {
  if (text.length > LENGTH_MAX) {
    throw new AppError("limit-exceeded", `cannot read PEM: it is longer than ${LENGTH_MAX}`);
  }
  const blocks: PemBlock[] = [];
  for (let at = text.indexOf(BEGIN); at !== -1; at = text.indexOf(BEGIN, at)) {
    const labelAt = at + BEGIN.length;
    const labelEnd = text.indexOf(DASHES, labelAt);
    const label = text.slice(labelAt, labelEnd);
    if (labelEnd === -1 || !LABEL.test(label)) throw damaged("a first line has no end");
    const ending = `-----END ${label}-----`;
    const end = text.indexOf(ending, labelEnd);
    if (end === -1) throw damaged(`${label} has no last line`);
    const bytes = base64(text.slice(labelEnd + DASHES.length, end));
    if (bytes === null) throw damaged(`${label} is not base64`);
    if (blocks.length === BLOCKS_MAX) {
      throw new AppError("limit-exceeded", `cannot read PEM: it has more than ${BLOCKS_MAX} parts`);
    }
    blocks.push({ label, bytes });
    at = end + ending.length;
  }
  return blocks;
}

const LABEL = /^[A-Z0-9][A-Z0-9 ]{0,60}$/;

/** A PEM text of one block, in lines of 64 characters. */
export function writePem({ label, bytes }: { label: string; bytes: Uint8Array }): string {
  const body =
    Buffer.from(bytes)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return `${BEGIN}${label}-----\n${body.map((line) => `${line}\n`).join("")}-----END ${label}-----\n`;
}

/** Bytes out of base64 with line ends and spaces; null when other characters are in it. Buffer alone would pass them over. */
export function base64(text: string): Buffer | null {
  const dense = text.replace(/[\t\n\r ]+/g, "");
  return /^[A-Za-z0-9+/]*={0,2}$/.test(dense) && dense.length % 4 === 0
    ? Buffer.from(dense, "base64")
    : null;
}

function damaged(state: string): AppError {
  return new AppError("signature-invalid", `cannot read PEM: ${state}`);
}
