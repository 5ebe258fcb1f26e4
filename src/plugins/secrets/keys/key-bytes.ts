// Whether bytes are a private key: enough of ASN.1 and of OpenSSH's form to tell a key from something that is called one.
import { latin1 } from "../../../kit/text.ts";

export type KeyState = "plain" | "encrypted";

interface Element {
  readonly tag: number;
  readonly from: number;
  readonly to: number;
}

const INTEGER = 0x02;
const OCTETS = 0x04;
const SEQUENCE = 0x30;
const OBJECT = 0x06;

/** The element at a place. @see X.690, sections 8.1.2 and 8.1.3 */
function elementAt(bytes: Uint8Array, at: number, end: number): Element | null {
  const tag = bytes[at];
  const first = bytes[at + 1];
  if (tag === undefined || first === undefined) return null;
  let from = at + 2;
  let length = first;
  if (first >= 0x80) {
    const count = first & 0x7f;
    if (count === 0 || count > 3) return null;
    length = 0;
    for (let i = 0; i < count; i += 1) length = length * 256 + (bytes[from + i] ?? 0);
    from += count;
  }
  return from + length > end ? null : { tag, from, to: from + length };
}

/** What a sequence that spans all bytes has in it, as far as is asked; null when it is none. */
function elements(bytes: Uint8Array, max: number): Element[] | null {
  const outer = elementAt(bytes, 0, bytes.length);
  if (outer === null || outer.tag !== SEQUENCE) return null;
  return within(bytes, outer, max);
}

function within(bytes: Uint8Array, outer: Element, max: number): Element[] {
  const found: Element[] = [];
  for (let at = outer.from; at < outer.to && found.length < max; ) {
    const element = elementAt(bytes, at, outer.to);
    if (element === null) break;
    found.push(element);
    at = element.to;
  }
  return found;
}

/** RSA, DSA and EC: a version, and then numbers. @see RFC 8017, A.1.2; RFC 5915, 3 */
export function traditionalKey(bytes: Uint8Array, versions: readonly number[]): KeyState | null {
  const parts = elements(bytes, 3);
  const [version, second] = parts ?? [];
  if (version?.tag !== INTEGER || version.to - version.from !== 1) return null;
  if (!versions.includes(bytes[version.from] ?? -1)) return null;
  return second !== undefined && (second.tag === INTEGER || second.tag === OCTETS) ? "plain" : null;
}

/** @see RFC 5958, section 2 */
export function pkcs8Key(bytes: Uint8Array): KeyState | null {
  const [version, algorithm, key] = elements(bytes, 3) ?? [];
  if (version?.tag !== INTEGER || algorithm?.tag !== SEQUENCE || key?.tag !== OCTETS) return null;
  return within(bytes, algorithm, 1)[0]?.tag === OBJECT ? "plain" : null;
}

/** @see RFC 5958, section 3 */
export function sealedKey(bytes: Uint8Array): KeyState | null {
  const [algorithm, key] = elements(bytes, 2) ?? [];
  if (algorithm?.tag !== SEQUENCE || key?.tag !== OCTETS) return null;
  return within(bytes, algorithm, 1)[0]?.tag === OBJECT ? "encrypted" : null;
}

/** @see OpenSSH, PROTOCOL.key */
export function openSshKey(bytes: Uint8Array): KeyState | null {
  const magic = "openssh-key-v1\0";
  if (latin1(bytes.subarray(0, magic.length)) !== magic || bytes.length < 100) return null;
  const length = bytes[magic.length + 3] ?? 0;
  const cipher = latin1(bytes.subarray(magic.length + 4, magic.length + 4 + length));
  return cipher === "none" ? "plain" : "encrypted";
}
