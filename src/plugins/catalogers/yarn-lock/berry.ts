import {
  DocumentList,
  DocumentMap,
  type DocumentValue,
  lineOf,
  mapOf,
  textOf,
} from "../../../formats/document.ts";
import { readYamlDocuments } from "../../../formats/yaml-document.ts";
import { onlyProblem, type Reading } from "../../../stages/catalog/contract.ts";
import { Declarations, shown } from "../shared/declared.ts";
import { splitReference } from "../shared/npm-reference.ts";
import { graphNote, type Node } from "./graph.ts";

/** What is the project's own, or on this disk only. */
const OWN = /^(workspace|link|portal|virtual):/;

/** Reads a lock file of Yarn 2 and later: YAML, keyed by what asked (`"a@npm:^1, a@npm:^1.2"`). */
export function readBerry(text: string): Reading {
  const { value, damage } = readYamlDocuments(text);
  if (damage !== null) return onlyProblem("file-damaged", damage);
  const document = value instanceof DocumentList ? value.items[0] : undefined;
  if (!(document instanceof DocumentMap)) return onlyProblem("file-damaged", "it is not a map");
  const found = new Declarations("npm");
  const entries = [...document.members].filter(([key]) => key !== "__metadata");
  const names = new Map<string, string>();
  for (const [key, entry] of entries) {
    for (const pattern of key.split(", ")) names.set(pattern, nameOf(pattern, entry));
  }
  for (const [key, entry] of entries) addEntry(key, entry, { names, found });
  const nodes = entries.map(
    ([key, entry]): Node => [
      nameOf(key, entry),
      textOf(entry, "version"),
      key.split(", "),
      isOwn(entry) ? [] : neededBy(entry),
    ],
  );
  return { ...found.reading(), notes: [graphNote(nodes, "berry")] };
}

/** `resolution` is who was chosen: `name@npm:1.2.3`, `name@patch:name@npm%3A1.2.3#…`. */
function nameOf(key: string, entry: DocumentValue): string {
  return splitReference(textOf(entry, "resolution") || key)?.name ?? "";
}

function isOwn(entry: DocumentValue): boolean {
  const resolution = splitReference(textOf(entry, "resolution"));
  return textOf(entry, "linkType") === "soft" || OWN.test(resolution?.rest ?? "");
}

/** Ranges without a protocol are npm's. */
function neededBy(entry: DocumentValue): string[] {
  return [...mapOf(entry, "dependencies")].map(([name, range]) => {
    const text = String(range);
    return `${name}@${/^[a-z+]+:/.test(text) ? text : `npm:${text}`}`;
  });
}

interface Adding {
  readonly names: ReadonlyMap<string, string>;
  readonly found: Declarations;
}

function addEntry(key: string, entry: DocumentValue, { names, found }: Adding): void {
  if (isOwn(entry)) return;
  const name = nameOf(key, entry);
  const version = textOf(entry, "version");
  const line = lineOf(entry);
  if (name === "") found.damaged(`line ${line ?? 0}: ${shown(key)} names no package`);
  else if (!/^\d/.test(version)) {
    found.unversioned(`line ${line}: ${shown(name)} has no version to compare`);
  } else {
    const dependsOn = neededBy(entry).flatMap((pattern) => names.get(pattern) ?? []);
    found.add({ name, version, line, dependsOn });
  }
}
