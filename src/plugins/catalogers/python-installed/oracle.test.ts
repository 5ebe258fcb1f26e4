// The measure is Python's own view of what is installed where it looks.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { expect, test } from "vitest";
import { missingPrograms } from "../../../../test/lab/programs.ts";
import { selectionOf } from "../../../stages/catalog/select.ts";
import { pythonInstalled } from "./cataloger.ts";

/** Prints the folders that Python searches, and name and version of every distribution in them. */
const ASK = `
import sys, json, os
from importlib.metadata import distributions
folders = [p for p in sys.path if os.path.isdir(p)]
found = [[d.metadata["Name"], d.version] for d in distributions(path=folders)]
print(json.dumps([folders, found]))
`;

test("finds what Python says is installed", (context) => {
  const reason = missingPrograms("python3");
  if (reason !== null) return context.skip(reason);
  const told = execFileSync("python3", ["-c", ASK], { encoding: "utf8", maxBuffer: 64 << 20 });
  const [folders, distributions] = JSON.parse(told) as [string[], [string, string][]];
  if (distributions.length === 0) return context.skip("no Python package is installed here");
  const wanted = distributions.map(
    ([name, version]) => `${name.toLowerCase().replace(/[-_.]+/g, "-")} ${version}`,
  );
  expect([...new Set(found(folders))].sort()).toEqual([...new Set(wanted)].sort());
}, 60_000);

function found(folders: readonly string[]): string[] {
  const selection = selectionOf([pythonInstalled]);
  return folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((entry) => /\.(dist-info|egg-info|egg)$/.test(entry))
      .flatMap((entry) => filesIn(`${folder}/${entry}`))
      .filter((path) => selection.byName(path.slice(1)).length > 0)
      .flatMap((path) => {
        const { packages, problems } = pythonInstalled.read({ path, bytes: readFileSync(path) });
        expect(problems).toEqual([]);
        return packages.map((p) => `${p.name} ${p.version}`);
      }),
  );
}

function filesIn(path: string): string[] {
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { recursive: true, encoding: "utf8" })
    .map((name) => `${path}/${name}`)
    .filter((name) => statSync(name).isFile());
}
