// What can be computed of a secret without asking anybody: checksums, and whether it can be taken apart.
import { utf8 } from "../../../kit/text.ts";
import type { SecretCheck } from "../../../stages/secrets/contract.ts";
import { bytesOfBase64 } from "./decode.ts";

const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** CRC-32 of a text of characters below U+0100. @see ISO 3309 */
export function crc32(text: string): number {
  let crc = 0xffffffff;
  for (let i = 0; i < text.length; i += 1) {
    crc ^= text.charCodeAt(i) & 0xff;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ ((crc & 1) === 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** A number in a base's digits, filled up with the first of them. */
export function inDigits(number: number, digits: string, width: number): string {
  let text = "";
  for (let rest = number; rest > 0; rest = Math.floor(rest / digits.length))
    text = (digits[rest % digits.length] ?? "") + text;
  return text.padStart(width, digits[0]);
}

/** GitHub's and npm's: the last six characters are the CRC-32, in base 62, of what stands between them and the prefix. */
export function crcBase62(prefixEnd: string): SecretCheck {
  return (value) => {
    const body = value.slice(value.indexOf(prefixEnd) + 1);
    return body.slice(-6) === inDigits(crc32(body.slice(0, -6)), BASE62, 6) ? "checksum" : false;
  };
}

/** GitLab's routable form: behind the dot the payload's length in two digits of base 36, and seven of the CRC-32 of all before. */
export const gitlabRoutable: SecretCheck = (value) => {
  const DIGITS = BASE62.slice(0, 10) + BASE62.slice(36).toLowerCase();
  const dot = value.lastIndexOf(".");
  const payload = value.slice("glpat-".length, dot);
  if (inDigits(crc32(value.slice(0, -7)), DIGITS, 7) === value.slice(-7)) return "checksum";
  return inDigits(payload.length, DIGITS, 2) === value.slice(dot + 1, dot + 3)
    ? "structure"
    : false;
};

/** Newer ids hold the number of the account, which has twelve decimal digits; those of before 2019 hold none. */
export const awsAccount: SecretCheck = (value) => {
  const body = value.slice(4);
  if (body.startsWith("I") || body.startsWith("J")) return "shape";
  let bits = 0n;
  for (const char of body.slice(0, 10))
    bits = bits * 32n + BigInt("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(char));
  // The first six bytes without their first bit and their last seven.
  const account = (bits >> 9n) & 0xffffffffffn;
  return account < 1_000_000_000_000n ? "structure" : false;
};

/** A part that is the same in all. */
export function containing(part: string): SecretCheck {
  return (value) => (value.includes(part) ? "structure" : false);
}

/** The last eight digits are a CRC-32 of what stands before; what writers of other versions put there is not known. */
export const grafanaService: SecretCheck = (value) => {
  const sum = crc32(value.slice(0, -9)).toString(16).padStart(8, "0");
  const reversed = sum.match(/../g)?.reverse().join("");
  return value.endsWith(sum) || value.endsWith(reversed ?? sum) ? "checksum" : "shape";
};

/** What follows a prefix is, in base64, an object of JSON. */
export function jsonInside(prefix: RegExp): SecretCheck {
  return (value) => {
    const body = value.replace(prefix, "").split(".", 1)[0] ?? "";
    return isObject(utf8(bytesOfBase64(body) ?? new Uint8Array(0))) ? "structure" : false;
  };
}

/** Text that people type, in base64. */
export const textInside: SecretCheck = (value) =>
  /^[ -~]{4,}$/.test(utf8(bytesOfBase64(value) ?? new Uint8Array(0))) ? "structure" : false;

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

/**
 * PyPI's tokens are macaroons: fields of a type, a length and that many bytes, of which the last is a signature of 32.
 *
 * @see "Macaroons", libmacaroons' format 2
 */
export const macaroon: SecretCheck = (value) => {
  const bytes = bytesOfBase64(value.slice("pypi-".length));
  if (bytes === null || bytes[0] !== 2) return false;
  let at = 1;
  while (at < bytes.length) {
    const type = bytes[at] ?? 0;
    at += 1;
    if (type === 0) continue;
    const { length, next } = lengthAt(bytes, at);
    if (type === 6) return length === 32 && next + length === bytes.length ? "structure" : false;
    at = next + length;
  }
  return false;
};

function lengthAt(bytes: Uint8Array, from: number): { length: number; next: number } {
  let length = 0;
  let at = from;
  for (let shift = 0; shift < 28; shift += 7) {
    const byte = bytes[at] ?? 0;
    at += 1;
    length += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) break;
  }
  return { length, next: at };
}

/** The first part is the bot's number, in base64. */
export const discordBot: SecretCheck = (value) => {
  const id = utf8(bytesOfBase64(value.split(".", 1)[0] ?? "") ?? new Uint8Array(0));
  return /^\d{17,20}$/.test(id) ? "structure" : false;
};
