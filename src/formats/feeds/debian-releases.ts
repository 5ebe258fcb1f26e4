// Debian's releases by code name. Source: https://wiki.debian.org/DebianReleases
const NUMBERS: ReadonlyMap<string, string> = new Map([
  ["woody", "3.0"],
  ["sarge", "3.1"],
  ["etch", "4"],
  ["lenny", "5"],
  ["squeeze", "6"],
  ["wheezy", "7"],
  ["jessie", "8"],
  ["stretch", "9"],
  ["buster", "10"],
  ["bullseye", "11"],
  ["bookworm", "12"],
  ["trixie", "13"],
  ["forky", "14"],
  ["duke", "15"],
  ["sid", "sid"],
]);

/** `bookworm` as OSV names it, `Debian:12`; null for names that are no release (`bookworm-backports`, `experimental`). */
export function debianEcosystem(codename: string): string | null {
  const number = NUMBERS.get(codename);
  return number === undefined ? null : `Debian:${number}`;
}
