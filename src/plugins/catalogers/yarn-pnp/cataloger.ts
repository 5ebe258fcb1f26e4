// npm packages that Yarn does not unpack (Plug'n'Play): they lie zipped in a cache, and one file says which of them are in use.
import { asObject, type JsonObject } from "../../../formats/json-object.ts";
import { utf8 } from "../../../kit/text.ts";
import type { FoundPackage } from "../../../model/package.ts";
import {
  type Cataloger,
  type EvidenceFile,
  NOTHING,
  onlyProblem,
  type Reading,
  type ReadingProblem,
} from "../../../stages/catalog/contract.ts";
import { textOf } from "../shared/json-value.ts";
import { npmVersion } from "../shared/npm-reference.ts";
import { depending, isWord } from "../shared/words.ts";
import { pnpState } from "./state.ts";

export const yarnPnp: Cataloger = {
  id: "yarn-pnp",
  title: "npm packages that Yarn's Plug'n'Play takes out of its cache",
  needs: [],
  state: "trial",
  version: 1,
  evidence: "installed",
  types: ["npm"],
  wants: { names: [".pnp.cjs", ".pnp.js", ".pnp.data.json"] },
  limitBytes: 128 << 20,
  read,
};

const NAMES_MAX = 100_000;
const REFERENCES_MAX = 1_000;
const DEPENDENCIES_MAX = 2_000;
/** Problems of one file, as many as people can read. */
const PROBLEMS_MAX = 20;

function read({ bytes }: EvidenceFile): Reading {
  const state = pnpState(utf8(bytes));
  if (state === "elsewhere") return NOTHING;
  const names = state === null ? null : listOf(state["packageRegistryData"], NAMES_MAX);
  if (names === null)
    return onlyProblem("file-damaged", "it has no table of packages as Yarn 2 and later write it");
  const found = names.flatMap(packagesOf);
  const packages = new Map(
    found.flatMap((one) =>
      typeof one === "string" ? [] : [[`${one.name}@${one.version}`, one] as const],
    ),
  );
  const problems = found
    .filter((one) => typeof one === "string")
    .slice(0, PROBLEMS_MAX)
    .map((detail): ReadingProblem => ({ code: "version-unreadable", detail }));
  return { packages: [...packages.values()], problems };
}

/** Of one name, under all references that are in use; texts are of those that cannot be compared. */
function packagesOf(entry: unknown): (FoundPackage | string)[] {
  const [name, references] = listOf(entry, 2) ?? [];
  if (typeof name !== "string") return [];
  return (listOf(references, REFERENCES_MAX) ?? []).flatMap((one) => packageOf(name, one) ?? []);
}

/** The package; why it has none that can be compared; null for folders of the project. */
function packageOf(name: string, entry: unknown): FoundPackage | string | null {
  const [written, facts] = listOf(entry, 2) ?? [];
  const about = asObject(facts);
  if (typeof written !== "string" || about === null || textOf(about, "linkType") === "SOFT")
    return null;
  const reference = plainReference(written);
  const read = npmVersion(name, reference);
  if (read.kind === "foreign")
    return `${JSON.stringify(name.slice(0, 200))} comes from ${read.from}, and its version is not stated`;
  if (!isWord(read.name) || !isWord(read.version)) return null;
  const needed = (listOf(about["packageDependencies"], DEPENDENCIES_MAX) ?? []).flatMap(neededBy);
  return { type: "npm", name: read.name, version: read.version, ...depending(needed, read.name) };
}

/**
 * Without what Yarn binds to it: the peers (`virtual:abc#npm:1.2.3`), the patch (`patch:a@npm%3A1.2.3#…`), parameters
 * (`npm:1.2.3::__archiveUrl=…`).
 */
function plainReference(written: string): string {
  const real = /^virtual:[^#]*#/.test(written) ? written.slice(written.indexOf("#") + 1) : written;
  const patched = /^patch:.{1,300}?@npm(?::|%3A)([^#:]{1,200})#/.exec(real.slice(0, 1_000));
  if (patched !== null) return `npm:${patched[1] ?? ""}`;
  const parameters = real.indexOf("::");
  return real.startsWith("npm:") && parameters !== -1 ? real.slice(0, parameters) : real;
}

/** `["a", "npm:1"]`, or `["alias", ["a", "npm:1"]]`. */
function neededBy(entry: unknown): string[] {
  const [name, reference] = listOf(entry, 2) ?? [];
  const [real] = listOf(reference, 1) ?? [];
  const wanted = real ?? name;
  return typeof wanted === "string" ? [wanted] : [];
}

function listOf(value: JsonObject[string], max: number): readonly unknown[] | null {
  return Array.isArray(value) ? value.slice(0, max) : null;
}
