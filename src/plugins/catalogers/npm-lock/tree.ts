import {
  DocumentMap,
  type DocumentValue,
  lineOf,
  mapOf,
  memberOf,
  textOf,
} from "../../../formats/document.ts";
import { type Declarations, shown } from "../shared/declared.ts";
import { npmVersion } from "../shared/npm-reference.ts";

/** The maps of `dependencies` around an entry, innermost first. */
interface Scope {
  readonly members: ReadonlyMap<string, DocumentValue>;
  readonly around: Scope | null;
}

/** Adds the packages of `dependencies`, each of which may have its own inside. Depth is bounded by the reader of JSON. */
export function addTree(
  dependencies: DocumentValue | undefined,
  found: Declarations,
  around: Scope | null = null,
): void {
  if (!(dependencies instanceof DocumentMap)) return;
  const scope: Scope = { members: dependencies.members, around };
  for (const [name, entry] of dependencies.members) {
    const inner = memberOf(entry, "dependencies");
    addEntry(name, entry, { scope, found });
    addTree(inner, found, scope);
  }
}

interface Adding {
  readonly scope: Scope;
  readonly found: Declarations;
}

function addEntry(name: string, entry: DocumentValue, { scope, found }: Adding): void {
  const text = textOf(entry, "version");
  const stated = npmVersion(name, text);
  const line = lineOf(entry);
  if (stated.kind === "version") {
    found.add({
      name: stated.name,
      version: stated.version,
      line,
      development: memberOf(entry, "dev") === true,
      dependsOn: neededBy(entry, scope),
    });
  } else if (!isOwn(text)) {
    found.unversioned(`line ${line}: ${shown(name)} comes from ${stated.from}, without a version`);
  }
}

/** A folder of the project itself. */
function isOwn(version: string): boolean {
  return version.startsWith("file:") && !version.endsWith(".tgz");
}

function neededBy(entry: DocumentValue, scope: Scope): string[] {
  const inner: Scope = { members: mapOf(entry, "dependencies"), around: scope };
  return [...mapOf(entry, "requires").keys()].flatMap((wanted) => {
    const target = answering(wanted, inner);
    if (target === undefined) return [];
    const stated = npmVersion(wanted, textOf(target, "version"));
    return [stated.kind === "version" ? stated.name : wanted];
  });
}

function answering(wanted: string, innermost: Scope): DocumentValue | undefined {
  for (let scope: Scope | null = innermost; scope !== null; scope = scope.around) {
    const entry = scope.members.get(wanted);
    if (entry !== undefined) return entry;
  }
  return undefined;
}
