// Debian packages, from the database that dpkg keeps. Evidence is spread over many files: the packages themselves stand in
// `status` (or, in distroless images, one file each in `status.d`), their files in `info/*.list`, their licences in
// `usr/share/doc/*/copyright`. Owned files need no join; licences are joined by the package's name.
import { baseName } from "../../../kit/path.ts";
import type { FoundPackage } from "../../../model/package.ts";
import {
  type Cataloger,
  type EvidenceFile,
  NOTHING,
  onlyProblem,
  type Reading,
  type VisibleReading,
} from "../../../stages/catalog/contract.ts";
import { licensesOf } from "./copyright.ts";
import { pathsOfList, pathsOfMd5sums } from "./owned-files.ts";
import { cutEnd, readStatus } from "./status.ts";

const STATUS = "var/lib/dpkg/status";
const STATUS_FOLDER = "var/lib/dpkg/status.d";
const INFO_FOLDER = "var/lib/dpkg/info";
const CHISEL_MANIFEST = "var/lib/chisel/manifest.wall";
const DOC_FOLDER = "usr/share/doc/";

/** Chisel cuts packages into slices and lists them without their sources, which is what advisories name. */
const CHISELED: Reading = onlyProblem(
  "packages-unread",
  "the packages were laid by chisel, and its manifest is not read",
);

export const dpkg: Cataloger = {
  id: "dpkg",
  title: "Debian packages, installed by dpkg or laid into a distroless image",
  needs: [],
  state: "stable",
  version: 2,
  evidence: "installed",
  types: ["deb"],
  wants: {
    paths: [STATUS, CHISEL_MANIFEST],
    folders: [STATUS_FOLDER, INFO_FOLDER],
    names: ["copyright"],
    test: isOurs,
  },
  limitBytes: 64 << 20,
  read,
  join,
};

function isOurs(path: string): boolean {
  if (path.startsWith(`${INFO_FOLDER}/`)) return path.endsWith(".list");
  if (path === STATUS || path === CHISEL_MANIFEST) return true;
  if (path.startsWith(`${STATUS_FOLDER}/`)) return true;
  // Exactly one folder between: deeper ones are documents of something inside a package.
  return path.startsWith(DOC_FOLDER) && path.split("/").length === 5;
}

function read(file: EvidenceFile): Reading {
  const { path, bytes } = file;
  if (path === STATUS) return readDatabase(bytes);
  if (path === CHISEL_MANIFEST) return CHISELED;
  if (path.startsWith(`${INFO_FOLDER}/`)) return owning(path, ".list", pathsOfList(bytes));
  if (path.startsWith(DOC_FOLDER)) return licensed(path, licensesOf(bytes));
  if (path.endsWith(".md5sums")) return owning(path, ".md5sums", pathsOfMd5sums(bytes));
  return path.startsWith(`${STATUS_FOLDER}/`) ? readStatus(bytes) : NOTHING;
}

function readDatabase(bytes: Uint8Array): Reading {
  const reading = readStatus(bytes);
  const cut = cutEnd(bytes);
  return cut === null ? reading : { ...reading, problems: [...reading.problems, cut] };
}

/** The base name is the package's, with `:amd64` where several architectures may live together. */
function owning(path: string, ending: string, paths: readonly string[]): Reading {
  if (paths.length === 0) return NOTHING;
  const [name = ""] = baseName(path).slice(0, -ending.length).split(":", 1);
  return { packages: [], owned: [{ type: "deb", name, paths }], problems: [] };
}

function licensed(path: string, licenses: readonly string[]): Reading {
  if (licenses.length === 0) return NOTHING;
  const name = path.slice(DOC_FOLDER.length, path.lastIndexOf("/"));
  return { packages: [], notes: [{ kind: "licenses", package: name, licenses }], problems: [] };
}

function join(readings: readonly VisibleReading[]): readonly VisibleReading[] {
  const byPackage = licensesByPackage(readings);
  const bySource = licensesBySource(readings, byPackage);
  const isStatusKnown = readings.some(({ reading }) => reading.packages.length > 0);
  return readings.map((visible) => {
    // Some builders of chiselled images write dpkg's database beside the manifest; then nothing is missing.
    if (visible.path === CHISEL_MANIFEST && isStatusKnown) return { ...visible, reading: NOTHING };
    if (byPackage.size === 0 || visible.reading.packages.length === 0) return visible;
    const packages = visible.reading.packages.map((found) => {
      const licenses = byPackage.get(found.name) ?? bySource.get(sourceKey(found));
      return licenses === undefined ? found : { ...found, licenses };
    });
    return { path: visible.path, reading: { ...visible.reading, packages } };
  });
}

function licensesByPackage(readings: readonly VisibleReading[]): Map<string, readonly string[]> {
  const licenses = new Map<string, readonly string[]>();
  for (const note of readings.flatMap(({ reading }) => reading.notes ?? [])) {
    const { package: name, licenses: declared } = note;
    if (note.kind === "licenses" && typeof name === "string" && isTexts(declared))
      licenses.set(name, declared);
  }
  return licenses;
}

/**
 * `usr/share/doc/NAME` may be a link to the folder of another package of the same source; what holds for that one then holds
 * for both (Debian Policy 12.3, 12.5).
 */
function licensesBySource(
  readings: readonly VisibleReading[],
  byPackage: ReadonlyMap<string, readonly string[]>,
): Map<string, readonly string[]> {
  const licenses = new Map<string, readonly string[]>();
  for (const found of readings.flatMap(({ reading }) => reading.packages)) {
    const declared = byPackage.get(found.name);
    const key = sourceKey(found);
    if (declared !== undefined && !licenses.has(key)) licenses.set(key, declared);
  }
  return licenses;
}

function sourceKey(found: FoundPackage): string {
  const { name, version } = found.source ?? found;
  return `${name} ${version}`;
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}
