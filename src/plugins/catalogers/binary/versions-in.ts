import { naturalOrder } from "../../../kit/natural-order.ts";
import { findText, type Needle, needleOf } from "./find-text.ts";
import type { Program, Signature } from "./program.ts";
import { isDigit, isLetterOrDigit, readVersion, type VersionText } from "./version-text.ts";

/** No real file comes near; it bounds the time on bytes made to hurt. */
const PLACES_MAX = 200_000;
const DIFFERENT_MAX = 500;

/** The version that a file of constants states for a program; null when it states none, or several that contradict. */
export function versionIn(bytes: Uint8Array, program: Program): string | null {
  for (const signature of program.signatures) {
    const version = versionBy(bytes, signature);
    if (version !== null) return version;
  }
  return null;
}

function versionBy(bytes: Uint8Array, signature: Signature): string | null {
  if (signature.has !== undefined && findText(bytes, needleOf(signature.has), 0) === -1)
    return null;
  const found = new Set<string>();
  eachPlace(bytes, signature, (at) => {
    const version = versionAt(bytes, at, signature);
    if (version !== null) found.add(version);
    // Beside a text of its own the first one counts; alone, all must be seen.
    return found.size < (signature.before === "" ? DIFFERENT_MAX : 1);
  });
  return chosen([...found], signature, bytes);
}

function chosen(
  versions: readonly string[],
  { picks }: Signature,
  bytes: Uint8Array,
): string | null {
  if (picks === undefined) return versions.length === 1 ? (versions[0] ?? null) : null;
  const falling = [...versions].sort(naturalOrder).reverse();
  if (picks === "highest") return falling[0] ?? null;
  return falling.slice(0, BUILDS_MAX).find((version) => namesBuild(bytes, version)) ?? null;
}

/** Whether the version stands somewhere with a long word right behind it. */
function namesBuild(bytes: Uint8Array, version: string): boolean {
  const needle = needleOf(version);
  for (let at = findText(bytes, needle, 0); at !== -1; at = findText(bytes, needle, at + 1)) {
    const start = at + version.length;
    let end = start;
    while (end - start < BUILD_LENGTH_MIN && isWordByte(bytes[end])) end += 1;
    if (end - start === BUILD_LENGTH_MIN) return true;
  }
  return false;
}

function isWordByte(byte: number | undefined): boolean {
  return isLetterOrDigit(byte) || byte === 0x2d;
}

/** Redis has forty texts that look like a version; each that is tried costs a look through the file. */
const BUILDS_MAX = 64;
/** A moment in seconds, and nine digits of a commit that may be all zero. */
const BUILD_LENGTH_MIN = 18;

/** Calls back with every place at which a version may begin, until it is told to stop. */
function eachPlace(bytes: Uint8Array, signature: Signature, use: (at: number) => boolean): void {
  const { before, begins = "", whole } = signature;
  const isFirst = whole === true || before === "";
  const next = before + begins === "" ? nextDigit : nextText(needleOf(before + begins));
  let at = next(bytes, 0);
  for (let i = 0; at !== -1 && i < PLACES_MAX; i += 1) {
    const isPlace = !isFirst || !isJoined(bytes[at - 1], before === "");
    if (isPlace && !use(at + before.length)) return;
    at = next(bytes, at + 1);
  }
}

type Next = (bytes: Uint8Array, from: number) => number;

function nextText(needle: Needle): Next {
  return (bytes, from) => findText(bytes, needle, from);
}

/** The next digit that does not follow a character of the same word. */
function nextDigit(bytes: Uint8Array, from: number): number {
  for (let at = from; at < bytes.length; at += 1) {
    if (isDigit(bytes[at]) && !isJoined(bytes[at - 1], true)) return at;
  }
  return -1;
}

/**
 * Whether a byte can be of the same text as the one after it. Constants without an end mark (numbers, tables) may stand
 * right before a text, so for a version that stands alone only what would make it part of a longer one counts.
 */
function isJoined(byte: number | undefined, isVersion: boolean): boolean {
  if (byte === undefined) return false;
  if (!isVersion) return byte >= 0x20 && byte < 0x7f;
  return isLetterOrDigit(byte) || JOINING.has(byte);
}

const JOINING: ReadonlySet<number> = new Set(Array.from(" ._-+/~(%$=,", (c) => c.charCodeAt(0)));

function versionAt(bytes: Uint8Array, at: number, signature: Signature): string | null {
  const text = readVersion(bytes, at);
  if (text === null || !hasForm(text, signature)) return null;
  const patch = signature.isPatched === true ? patchAt(bytes, text.end) : "";
  if (!isFollowed(bytes, text.end + patch.length, signature.after)) return null;
  if (signature.isPacked === true) return unpacked(text.numbers);
  const letters = signature.letters === "dropped" ? "" : text.letters;
  return `${text.numbers}${letters}${text.early === "" ? "" : `-${text.early}`}${patch}`;
}

function hasForm(text: VersionText, signature: Signature): boolean {
  if (signature.letters === "needed" && text.letters === "") return false;
  if (signature.isPacked === true) return true;
  const parts = text.numbers.split(".").length;
  return signature.parts === undefined ? parts >= 2 : parts === signature.parts;
}

function patchAt(bytes: Uint8Array, at: number): string {
  const sign = bytes[at] === 0x2d ? "-" : bytes[at] === 0x5f ? "_" : "";
  return sign === "" ? "" : sign + (readVersion(bytes, at + 1)?.numbers ?? "");
}

function isFollowed(bytes: Uint8Array, at: number, after: string): boolean {
  for (let i = 0; i < after.length; i += 1) {
    if (bytes[at + i] !== after.charCodeAt(i)) return false;
  }
  return true;
}

/** `20914` → `2.9.14`; null for other lengths. */
function unpacked(digits: string): string | null {
  if (!/^\d{5}$/.test(digits)) return null;
  return [digits.slice(0, 1), digits.slice(1, 3), digits.slice(3)].map(Number).join(".");
}
