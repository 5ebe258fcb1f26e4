import { readYarnLock, type YarnEntry } from "../../../formats/yarn-lock.ts";
import type { Reading } from "../../../stages/catalog/contract.ts";
import { Declarations, shown } from "../shared/declared.ts";
import { splitReference } from "../shared/npm-reference.ts";
import { graphNote, type Node } from "./graph.ts";

/** Reads a lock file of Yarn 1. */
export function readClassic(text: string): Reading {
  const { entries, damage } = readYarnLock(text);
  const found = new Declarations("npm");
  const names = new Map<string, string>();
  for (const entry of entries) {
    const name = nameOf(entry);
    for (const pattern of entry.patterns) names.set(pattern, name);
  }
  for (const entry of entries) {
    const name = nameOf(entry);
    if (name === "") found.damaged(`line ${entry.line}: it names no package`);
    else if (isFolder(entry)) continue;
    else if (!/^v?\d/.test(entry.version)) {
      found.unversioned(`line ${entry.line}: ${shown(name)} has no version to compare`);
    } else {
      found.add({
        name,
        version: entry.version,
        line: entry.line,
        dependsOn: entry.dependencies.flatMap((pattern) => names.get(pattern) ?? []),
      });
    }
  }
  for (const detail of damage) found.damaged(detail);
  const nodes = entries.map((e): Node => [nameOf(e), e.version, e.patterns, e.dependencies]);
  return { ...found.reading(), notes: [graphNote(nodes, "classic")] };
}

/** A pattern `alias@npm:name@range` stands for `name`. */
function nameOf({ patterns }: YarnEntry): string {
  const reference = splitReference(patterns[0] ?? "");
  if (reference === null) return "";
  const target = reference.rest.startsWith("npm:") ? splitReference(reference.rest.slice(4)) : null;
  return target === null ? reference.name : target.name;
}

/** A folder of the project, given the version that its package.json had. */
function isFolder({ patterns }: YarnEntry): boolean {
  return patterns.every((p) => /@(file|link):/.test(p) && !/\.(tgz|tar\.gz)$/.test(p));
}
