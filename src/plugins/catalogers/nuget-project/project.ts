import type { XmlElement } from "../../../formats/xml-document.ts";
import { childText } from "../../../formats/xml-document.ts";
import type { Reading } from "../../../stages/catalog/contract.ts";
import { Declarations, shown } from "../shared/declared.ts";

/** A `PackageReference`; texts may hold `$(Properties)` and may be empty. */
export interface Reference {
  readonly name: string;
  readonly version: string;
  readonly development: boolean;
  readonly line: number;
}

/** A version that a central file gives to whoever refers to the package without one. */
export interface CentralVersion {
  readonly name: string;
  readonly version: string;
  readonly line: number;
}

/** One project or shared file. Plain data: it survives JSON. */
export interface Project {
  readonly properties: readonly (readonly [string, string])[];
  readonly references: readonly Reference[];
  /** `PackageVersion`, or `PackageReference` that updates: central versions. */
  readonly versions: readonly CentralVersion[];
}

/** Takes a project file apart. Conditions are not evaluated: what holds for one of several targets is reported. */
export function projectOf(root: XmlElement): Project {
  const parts = [...root.children, ...chosenFrom(root)];
  const items = parts.filter(({ name }) => name === "ItemGroup").flatMap((g) => g.children);
  const groups = parts.filter(({ name }) => name === "PropertyGroup");
  return {
    properties: groups.flatMap((group) =>
      group.children.map(({ name, text }) => [name.toLowerCase(), text] as const),
    ),
    references: items.flatMap(referenceOf),
    versions: items.flatMap(centralVersionOf),
  };
}

/** What stands in `Choose`, under whatever condition. */
function chosenFrom(root: XmlElement): XmlElement[] {
  return root.children
    .filter(({ name }) => name === "Choose")
    .flatMap(({ children }) => children)
    .flatMap(({ children }) => children);
}

function centralVersionOf(item: XmlElement): CentralVersion[] {
  const updated = item.attributes.get("Update");
  const isVersion = item.name === "PackageVersion";
  const name = updated ?? (isVersion ? (item.attributes.get("Include") ?? "") : "");
  const version = factOf(item, "Version");
  const isCentral = isVersion || item.name === "PackageReference";
  return isCentral && name !== "" && version !== "" ? [{ name, version, line: item.line }] : [];
}

function referenceOf(item: XmlElement): Reference[] {
  const isReference = item.name === "PackageReference" || item.name === "GlobalPackageReference";
  const name = item.attributes.get("Include") ?? "";
  if (!isReference || name === "") return [];
  const version = factOf(item, "VersionOverride") || factOf(item, "Version");
  const development = factOf(item, "PrivateAssets").toLowerCase() === "all";
  return [{ name, version, development, line: item.line }];
}

/** Facts are attributes or elements inside, as one likes. */
function factOf(item: XmlElement, name: string): string {
  return item.attributes.get(name)?.trim() ?? childText(item, name);
}

/**
 * What a project asks for.
 *
 * @param shared The files that hold for it, nearest first: their properties, central versions and references.
 */
export function declaredBy(project: Project, shared: readonly Project[]): Reading {
  const all = [project, ...shared];
  const properties = firstOf(all.flatMap((p) => p.properties));
  const versions = firstOf(
    all.flatMap((p) => p.versions.map((v) => [v.name.toLowerCase(), v.version] as const)),
  );
  const found = new Declarations("nuget");
  for (const [index, { references }] of all.entries()) {
    for (const { name, version, development, line } of references) {
      const written = version || (versions.get(name.toLowerCase()) ?? "");
      const exact = exactVersion(filledIn(written, properties));
      const at = index === 0 ? line : undefined;
      if (exact === null) found.unversioned(complaint(name, written, at));
      else found.add({ name, version: exact, development, line: at });
    }
  }
  return found.reading();
}

/** What a central file gives versions to, for trees whose projects are not there. */
export function declaredCentrally(project: Project): Reading {
  const references = project.versions.map((v) => ({ ...v, development: false }));
  return declaredBy({ ...project, references }, []);
}

function complaint(name: string, written: string, line: number | undefined): string {
  const where = line === undefined ? "" : `line ${line}: `;
  const what = written === "" ? "no version" : `version ${shown(written)}`;
  return `${where}${shown(name)} has ${what}, which does not tell what is installed`;
}

function firstOf(pairs: readonly (readonly [string, string])[]): Map<string, string> {
  const first = new Map<string, string>();
  for (const [name, value] of pairs) {
    if (!first.has(name) && value.length <= LENGTH_MAX) first.set(name, value);
  }
  return first;
}

const ROUNDS_MAX = 5;
const LENGTH_MAX = 1_000;

/** Fills in `$(Name)`; names have no case. */
function filledIn(text: string, properties: ReadonlyMap<string, string>): string {
  let filled = text.slice(0, LENGTH_MAX);
  for (let round = 0; round < ROUNDS_MAX && filled.includes("$("); round += 1) {
    filled = filled
      .replaceAll(
        /\$\(([\w.-]{1,100})\)/g,
        (whole, name: string) => properties.get(name.toLowerCase()) ?? whole,
      )
      .slice(0, LENGTH_MAX);
  }
  return filled.trim();
}

/**
 * The version that NuGet takes: the lowest that fits, which for `1.2.3` and `[1.2.3]` is that one; null for other ranges and for
 * floating versions (`1.*`).
 *
 * @see https://learn.microsoft.com/nuget/concepts/package-versioning
 */
function exactVersion(text: string): string | null {
  const bare = /^\[([^,[\]()]+)\]$/.exec(text)?.[1]?.trim() ?? text;
  return /^\d[\w.+-]*$/.test(bare) ? bare : null;
}
