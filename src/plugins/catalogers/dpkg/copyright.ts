import { latin1, printable } from "../../../kit/text.ts";

/** Of a copyright file no more is read; the largest ones (browsers) have ten megabytes of the same names again. */
const BYTES_MAX = 1 << 20;
const LICENSES_MAX = 50;
const LENGTH_MAX = 200;

/**
 * Licences that a Debian copyright file declares, each once, in the order of the file.
 *
 * Machine-readable files say `License: NAME` for each group of files; a paragraph that begins with `License:` only gives the
 * text, and counts when nothing else does. Other files are prose, where a reference to a text in
 * `/usr/share/common-licenses` is the nearest thing to a declaration.
 *
 * @see https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
 */
export function licensesOf(bytes: Uint8Array): string[] {
  // Names of licences are ASCII, so Latin-1 will do, and decodes far faster.
  const text = `\n${latin1(bytes.subarray(0, BYTES_MAX))}`;
  const head = text.slice(0, 2_000);
  return /\nFormat(-Specification)?:/i.test(head) ? declaredLicenses(text) : referredLicenses(text);
}

function declaredLicenses(text: string): string[] {
  const declared = new Set<string>();
  const texts = new Set<string>();
  const field = "\nLicense:";
  for (let at = text.indexOf(field); at !== -1; at = text.indexOf(field, at + 1)) {
    const start = at + field.length;
    const end = text.indexOf("\n", start);
    const name = printable(text.slice(start, end === -1 ? undefined : end), LENGTH_MAX);
    const list = text[at - 1] === "\n" ? texts : declared;
    if (name !== "") list.add(name);
    if (declared.size >= LICENSES_MAX || texts.size >= 1_000) break;
  }
  return [...(declared.size > 0 ? declared : texts)].slice(0, LICENSES_MAX);
}

function referredLicenses(text: string): string[] {
  const names = new Set<string>();
  const folder = "/usr/share/common-licenses/";
  for (let at = text.indexOf(folder); at !== -1; at = text.indexOf(folder, at + 1)) {
    const start = at + folder.length;
    const name = /^[A-Za-z0-9][A-Za-z0-9.+-]*/.exec(text.slice(start, start + 60))?.[0] ?? "";
    // The name often ends a sentence, or is quoted.
    const plain = name.replace(/[.-]+$/, "");
    if (plain !== "") names.add(plain);
    if (names.size >= LICENSES_MAX) break;
  }
  return [...names];
}
