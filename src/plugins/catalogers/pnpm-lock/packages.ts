import { type DocumentValue, lineOf, mapOf, memberOf, textOf } from "../../../formats/document.ts";
import { type Declarations, shown } from "../shared/declared.ts";
import { reachable } from "../shared/reachable.ts";
import { keyOf, type PnpmKey, parseKey } from "./key.ts";

type Entries = ReadonlyMap<string, DocumentValue>;

const RELATIONS = ["dependencies", "optionalDependencies"];

/** Adds the packages of one document. */
export function addPackages(document: DocumentValue, found: Declarations): void {
  const packages = mapOf(document, "packages");
  const snapshots = mapOf(document, "snapshots");
  // From version 9 on, what depends on what stands apart, once for each combination of peers.
  const graph = snapshots.size > 0 ? snapshots : packages;
  const production = snapshots.size > 0 ? productionKeys(document, graph) : null;
  const needed = dependenciesByPackage(graph, packages);
  for (const [key, entry] of packages) {
    if (isFolder(key, entry)) continue;
    const named = identity(key, entry);
    const line = lineOf(entry);
    if (named === null) addForeign(key, entry, { line, found });
    else {
      found.add({
        ...named,
        line,
        development: production === null ? memberOf(entry, "dev") === true : !production.has(key),
        dependsOn: needed.get(key),
      });
    }
  }
}

/** What comes from elsewhere than a registry states its name and version itself. */
function identity(key: string, entry: DocumentValue | undefined): PnpmKey | null {
  const parsed = parseKey(key);
  const version = textOf(entry, "version");
  if (parsed !== null) return version === "" ? parsed : { ...parsed, version };
  const name = textOf(entry, "name");
  return name !== "" && version !== "" ? { name, version } : namedPlace(key, version);
}

/** Version 9 writes the name before the place: `name@https://…`. */
function namedPlace(key: string, version: string): PnpmKey | null {
  const at = key.indexOf("@", 1);
  return at === -1 || version === "" || key.startsWith("/")
    ? null
    : { name: key.slice(0, at), version };
}

/** A folder of the project itself, or one beside it. */
function isFolder(key: string, entry: DocumentValue): boolean {
  const type = textOf(memberOf(entry, "resolution"), "type");
  return type === "directory" || /(^|@)(link|workspace):/.test(key.slice(0, 300));
}

interface Place {
  readonly line: number | undefined;
  readonly found: Declarations;
}

function addForeign(key: string, entry: DocumentValue, { line, found }: Place): void {
  const name =
    textOf(entry, "name") || (key.split(/[(?#]/, 1)[0] ?? "").replace(/\/\/[^@/]*@/, "//");
  found.unversioned(`line ${line}: ${shown(name)} comes from no registry, without a version`);
}

/** Keys without the peers in brackets, as `packages` has them. */
function withoutPeers(key: string): string {
  const peers = key.indexOf("(");
  return peers === -1 ? key : key.slice(0, peers);
}

function targets(
  entry: DocumentValue | undefined,
  graph: Entries,
  relations: readonly string[],
): string[] {
  return relations.flatMap((relation) =>
    [...mapOf(entry, relation)].flatMap(([name, value]) => {
      // Of the project itself, `{specifier, version}`; of a package, the version.
      const reference = typeof value === "string" ? value : textOf(value, "version");
      return keyOf(name, reference, graph) ?? [];
    }),
  );
}

function dependenciesByPackage(graph: Entries, packages: Entries): Map<string, string[]> {
  const needed = new Map<string, string[]>();
  for (const [key, entry] of graph) {
    const names = targets(entry, graph, RELATIONS).flatMap((target) => {
      const plain = packages.has(target) ? target : withoutPeers(target);
      return identity(plain, packages.get(plain))?.name ?? [];
    });
    const plain = packages.has(key) ? key : withoutPeers(key);
    const known = needed.get(plain);
    if (known === undefined) needed.set(plain, names);
    else known.push(...names);
  }
  return needed;
}

/** Which packages are reached without passing a `devDependencies`; version 9 does not say it of each package. */
function productionKeys(document: DocumentValue, graph: Entries): Set<string> {
  const roots = [...mapOf(document, "importers").values(), document].flatMap((project) =>
    targets(project, graph, RELATIONS),
  );
  const keys = reachable(roots, (key) => targets(graph.get(key), graph, RELATIONS));
  return new Set([...keys].map(withoutPeers));
}
