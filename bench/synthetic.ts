// Inputs of any size, for telling how cost grows.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BENCH } from "./layout.ts";

/** Folders for as many layers, each with so many npm packages of its own. Made once. */
export function syntheticFolders(layers: number, packages: number): string[] {
  return Array.from({ length: layers }, (_, layer) => {
    const root = join(BENCH, `synthetic-${packages}-${layer}`);
    if (existsSync(root)) return root;
    for (let i = 0; i < packages; i += 1) {
      const name = `made-up-${layer}-${i}`;
      const folder = join(root, `srv/${layer}/node_modules/${name}`);
      mkdirSync(folder, { recursive: true });
      writeFileSync(
        join(folder, "package.json"),
        JSON.stringify({ name, version: `1.${i}.0`, license: "MIT" }),
      );
      // Incompressible, so that a layer is not all headers.
      writeFileSync(
        join(folder, "index.js"),
        createHash("sha256").update(name).digest("hex").repeat(20),
      );
    }
    return root;
  });
}

/** A folder with so many OSV records about made-up npm packages. Made once. */
export function syntheticRecords(count: number): string {
  const folder = join(BENCH, `records-${count}`);
  if (existsSync(folder)) return folder;
  mkdirSync(folder, { recursive: true });
  for (let i = 0; i < count; i += 1)
    writeFileSync(join(folder, `BENCH-${i}.json`), JSON.stringify(record(i)));
  return folder;
}

function record(i: number): unknown {
  return {
    schema_version: "1.6.0",
    id: `BENCH-2026-${i}`,
    aliases: [`CVE-2026-${1_000_000 + i}`],
    modified: "2026-01-01T00:00:00Z",
    published: "2026-01-01T00:00:00Z",
    summary: `Flaw ${i} of a made-up package`,
    severity: [{ type: "CVSS_V3", score: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H" }],
    affected: [
      {
        package: { ecosystem: "npm", name: `made-up-${i % 50_000}` },
        ranges: [
          { type: "SEMVER", events: [{ introduced: "0" }, { fixed: `${1 + (i % 9)}.0.0` }] },
        ],
      },
    ],
  };
}
