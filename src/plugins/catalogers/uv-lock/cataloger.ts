// The lock file of uv.
import {
  type DocumentValue,
  lineOf,
  listOf,
  mapOf,
  memberOf,
  textOf,
} from "../../../formats/document.ts";
import type { Cataloger } from "../../../stages/catalog/contract.ts";
import { pythonName } from "../shared/python-name.ts";
import { reachable } from "../shared/reachable.ts";
import { readTomlLock, type TomlLock, unversioned } from "../shared/toml-packages.ts";

export const uvLock: Cataloger = {
  id: "uv-lock",
  title: "uv lock files",
  needs: [],
  state: "stable",
  version: 1,
  evidence: "declared",
  types: ["pypi"],
  // A script `x.py` is locked in `x.py.lock`.
  wants: {
    names: ["uv.lock"],
    extensions: ["lock"],
    test: (path) => path.endsWith("uv.lock") || path.endsWith(".py.lock"),
  },
  limitBytes: 128 << 20,
  read: (file) => readTomlLock(file.bytes, { type: "pypi" }, addPackages),
};

function addPackages({ document, packages, found }: TomlLock): void {
  const byName = new Map<string, DocumentValue[]>();
  for (const entry of packages) {
    const name = textOf(entry, "name");
    const known = byName.get(name);
    if (known === undefined) byName.set(name, [entry]);
    else known.push(entry);
  }
  const production = productionEntries(document, packages, byName);
  for (const entry of packages) {
    if (isOwn(entry)) continue;
    const line = lineOf(entry);
    if (textOf(entry, "version") === "") {
      unversioned(entry, line, found);
      continue;
    }
    const needed = dependenciesOf(entry).map((d) => pythonName(textOf(d, "name")));
    found.add({
      name: pythonName(textOf(entry, "name")),
      version: textOf(entry, "version"),
      line,
      development: production !== null && !production.has(entry),
      dependsOn: needed,
    });
  }
}

/** The project itself, or a member of its workspace. */
function isOwn(entry: DocumentValue): boolean {
  const source = mapOf(entry, "source");
  return source.has("virtual") || source.has("editable") || source.has("directory");
}

/** What it needs, extras included: too much counts as needed rather than too little. */
function dependenciesOf(entry: DocumentValue): DocumentValue[] {
  const extras = memberOf(entry, "optional-dependencies");
  const optional = [...mapOf(entry, "optional-dependencies").keys()];
  return [...listOf(entry, "dependencies"), ...optional.flatMap((name) => listOf(extras, name))];
}

/** Entries that the project's own packages reach without `dev-dependencies`; null when it has no package of its own. */
function productionEntries(
  document: DocumentValue,
  packages: readonly DocumentValue[],
  byName: ReadonlyMap<string, readonly DocumentValue[]>,
): Set<DocumentValue> | null {
  const answering = (dependency: DocumentValue): readonly DocumentValue[] => {
    const entries = byName.get(textOf(dependency, "name")) ?? [];
    const version = textOf(dependency, "version");
    return version === "" ? entries : entries.filter((e) => textOf(e, "version") === version);
  };
  const own = packages.filter(isOwn);
  const asked = listOf(memberOf(document, "manifest"), "requirements").flatMap(answering);
  if (own.length === 0 && asked.length === 0) return null;
  return reachable([...own, ...asked], (entry) => dependenciesOf(entry).flatMap(answering));
}
