// .NET packages of published applications and of shared frameworks, from what the host reads when it starts them.

import { asObject, type JsonObject, list, member, object } from "../../../formats/json-object.ts";
import type { FoundPackage } from "../../../model/package.ts";
import {
  type Cataloger,
  type EvidenceFile,
  NOTHING,
  onlyProblem,
  type Reading,
} from "../../../stages/catalog/contract.ts";
import { namesOf, parseJsonObject, textOf } from "../shared/json-value.ts";
import { depending, isWord } from "../shared/words.ts";

const DEPENDENCIES = ".deps.json";
const CONFIGURATION = ".runtimeconfig.json";
const LIBRARIES_MAX = 50_000;

export const dotnetDeps: Cataloger = {
  id: "dotnet-deps",
  title: ".NET packages and frameworks of published applications",
  needs: [],
  state: "stable",
  version: 1,
  evidence: "installed",
  types: ["nuget"],
  wants: {
    extensions: ["json"],
    test: (path) => path.endsWith(DEPENDENCIES) || path.endsWith(CONFIGURATION),
  },
  limitBytes: 64 << 20,
  read,
};

function read({ path, bytes }: EvidenceFile): Reading {
  if (bytes.length === 0) return NOTHING;
  const document = parseJsonObject(bytes);
  if (document === null) return onlyProblem("file-damaged", "it is not a JSON object");
  const packages = path.endsWith(CONFIGURATION)
    ? frameworksOf(document)
    : [...librariesOf(document), ...sharedFramework(path)];
  return packages.length === 0 ? NOTHING : { packages: eachOnce(packages), problems: [] };
}

function eachOnce(packages: readonly FoundPackage[]): FoundPackage[] {
  return [...new Map(packages.map((p) => [`${p.name.toLowerCase()}/${p.version}`, p])).values()];
}

function librariesOf(document: JsonObject): FoundPackage[] {
  const libraries = object(document, "libraries");
  if (libraries === null) return [];
  const target = targetOf(document);
  return namesOf(libraries, LIBRARIES_MAX).flatMap((key) => {
    const kind = textOf(asObject(member(libraries, key)) ?? {}, "type").toLowerCase();
    const entry = target === null ? null : object(target, key);
    if (kind !== "package" && kind !== "runtimepack") return [];
    if (kind === "package" && entry !== null && !hasFiles(entry)) return [];
    return packageOf(key, entry);
  });
}

/** The target that the application runs as: the one that is named, or the only one. */
function targetOf(document: JsonObject): JsonObject | null {
  const targets = object(document, "targets");
  if (targets === null) return null;
  const name = textOf(object(document, "runtimeTarget") ?? {}, "name");
  return object(targets, name) ?? object(targets, Object.keys(targets)[0] ?? "");
}

/**
 * Packages without any file of their own were only needed to compile, or the framework has a newer copy of what they would have
 * brought: they are not there.
 */
function hasFiles(entry: JsonObject): boolean {
  return ["runtime", "native", "runtimeTargets", "resources"].some(
    (kind) => namesOf(member(entry, kind), 1).length > 0,
  );
}

/** `Newtonsoft.Json/13.0.1`, or `runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/8.0.1`. */
function packageOf(key: string, entry: JsonObject | null): FoundPackage[] {
  const slash = key.lastIndexOf("/");
  const name = key.slice(0, Math.max(0, slash)).replace(/^runtimepack\./, "");
  const version = key.slice(slash + 1);
  if (!isWord(name) || !isWord(version)) return [];
  const needed = entry === null ? [] : namesOf(member(entry, "dependencies"), LIBRARIES_MAX);
  return [{ type: "nuget", name, version, ...depending(needed, name) }];
}

/** `…/shared/Microsoft.NETCore.App/8.0.1/Microsoft.NETCore.App.deps.json`: the folder tells the framework's own version. */
function sharedFramework(path: string): FoundPackage[] {
  const [shared, name = "", version = "", file] = path.split("/").slice(-4);
  const isOne = shared === "shared" && file === `${name}${DEPENDENCIES}`;
  return isOne && isWord(name) && isWord(version) ? [{ type: "nuget", name, version }] : [];
}

/** Frameworks that the application brings along. Those that it only asks for are found where they lie. */
function frameworksOf(document: JsonObject): FoundPackage[] {
  const options = object(document, "runtimeOptions");
  return list(options ?? {}, "includedFrameworks").flatMap((item) => {
    const framework = asObject(item) ?? {};
    const name = textOf(framework, "name");
    const version = textOf(framework, "version");
    return isWord(name) && isWord(version) ? [{ type: "nuget", name, version } as const] : [];
  });
}
