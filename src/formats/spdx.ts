// SPDX JSON. Source: SPDX specification 2.2.2 and 2.3, chapters 7 (packages) and 11 (relationships).
import type { Distribution } from "../model/distribution.ts";
import type { Problem } from "../model/problem.ts";
import { type JsonObject, objects, scalar, strangers, text, texts } from "./json-object.ts";
import { plainDistribution, type SbomEntry, type SbomReading } from "./sbom-entry.ts";
import { toldProblem } from "./sbom-problem.ts";

const ENTRIES_MAX = 1_000_000;

/** Purposes of what is a package even without a purl; a container or an operating system is not. */
const PACKAGE_PURPOSES: readonly string[] = ["", "LIBRARY", "FRAMEWORK"];

/** Reads the packages of a document. */
export function readSpdx(document: JsonObject): SbomReading {
  const all = objects(document, "packages");
  const packages = all.slice(0, ENTRIES_MAX);
  const { dependsOn, described } = relationsOf(document);
  const isPackage = (p: JsonObject): boolean =>
    PACKAGE_PURPOSES.includes(purposeOf(p)) && !described.has(text(p, "SPDXID"));
  const dropped = all.length - packages.length;
  return {
    entries: packages.flatMap((p) => {
      const purl = purlIn(p);
      return purl === "" ? [] : [entryOf(p, purl, dependsOn)];
    }),
    distribution: packages.map(distributionOf).find((d) => d !== null) ?? null,
    unnamed: packages
      .filter((p) => purlIn(p) === "" && isPackage(p))
      .map((p) => `${text(p, "name")} ${scalar(p, "versionInfo")}`.trim()),
    malformed: strangers(document, "packages"),
    problems: [
      ...(dropped === 0 ? [] : [tooMany(dropped)]),
      ...packages.filter((p) => described.has(text(p, "SPDXID"))).flatMap(toldIn),
    ],
  };
}

/** What our own inventories say of what could not be examined: `bulwark:problem:file-damaged: it is cut`. */
function toldIn(of: JsonObject): Problem[] {
  return objects(of, "annotations")
    .slice(0, PROBLEMS_MAX)
    .flatMap((a) => {
      const [, name = "", detail = ""] =
        /^bulwark:(problem:[a-z-]{1,60}): (.*)$/s.exec(text(a, "comment")) ?? [];
      return toldProblem(name, detail) ?? [];
    });
}

const PROBLEMS_MAX = 1000;

function tooMany(dropped: number): Problem {
  return {
    code: "document-partial",
    detail: `${dropped} packages were not read: there are too many`,
  };
}

/** The last word of `primaryPackagePurpose`, in one spelling. */
function purposeOf(of: JsonObject): string {
  return text(of, "primaryPackagePurpose").toUpperCase().replaceAll("_", "-");
}

function purlIn(of: JsonObject): string {
  return (
    objects(of, "externalRefs")
      .filter((ref) => text(ref, "referenceType") === "purl")
      .map((ref) => text(ref, "referenceLocator"))
      .find((purl) => purl !== "") ?? ""
  );
}

interface Relations {
  readonly dependsOn: ReadonlyMap<string, readonly string[]>;
  /** What the document is about, which is not one of its packages. */
  readonly described: ReadonlySet<string>;
}

function relationsOf(document: JsonObject): Relations {
  const dependsOn = new Map<string, string[]>();
  const described = new Set(texts(document, "documentDescribes"));
  const add = (from: string, to: string): void => {
    const there = dependsOn.get(from);
    if (there === undefined) dependsOn.set(from, [to]);
    else there.push(to);
  };
  for (const relation of objects(document, "relationships")) {
    const from = text(relation, "spdxElementId");
    const to = text(relation, "relatedSpdxElement");
    const type = text(relation, "relationshipType");
    if (type === "DESCRIBES") described.add(to);
    else if (type === "DESCRIBED_BY") described.add(from);
    else if (type === "DEPENDS_ON") add(from, to);
    else if (type === "DEPENDENCY_OF") add(to, from);
  }
  return { dependsOn, described };
}

function entryOf(
  of: JsonObject,
  purl: string,
  dependsOn: ReadonlyMap<string, readonly string[]>,
): SbomEntry {
  const ref = text(of, "SPDXID");
  const told = text(of, "sourceInfo");
  const source = /^built package from: (\S{1,500}) (\S{1,500})$/.exec(told);
  return {
    ref,
    purl,
    licenses: licensesOf(of),
    locations: pathsIn(told).map((path) => ({ path, layer: null })),
    dependsOn: dependsOn.get(ref) ?? [],
    sourceName: source?.[1] ?? "",
    sourceVersion: source?.[2] ?? "",
    sourceRpm: "",
    module: annotation(of, "module"),
    vendor: annotation(of, "vendor"),
    development: false,
  };
}

/** What is declared comes before what a tool concluded. */
function licensesOf(of: JsonObject): string[] {
  const found = [text(of, "licenseDeclared"), text(of, "licenseConcluded")].find(
    (license) => license !== "" && license !== "NOASSERTION" && license !== "NONE",
  );
  return found === undefined ? [] : [found];
}

const PATHS_MAX = 100;

/** Syft and we write `… from …: /a, /b` into `sourceInfo`. */
function pathsIn(sourceInfo: string): string[] {
  const at = sourceInfo.startsWith("acquired package info from ") ? sourceInfo.indexOf(": ") : -1;
  if (at === -1) return [];
  return sourceInfo
    .slice(at + 2)
    .split(", ")
    .map((path) => path.trim().replace(/^\/+/, ""))
    .filter((path) => path !== "")
    .slice(0, PATHS_MAX);
}

/** `bulwark:module: nodejs:18` among the annotations. */
function annotation(of: JsonObject, name: string): string {
  const prefix = `bulwark:${name}: `;
  const found = objects(of, "annotations")
    .map((a) => text(a, "comment"))
    .find((comment) => comment.startsWith(prefix));
  return found?.slice(prefix.length) ?? "";
}

function distributionOf(of: JsonObject): Distribution | null {
  const name = text(of, "name");
  if (purposeOf(of) !== "OPERATING-SYSTEM" || name === "") return null;
  const found = plainDistribution(name, scalar(of, "versionInfo"), text(of, "summary"));
  return { ...found, codename: annotation(of, "codename") || found.codename };
}
