// Installed npm packages, from the package.json in each one's own folder: npm, pnpm and Yarn (with node_modules) lay them alike.

import { asObject, type JsonObject, object } from "../../../formats/json-object.ts";
import type { FoundPackage } from "../../../model/package.ts";
import {
  type Cataloger,
  type EvidenceFile,
  NOTHING,
  onlyProblem,
  type Reading,
} from "../../../stages/catalog/contract.ts";
import { namesOf, parseJson, textOf } from "../shared/json-value.ts";
import { bareVersion, depending, isWord, licensed } from "../shared/words.ts";
import { declaredLicenses } from "./licenses.ts";

const DEPENDENCIES_MAX = 2_000;

export const npmInstalled: Cataloger = {
  id: "npm-installed",
  title: "npm packages in node_modules",
  needs: [],
  state: "stable",
  version: 1,
  evidence: "installed",
  types: ["npm"],
  wants: { names: ["package.json"], test: isOfInstalled },
  limitBytes: 16 << 20,
  read,
};

/** Folders in which packages keep what their tests and documents need; a `node_modules` in there is not installed. */
const SAMPLES: ReadonlySet<string> = new Set([
  "test",
  "tests",
  "__tests__",
  "testdata",
  "fixtures",
  "fixture",
  "__fixtures__",
  "spec",
  "specs",
  "example",
  "examples",
  "docs",
]);

/** Whether it is `…/node_modules/NAME/package.json`, or with a scope, and not among the samples of another package. */
function isOfInstalled(path: string): boolean {
  const parts = path.split("/");
  const name = parts.at(-2) ?? "";
  const scope = parts.at(-3) ?? "";
  if (name === "" || name.startsWith(".") || name.startsWith("@")) return false;
  const isScoped = scope.startsWith("@") && scope.length > 1;
  if (parts.at(isScoped ? -4 : -3) !== "node_modules") return false;
  const top = parts.indexOf("node_modules");
  return !hasSamples(parts.slice(top + 1, isScoped ? -4 : -3));
}

/** Walks from package to package; what is neither `node_modules` nor the name after it lies inside a package. */
function hasSamples(parts: readonly string[]): boolean {
  let isName = true;
  for (const part of parts) {
    if (!isName && SAMPLES.has(part)) return true;
    isName = part === "node_modules" || (isName && part.startsWith("@"));
  }
  return false;
}

function read({ bytes }: EvidenceFile): Reading {
  const document = parseJson(bytes);
  if (document === null) return onlyProblem("file-damaged", "package.json is not JSON");
  const object = asObject(document);
  const found = object === null ? null : packageOf(object);
  return found === null ? NOTHING : { packages: [found], problems: [] };
}

/** null for the package.json of something that is no package: `{"type": "module"}` and the like. */
function packageOf(manifest: JsonObject): FoundPackage | null {
  const name = textOf(manifest, "name").trim();
  const version = bareVersion(textOf(manifest, "version"));
  if (!isWord(name) || !isWord(version)) return null;
  const needed = [
    ...namesOf(object(manifest, "dependencies"), DEPENDENCIES_MAX),
    ...namesOf(object(manifest, "optionalDependencies"), DEPENDENCIES_MAX),
  ];
  return {
    type: "npm",
    name,
    version,
    ...licensed(declaredLicenses(manifest)),
    ...depending(needed, name),
  };
}
