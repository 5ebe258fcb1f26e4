// Names, versions and licences as they come out of strangers' files: what may pass into an inventory.
import { printable } from "../../../kit/text.ts";

const WORD_LENGTH_MAX = 300;
const LICENSE_LENGTH_MAX = 200;
const LICENSES_MAX = 50;

/** Whether it can be a name or a version: printable ASCII without blanks, neither empty nor long. */
export function isWord(text: string): boolean {
  return text.length > 0 && text.length <= WORD_LENGTH_MAX && /^[!-~]+$/.test(text);
}

/** A version without the `v` or `=` that people put before it. */
export function bareVersion(version: string): string {
  const trimmed = version.trim();
  return trimmed.replace(/^[vV=][ v]?(?=\d)/, "");
}

/** Licences as declared: each once, cleaned of control characters; texts too long for a name of a licence are left out. */
export function licenseList(declared: readonly string[]): string[] {
  const clean = declared
    .slice(0, LICENSES_MAX)
    .filter((license) => license.length <= LICENSE_LENGTH_MAX)
    .map((license) => printable(license, LICENSE_LENGTH_MAX))
    .filter((license) => license !== "");
  return [...new Set(clean)];
}

/** The part of a package that names its licences; nothing when none is declared. */
export function licensed(declared: readonly string[]): { licenses?: readonly string[] } {
  const licenses = licenseList(declared);
  return licenses.length === 0 ? {} : { licenses };
}

/** The part of a package that names what it depends on: each once, without itself and without what is no name. */
export function depending(
  names: readonly string[],
  self: string,
): { dependsOn?: readonly string[] } {
  const dependsOn = [...new Set(names)].filter((name) => name !== self && isWord(name));
  return dependsOn.length === 0 ? {} : { dependsOn };
}
