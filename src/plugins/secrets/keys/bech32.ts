import type { SecretCheck } from "../../../stages/secrets/contract.ts";

const DIGITS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const GENERATORS = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

/** The six characters that end a text in Bech32. @see BIP 173 */
export function bech32Sum(prefix: string, data: readonly number[]): number[] {
  const codes = [...prefix].map((c) => c.charCodeAt(0));
  const sum =
    polymod([
      ...codes.map((c) => c >> 5),
      0,
      ...codes.map((c) => c & 31),
      ...data,
      0,
      0,
      0,
      0,
      0,
      0,
    ]) ^ 1;
  return [25, 20, 15, 10, 5, 0].map((shift) => (sum >>> shift) & 31);
}

function polymod(values: readonly number[]): number {
  let sum = 1;
  for (const value of values) {
    const top = sum >>> 25;
    sum = ((sum & 0x1ffffff) << 5) ^ value;
    for (const [bit, generator] of GENERATORS.entries())
      if (((top >>> bit) & 1) === 1) sum ^= generator;
  }
  return sum >>> 0;
}

/** A key in Bech32, whose last six characters are a checksum. */
export const bech32: SecretCheck = (value) => {
  const lower = value.toLowerCase();
  const one = lower.lastIndexOf("1");
  const data = [...lower.slice(one + 1)].map((c) => DIGITS.indexOf(c));
  if (data.includes(-1)) return false;
  const sum = bech32Sum(lower.slice(0, one), data.slice(0, -6));
  return sum.every((digit, i) => digit === data[data.length - 6 + i]) ? "checksum" : false;
};
