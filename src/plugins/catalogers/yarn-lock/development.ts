import { mapOf } from "../../../formats/document.ts";
import { readJsonDocument } from "../../../formats/json-document.ts";
import { baseName, parentPath } from "../../../kit/path.ts";
import type { FoundPackage } from "../../../model/package.ts";
import { NOTHING, type Reading, type VisibleReading } from "../../../stages/catalog/contract.ts";
import { reachable } from "../shared/reachable.ts";
import { type Graph, graphOf, type Roots, rootsNote, rootsOf } from "./graph.ts";

const RELATIONS = ["dependencies", "optionalDependencies", "peerDependencies"];

/**
 * Reads what a package.json asks for. One that cannot be read says nothing, and then nothing counts as needed for development
 * only: templates of package.json files are in many projects, and are nobody's evidence of a package.
 */
export function readManifest(text: string): Reading {
  const { value } = readJsonDocument(text);
  if (value === null) return NOTHING;
  const production = RELATIONS.flatMap((relation) =>
    [...mapOf(value, relation)].flatMap(([name, range]): [string, string][] =>
      typeof range === "string" ? [[name, range]] : [],
    ),
  );
  return { packages: [], problems: [], notes: [rootsNote({ production })] };
}

/** Marks what is only needed for development, in lock files that have a package.json beside them. */
export function join(readings: readonly VisibleReading[]): readonly VisibleReading[] {
  const manifests = new Map<string, Roots>();
  for (const { path, reading } of readings) {
    const roots = (reading.notes ?? []).map(rootsOf).find((r) => r !== null);
    if (roots !== undefined && roots !== null) manifests.set(parentPath(path), roots);
  }
  return readings.map(({ path, reading }) => {
    const folder = parentPath(path);
    const graph = (reading.notes ?? []).map(graphOf).find((g) => g !== null);
    if (baseName(path) !== "yarn.lock" || !graph || !manifests.has(folder)) {
      return { path, reading };
    }
    const roots = [...manifests].flatMap(([at, r]) => (isBelow(at, folder) ? [r] : []));
    return { path, reading: marked(reading, graph, roots) };
  });
}

function isBelow(path: string, folder: string): boolean {
  return folder === "" || path === folder || path.startsWith(`${folder}/`);
}

function marked(reading: Reading, graph: Graph, roots: readonly Roots[]): Reading {
  const needed = productionPackages(graph, roots);
  const packages = reading.packages.map(
    (found): FoundPackage =>
      needed.has(keyOf(found.name, found.version)) ? found : { ...found, development: true },
  );
  return { packages, problems: reading.problems };
}

function keyOf(name: string, version: string): string {
  return `${name}\0${version}`;
}

function productionPackages({ nodes, form }: Graph, roots: readonly Roots[]): Set<string> {
  const byPattern = new Map<string, number>();
  nodes.forEach(([, , patterns], index) => {
    for (const pattern of patterns) byPattern.set(pattern, index);
  });
  const answering = (patterns: readonly string[]): number[] =>
    patterns.flatMap((pattern) => byPattern.get(pattern) ?? []);
  const asked = roots.flatMap(({ production }) =>
    production.map(([name, range]) => {
      const isPlain = form === "classic" || /^[a-z+]+:/.test(range);
      return `${name}@${isPlain ? range : `npm:${range}`}`;
    }),
  );
  const found = reachable(answering(asked), (index) => answering(nodes[index]?.[3] ?? []));
  return new Set(
    [...found].map((index) => keyOf(nodes[index]?.[0] ?? "", nodes[index]?.[1] ?? "")),
  );
}
