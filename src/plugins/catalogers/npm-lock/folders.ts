import { type DocumentValue, lineOf, mapOf, memberOf, textOf } from "../../../formats/document.ts";
import { type Declarations, shown } from "../shared/declared.ts";
import { npmVersion } from "../shared/npm-reference.ts";

const MODULES = "node_modules/";
/** Paths are climbed from folder to folder; longer ones exist on no disk. */
const PATH_LENGTH_MAX = 4_096;

type Folders = ReadonlyMap<string, DocumentValue>;

/** Adds the packages of `packages`, whose keys are folders. What lies in no `node_modules` is the project's own. */
export function addFolders(folders: Folders, found: Declarations): void {
  for (const [path, entry] of folders) {
    if (!path.includes(MODULES) || memberOf(entry, "link") === true) continue;
    if (path.length > PATH_LENGTH_MAX) {
      found.damaged(`line ${lineOf(entry)}: a folder of ${path.length} characters`);
      continue;
    }
    addFolder(path, entry, { folders, found });
  }
}

interface Adding {
  readonly folders: Folders;
  readonly found: Declarations;
}

function addFolder(path: string, entry: DocumentValue, { folders, found }: Adding): void {
  const name = nameAt(path, entry);
  const stated = npmVersion(name, textOf(entry, "version"));
  const line = lineOf(entry);
  if (stated.kind === "foreign") {
    found.unversioned(`line ${line}: ${shown(name)} comes from ${stated.from}, without a version`);
    return;
  }
  found.add({
    name: stated.name,
    version: stated.version,
    line,
    development: memberOf(entry, "dev") === true,
    licenses: [textOf(entry, "license")],
    dependsOn: [...neededBy(entry)].flatMap((wanted) => resolved(path, wanted, folders)),
  });
}

/** A package installed under another name (`npm:`) says its own. */
function nameAt(path: string, entry: DocumentValue): string {
  return textOf(entry, "name") || path.slice(path.lastIndexOf(MODULES) + MODULES.length);
}

const RELATIONS = ["dependencies", "optionalDependencies", "peerDependencies"];

function neededBy(entry: DocumentValue): Set<string> {
  return new Set(RELATIONS.flatMap((relation) => [...mapOf(entry, relation).keys()]));
}

/** Finds who answers to a name in a folder, as Node does: in its own `node_modules`, then in those further up. */
function resolved(path: string, wanted: string, folders: Folders): string[] {
  for (let base = path; ; ) {
    const place = base === "" ? MODULES + wanted : `${base}/${MODULES}${wanted}`;
    const entry = folders.get(place);
    if (entry !== undefined) return memberOf(entry, "link") === true ? [] : [nameAt(place, entry)];
    if (base === "") return [];
    const up = base.lastIndexOf(MODULES);
    base = up <= 0 ? "" : base.slice(0, up - 1);
  }
}
