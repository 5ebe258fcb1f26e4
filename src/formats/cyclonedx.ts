// CycloneDX JSON. Source: the specification's JSON schemas 1.2 to 1.6; properties of other tools as their documents have them.
import type { Distribution } from "../model/distribution.ts";
import type { PackageLocation } from "../model/package.ts";
import type { Problem } from "../model/problem.ts";
import {
  type JsonObject,
  member,
  object,
  objects,
  scalar,
  strangers,
  text,
  texts,
} from "./json-object.ts";
import { plainDistribution, type SbomEntry, type SbomReading } from "./sbom-entry.ts";
import { toldProblem } from "./sbom-problem.ts";

const ENTRIES_MAX = 1_000_000;
const DEPTH_MAX = 50;

/** Component types that stand for a package even without a purl. */
const PACKAGE_TYPES: readonly string[] = ["library", "framework"];

/** Reads the components of a document, nested ones included. */
export function readCycloneDx(document: JsonObject): SbomReading {
  const { components, problems } = flattened(document);
  const dependencies = new Map(
    objects(document, "dependencies").map((d) => [text(d, "ref"), texts(d, "dependsOn")]),
  );
  const systems = components.filter((c) => text(c, "type") === "operating-system");
  const packages = components.filter((c) => text(c, "type") !== "operating-system");
  return {
    entries: packages
      .filter((c) => text(c, "purl") !== "")
      .map((component) => entryOf(component, dependencies)),
    distribution: systems.map(distributionOf).find((d) => d !== null) ?? null,
    unnamed: packages
      .filter((c) => text(c, "purl") === "" && PACKAGE_TYPES.includes(text(c, "type")))
      .map((c) => `${text(c, "name")} ${scalar(c, "version")}`.trim()),
    malformed: strangers(document, "components"),
    problems: [
      ...problems,
      ...toldIn([object(object(document, "metadata"), "component"), ...components]),
    ],
  };
}

/** What our own inventories say of what could not be examined, at the component that stands for what was scanned. */
function toldIn(components: readonly (JsonObject | null)[]): Problem[] {
  return components
    .flatMap((component) => objects(component, "properties"))
    .map((p) => [text(p, "name"), text(p, "value")] as const)
    .flatMap(([name, value]) =>
      name.startsWith(OURS) ? (toldProblem(name.slice(OURS.length), value) ?? []) : [],
    )
    .slice(0, PROBLEMS_MAX);
}

const OURS = "bulwark:";
const PROBLEMS_MAX = 1000;

interface Flattened {
  readonly components: readonly JsonObject[];
  readonly problems: readonly Problem[];
}

/** Level by level, so that deep nesting costs no stack. */
function flattened(document: JsonObject): Flattened {
  const components: JsonObject[] = [];
  let level = [
    ...objects(document, "components"),
    ...nested(object(object(document, "metadata"), "component")),
  ];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth >= DEPTH_MAX || components.length + level.length > ENTRIES_MAX) {
      const detail = `only the first ${components.length} components were read: there are too many, or they are nested too deeply`;
      return { components, problems: [{ code: "document-partial", detail }] };
    }
    for (const component of level) components.push(component);
    level = level.flatMap(nested);
  }
  return { components, problems: [] };
}

function nested(component: JsonObject | null): JsonObject[] {
  return objects(component, "components");
}

function entryOf(
  component: JsonObject,
  dependencies: ReadonlyMap<string, readonly string[]>,
): SbomEntry {
  const ref = text(component, "bom-ref");
  const properties = propertiesOf(component);
  const first = (...names: readonly string[]): string =>
    names.map((name) => properties.get(name) ?? "").find((value) => value !== "") ?? "";
  return {
    ref,
    purl: text(component, "purl"),
    licenses: licensesOf(component),
    locations: locationsOf(component, properties),
    dependsOn: dependencies.get(ref) ?? [],
    sourceName: first(
      "aquasecurity:trivy:SrcName",
      "syft:metadata:source",
      "syft:metadata:originPackage",
    ),
    sourceVersion: trivySourceVersion(properties) || first("syft:metadata:sourceVersion"),
    sourceRpm: first("syft:metadata:sourceRpm"),
    module: first(
      "bulwark:module",
      "aquasecurity:trivy:Modularitylabel",
      "syft:metadata:modularityLabel",
    ),
    vendor: first("bulwark:vendor"),
    development:
      text(component, "scope") === "excluded" || first("cdx:npm:package:development") === "true",
  };
}

/** Trivy splits what Debian and rpm write as one. */
function trivySourceVersion(properties: ReadonlyMap<string, string>): string {
  const part = (name: string): string => properties.get(`aquasecurity:trivy:${name}`) ?? "";
  const version = part("SrcVersion");
  if (version === "") return "";
  const epoch = part("SrcEpoch");
  const release = part("SrcRelease");
  return `${epoch === "" || epoch === "0" ? "" : `${epoch}:`}${version}${release === "" ? "" : `-${release}`}`;
}

function propertiesOf(component: JsonObject): Map<string, string> {
  return new Map(objects(component, "properties").map((p) => [text(p, "name"), text(p, "value")]));
}

/** Ids and names as they stand, expressions as they stand. */
function licensesOf(component: JsonObject): string[] {
  return objects(component, "licenses").flatMap((choice) => {
    const license = object(choice, "license");
    const found = text(choice, "expression") || text(license, "id") || text(license, "name");
    return found === "" ? [] : [found];
  });
}

const LOCATIONS_MAX = 1000;

function locationsOf(
  component: JsonObject,
  properties: ReadonlyMap<string, string>,
): PackageLocation[] {
  const occurrences = objects(object(component, "evidence"), "occurrences").map((o) =>
    placed(text(o, "location"), member(o, "line")),
  );
  const told = [...properties]
    .filter(
      ([name]) =>
        name === "aquasecurity:trivy:FilePath" || /^syft:location:\d{1,6}:path$/.test(name),
    )
    .map(([, path]) => placed(path, undefined));
  return [...occurrences, ...told].filter((l) => l.path !== "").slice(0, LOCATIONS_MAX);
}

function placed(path: string, line: unknown): PackageLocation {
  const isLine = typeof line === "number" && Number.isSafeInteger(line) && line > 0;
  return { path: path.replace(/^\/+/, ""), layer: null, ...(isLine ? { line } : {}) };
}

function distributionOf(component: JsonObject): Distribution | null {
  const properties = propertiesOf(component);
  const id =
    properties.get("bulwark:distribution:id") ||
    properties.get("syft:distro:id") ||
    text(component, "name");
  if (id === "") return null;
  const version = properties.get("syft:distro:versionID") || scalar(component, "version");
  const name = properties.get("syft:distro:prettyName") || text(component, "description");
  const found = plainDistribution(id, version, name);
  const codename =
    properties.get("bulwark:distribution:codename") ||
    properties.get("syft:distro:versionCodename");
  const like = (
    properties.get("bulwark:distribution:like") ??
    properties.get("syft:distro:idLike:0") ??
    ""
  )
    .split(" ")
    .filter((word) => word !== "");
  return { ...found, codename: codename || found.codename, like };
}
