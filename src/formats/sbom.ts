// Inventories that others wrote (and we): CycloneDX 1.2 and later, SPDX 2.2 and 2.3, both as JSON. What cannot be told is a
// problem; a document that is neither is a failure.
import { count } from "../kit/phrase.ts";
import type { Distribution } from "../model/distribution.ts";
import type { Inventory } from "../model/inventory.ts";
import type { Package, PackageLocation, PackageType } from "../model/package.ts";
import type { Problem } from "../model/problem.ts";
import { readCycloneDx } from "./cyclonedx.ts";
import { invalid, type JsonObject, parseDocument, text } from "./json-object.ts";
import { type Purl, parsePurl, printPurl } from "./purl.ts";
import type { SbomEntry, SbomReading } from "./sbom-entry.ts";
import { distributionOfPurl, foundOf } from "./sbom-package.ts";
import { readSpdx } from "./spdx.ts";

/**
 * Reads an SBOM as an inventory like our own.
 *
 * The distribution is what the document says of an operating system, and otherwise what its packages' purls say.
 *
 * @param path The document's path: where packages lie for which it tells no place.
 * @throws {AppError} `document-invalid` for bytes that are no CycloneDX or SPDX JSON document.
 */
export function readSbom(bytes: Uint8Array, path: string): Inventory {
  const reading = readingOf(parseDocument(bytes, "SBOM", path), path);
  const parsed = reading.entries.map((entry) => ({ entry, purl: parsePurl(entry.purl) }));
  const distribution = reading.distribution ?? distributionOfPurls(parsed);
  const known = parsed.filter(isKnown);
  const nameByRef = new Map(known.map(({ entry, purl }) => [entry.ref, foundOf(purl, entry).name]));
  const place: PackageLocation = { path: path.replace(/^\/+/, ""), layer: null };
  return {
    distribution,
    packages: merged(known.map((k) => packageOf(k, place, nameByRef))),
    problems: [...reading.problems, ...unreadable(reading, parsed)],
  };
}

function readingOf(document: JsonObject, path: string): SbomReading {
  if (text(document, "bomFormat") === "CycloneDX") return readCycloneDx(document);
  if (text(document, "spdxVersion").startsWith("SPDX-2.")) return readSpdx(document);
  const isSpdx3 = "@graph" in document || text(document, "@context").includes("spdx.org");
  const state = isSpdx3
    ? "it is SPDX 3, and 2.2 and 2.3 are read"
    : "it is neither CycloneDX nor SPDX";
  throw invalid("SBOM", path, state);
}

interface Parsed {
  readonly entry: SbomEntry;
  readonly purl: Purl | null;
}

interface Known extends Parsed {
  readonly purl: Purl & { readonly type: PackageType };
}

/** The package types that we match; purl's other types are said to be unsupported. */
const TYPES: ReadonlySet<string> = new Set([
  "deb",
  "apk",
  "rpm",
  "npm",
  "pypi",
  "golang",
  "cargo",
  "gem",
  "maven",
  "nuget",
  "composer",
  "conda",
  "hex",
  "pub",
  "bitnami",
  "generic",
] satisfies readonly PackageType[]);

function isKnown(parsed: Parsed): parsed is Known {
  return parsed.purl !== null && TYPES.has(parsed.purl.type);
}

function packageOf(
  { entry, purl }: Known,
  place: PackageLocation,
  nameByRef: ReadonlyMap<string, string>,
): Package {
  const dependsOn = entry.dependsOn.flatMap((ref) => nameByRef.get(ref) ?? []);
  return {
    ...foundOf(purl, entry),
    ...(dependsOn.length === 0 ? {} : { dependsOn: [...new Set(dependsOn)].sort() }),
    purl: printPurl(purl) ?? entry.purl,
    cataloger: "sbom",
    locations: entry.locations.length > 0 ? entry.locations : [place],
  };
}

/** Equal purls are one package with several locations; sorted by type, name, version. */
function merged(packages: readonly Package[]): Package[] {
  const byPurl = new Map<string, Package>();
  for (const found of packages) {
    const known = byPurl.get(found.purl);
    const locations =
      known === undefined ? found.locations : [...known.locations, ...found.locations];
    byPurl.set(found.purl, { ...(known ?? found), locations });
  }
  const key = (p: Package): string => `${p.type}\0${p.name}\0${p.version}`;
  return [...byPurl.values()]
    .map((p) => ({ ...p, locations: distinct(p.locations), sortKey: key(p) }))
    .sort((a, b) => (a.sortKey < b.sortKey ? -1 : 1))
    .map(({ sortKey: _, ...found }) => found);
}

const LOCATIONS_MAX = 1000;

function distinct(locations: readonly PackageLocation[]): PackageLocation[] {
  const byPlace = new Map(
    locations.slice(0, LOCATIONS_MAX).map((l) => [`${l.path}\0${l.line ?? ""}`, l]),
  );
  return [...byPlace.values()];
}

/** What most of the system packages say, for documents without an operating system. */
function distributionOfPurls(parsed: readonly Parsed[]): Distribution | null {
  const votes = new Map<string, { distribution: Distribution; votes: number }>();
  for (const { purl } of parsed) {
    const distribution = purl === null ? null : distributionOfPurl(purl);
    if (distribution === null) continue;
    const vote = votes.get(distribution.name) ?? { distribution, votes: 0 };
    vote.votes += 1;
    votes.set(distribution.name, vote);
  }
  const [first] = [...votes.values()].sort((a, b) => b.votes - a.votes);
  return first?.distribution ?? null;
}

const NAMES_MAX = 3;

function unreadable(reading: SbomReading, parsed: readonly Parsed[]): Problem[] {
  const broken = parsed.filter(({ purl }) => purl === null).map(({ entry }) => entry.purl);
  const unversioned = parsed.filter((p) => isKnown(p) && foundOf(p.purl, p.entry).version === "");
  const foreign = new Map<string, number>();
  for (const { purl } of parsed) {
    if (purl !== null && !TYPES.has(purl.type))
      foreign.set(purl.type, (foreign.get(purl.type) ?? 0) + 1);
  }
  return [
    ...(reading.malformed === 0 ? [] : [malformed(reading.malformed)]),
    ...partial(reading.unnamed, "without a purl cannot be matched"),
    ...partial(broken, "has a purl that cannot be read"),
    ...partial(
      unversioned.map(({ entry }) => entry.purl),
      "without a version cannot be matched",
    ),
    ...[...foreign].map(
      ([type, number]): Problem => ({
        code: "ecosystem-unsupported",
        detail: `${count(number, "package")} of type ${type.slice(0, 50)} cannot be matched`,
      }),
    ),
  ];
}

function malformed(number: number): Problem {
  return {
    code: "document-partial",
    detail: `${count(number, "entry", "entries")} cannot be read`,
  };
}

function partial(names: readonly string[], what: string): Problem[] {
  if (names.length === 0) return [];
  const shown = names.slice(0, NAMES_MAX).map((name) => JSON.stringify(name.slice(0, 200)));
  const rest = names.length > NAMES_MAX ? ` and ${names.length - NAMES_MAX} more` : "";
  return [{ code: "document-partial", detail: `${shown.join(", ")}${rest}: ${what}` }];
}
