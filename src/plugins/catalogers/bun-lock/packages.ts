import {
  DocumentList,
  DocumentMap,
  type DocumentValue,
  lineOf,
  mapOf,
  textOf,
} from "../../../formats/document.ts";
import { type Declarations, shown } from "../shared/declared.ts";
import { npmVersion, splitReference } from "../shared/npm-reference.ts";
import { reachable } from "../shared/reachable.ts";

type Entries = ReadonlyMap<string, DocumentValue>;

const RELATIONS = ["dependencies", "optionalDependencies", "peerDependencies"];
const KEY_LENGTH_MAX = 4_096;
/** The project's own folders. */
const OWN = /^(workspace|root|link|file):/;

/**
 * Adds the packages of a lock file. Keys of `packages` are names, or paths of names where several versions of one are installed
 * (`parent/name`); values are lists: `["name@1.2.3", registry, {dependencies}, integrity]`.
 */
export function addPackages(document: DocumentMap, found: Declarations): void {
  const packages = mapOf(document, "packages");
  const production = productionKeys(document, packages);
  for (const [key, entry] of packages) {
    const reference = referenceOf(entry);
    const line = lineOf(entry);
    if (reference === null || key.length > KEY_LENGTH_MAX) {
      found.damaged(`line ${line ?? 0}: ${shown(key)} is not a package as Bun writes one`);
      continue;
    }
    if (OWN.test(reference.rest)) continue;
    const stated = npmVersion(reference.name, reference.rest);
    if (stated.kind === "foreign") {
      found.unversioned(
        `line ${line}: ${shown(reference.name)} comes from ${stated.from}, without a version`,
      );
      continue;
    }
    found.add({
      name: stated.name,
      version: stated.version,
      line,
      development: !production.has(key),
      dependsOn: targets(key, packages).flatMap((t) => referenceOf(packages.get(t))?.name ?? []),
    });
  }
}

function referenceOf(entry: DocumentValue | undefined): { name: string; rest: string } | null {
  const first = entry instanceof DocumentList ? entry.items[0] : undefined;
  return typeof first === "string" ? splitReference(first) : null;
}

/** Keys of what the package under a key depends on. */
function targets(key: string, packages: Entries): string[] {
  const entry = packages.get(key);
  if (!(entry instanceof DocumentList) || key.length > KEY_LENGTH_MAX) return [];
  const facts = entry.items.find((item) => item instanceof DocumentMap);
  return RELATIONS.flatMap((relation) =>
    [...mapOf(facts, relation).keys()].flatMap((name) => resolved(key, name, packages)),
  );
}

/** Names are looked for inside the package, then further up, as in folders. */
function resolved(from: string, name: string, packages: Entries): string[] {
  for (let base = from; ; ) {
    const key = base === "" ? name : `${base}/${name}`;
    if (packages.has(key)) return [key];
    if (base === "") return [];
    base = outer(base);
  }
}

/** The path without its last name; a scope is a part of a name. */
function outer(path: string): string {
  const slash = path.lastIndexOf("/");
  if (slash === -1) return "";
  const up = path.slice(0, slash);
  const before = up.lastIndexOf("/");
  return up[before + 1] === "@" ? up.slice(0, Math.max(0, before)) : up;
}

function productionKeys(document: DocumentMap, packages: Entries): Set<string> {
  const roots = [...mapOf(document, "workspaces").values()].flatMap((workspace) => {
    const names = RELATIONS.flatMap((relation) => [...mapOf(workspace, relation).keys()]);
    return names.flatMap((name) => resolved(textOf(workspace, "name"), name, packages));
  });
  return reachable(roots, (key) => targets(key, packages));
}
