// Package lists for the matching benchmark, out of the names that a store knows.
import { openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readManifest } from "../src/io/store/open.ts";
import { openTable } from "../src/io/store/table-reader.ts";
import type { Package, PackageType } from "../src/model/package.ts";

const TYPES: ReadonlyMap<string, PackageType> = new Map([
  ["crates.io", "cargo"],
  ["Go", "golang"],
  ["npm", "npm"],
  ["Packagist", "composer"],
  ["PyPI", "pypi"],
]);

/**
 * Writes `count` packages of registries as JSON.
 *
 * @param everyNth Of so many packages one is named by advisories; the others are unknown to the store, as most packages are.
 */
export function writePackages(
  path: string,
  { store, count, everyNth }: { store: string; count: number; everyNth: number },
): void {
  const names = namesIn(store);
  const packages = Array.from({ length: count }, (_, i): Package => {
    const { type, name } = names[Math.floor((i * names.length) / count)] ?? {
      type: "npm",
      name: "none",
    };
    return synthetic(type, i % everyNth === 0 ? name : `${name}-not-known`);
  });
  writeFileSync(path, JSON.stringify(packages));
}

function namesIn(store: string): { type: PackageType; name: string }[] {
  return readManifest(store).tables.flatMap((entry) => {
    const type = TYPES.get(entry.name);
    if (type === undefined) return [];
    const table = openTable(openSync(join(store, entry.file), "r"), entry.sizeBytes);
    const prefix = `P${entry.name}\n`;
    const keys = Array.from(table.entries(), ([key]) => key);
    table.close();
    return keys
      .filter((key) => key.startsWith(prefix))
      .map((key) => ({ type, name: key.slice(prefix.length) }));
  });
}

function synthetic(type: PackageType, name: string): Package {
  const version = type === "golang" ? "v1.0.0" : "1.0.0";
  return {
    type,
    name,
    version,
    purl: `pkg:${type}/${name}@${version}`,
    cataloger: "bench",
    locations: [],
  };
}
