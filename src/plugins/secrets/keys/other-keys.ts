// Keys whose bytes tell what they are.
import { isPlaceholder } from "../../../kit/placeholder.ts";
import { utf8 } from "../../../kit/text.ts";
import type { FoundForm, SecretCheck } from "../../../stages/secrets/contract.ts";
import { bytesOfBase64 } from "../shared/decode.ts";

/** 32 bytes, written so that the last digit has no bits to spare. */
export const bytes32: SecretCheck = (value) =>
  /[AEIMQUYcgkosw048]=$/.test(value) && bytesOfBase64(value)?.length === 32 ? "structure" : false;

/** Private keys of Curve25519 are written clamped. @see RFC 7748, section 5 */
export const wireGuardKey: SecretCheck = (value) => {
  const bytes = bytes32(value) === false ? null : bytesOfBase64(value);
  const [first = 1, last = 0] = [bytes?.[0], bytes?.[31]];
  return (first & 7) === 0 && (last & 0xc0) === 0x40 ? "structure" : false;
};

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** NATS's and Stellar's seeds: base 32, the last two bytes the CRC-16 of the others. @see CRC-16/XMODEM */
export const crc16Base32: SecretCheck = (value) => {
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (const char of value) {
    bits = ((bits << 5) | BASE32.indexOf(char)) & 0xffff;
    held += 5;
    if (held < 8) continue;
    held -= 8;
    bytes.push((bits >> held) & 0xff);
  }
  const [low = 0, high = 0] = bytes.slice(-2);
  return crc16(bytes.slice(0, -2)) === low + high * 256 ? "checksum" : false;
};

export function crc16(bytes: readonly number[]): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1)
      crc = ((crc << 1) ^ ((crc & 0x8000) === 0 ? 0 : 0x1021)) & 0xffff;
  }
  return crc;
}

const AROUND = 2000;

/** @see RFC 7517, section 4 */
export const jwkForm: FoundForm = {
  by: "keyword",
  keywords: ['"kty"'],
  find: (view, { at }) => {
    const start = Math.max(0, at - AROUND);
    const before = view.text(start, at);
    const after = view.text(at, at + AROUND);
    const open = before.lastIndexOf("{");
    const close = after.indexOf("}");
    if (open === -1 || close === -1) return null;
    const object = before.slice(open) + after.slice(0, close);
    const key = /"d"\s{0,4}:\s{0,4}"([A-Za-z0-9_-]{40,700})"/.exec(object);
    const value = key?.[1];
    if (key === null || value === undefined || isPlaceholder(value)) return null;
    const from = start + open + key.index + key[0].indexOf(value);
    return { from, to: from + value.length, shown: `"d":"…`, proof: "structure" };
  },
};

const JWT_MAX = 4000;

/** A signed token: header and claims are JSON, and the header names an algorithm. @see RFC 7519; RFC 7515, section 3.1 */
export const jwtForm: FoundForm = {
  by: "keyword",
  keywords: ["eyJ"],
  find: (view, { at }) => {
    if (at > 0 && /[A-Za-z0-9_.-]/.test(view.text(at - 1, at))) return null;
    // Nearly all that begins so is something else; what can be a header is short.
    const short = /^[A-Za-z0-9_-]{15,600}\.eyJ/.exec(view.text(at, at + 640));
    if (short === null) return null;
    const whole = /^([\w-]+)\.([\w-]+)\.([\w-]{20,})/.exec(view.text(at, at + JWT_MAX));
    if (whole === null) return null;
    const [text, head = "", claims = ""] = whole;
    const header = json(head);
    const body = json(claims);
    if (typeof header?.["alg"] !== "string" || header["alg"] === "none" || body === null)
      return null;
    if (isPlaceholder(String(body["sub"] ?? "")) || isPlaceholder(text)) return null;
    return {
      from: at,
      to: at + text.length,
      shown: `eyJ…${text.slice(-4)}`,
      proof: "structure",
      ...issuerOf(body),
    };
  },
};

function json(part: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(utf8(bytesOfBase64(part) ?? new Uint8Array(0)));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** Tokens of service accounts of Kubernetes do not end by themselves in the old form. */
function issuerOf(claims: Readonly<Record<string, unknown>>): {
  note?: string;
  severity?: "high" | "low";
} {
  if (claims["iss"] === "kubernetes/serviceaccount")
    return { note: "of a Kubernetes service account, without an end", severity: "high" };
  if (claims["exp"] === undefined) return { note: "without an end" };
  return {};
}
