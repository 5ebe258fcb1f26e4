// Ubuntu's releases by code name. Source: https://wiki.ubuntu.com/Releases; names of the trackers: README of ubuntu-cve-tracker.
const NUMBERS: ReadonlyMap<string, string> = new Map([
  ["hardy", "8.04"],
  ["lucid", "10.04"],
  ["precise", "12.04"],
  ["quantal", "12.10"],
  ["raring", "13.04"],
  ["saucy", "13.10"],
  ["trusty", "14.04"],
  ["utopic", "14.10"],
  ["vivid", "15.04"],
  ["wily", "15.10"],
  ["xenial", "16.04"],
  ["yakkety", "16.10"],
  ["zesty", "17.04"],
  ["artful", "17.10"],
  ["bionic", "18.04"],
  ["cosmic", "18.10"],
  ["disco", "19.04"],
  ["eoan", "19.10"],
  ["focal", "20.04"],
  ["groovy", "20.10"],
  ["hirsute", "21.04"],
  ["impish", "21.10"],
  ["jammy", "22.04"],
  ["kinetic", "22.10"],
  ["lunar", "23.04"],
  ["mantic", "23.10"],
  ["noble", "24.04"],
  ["oracular", "24.10"],
  ["plucky", "25.04"],
  ["questing", "25.10"],
  ["resolute", "26.04"],
]);

/**
 * A release as the tracker names it, as an ecosystem: `jammy` is `Ubuntu:22.04`; `esm-infra/xenial`, `trusty/esm` and the like
 * are `Ubuntu:Pro:16.04`, whose fixes only subscribers get.
 *
 * @returns null for what is no release of the distribution: upstream, devel, snaps, FIPS modules, phones.
 */
export function ubuntuEcosystem(name: string): string | null {
  const plain = NUMBERS.get(name);
  if (plain !== undefined) return `Ubuntu:${plain}`;
  const [left = "", right = ""] = name.split("/", 2);
  const codename = right === "esm" ? left : left.startsWith("esm-") ? right : "";
  const pro = NUMBERS.get(codename);
  return pro === undefined ? null : `Ubuntu:Pro:${pro}`;
}
