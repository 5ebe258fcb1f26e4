// The header of METADATA and PKG-INFO: fields as in mail, up to the first empty line; the description follows.
// Source: "Core metadata specifications" of packaging.python.org, and PEP 566, 639.
import { pythonName } from "../shared/python-name.ts";

const LINES_MAX = 20_000;
const ITEMS_MAX = 2_000;
const LINE_LENGTH_MAX = 4_000;

export interface PythonMetadata {
  readonly name: string;
  readonly version: string;
  readonly licenses: readonly string[];
  /** Names in normal form; what only an extra needs is left out. */
  readonly requires: readonly string[];
}

interface Fields {
  readonly single: Map<string, string>;
  readonly classifiers: string[];
  readonly requires: string[];
}

const SINGLE: ReadonlySet<string> = new Set(["name", "version", "license", "license-expression"]);

/** Reads the header. Never throws; absent fields are empty. */
export function parsePythonMetadata(text: string): PythonMetadata {
  const fields: Fields = { single: new Map(), classifiers: [], requires: [] };
  let last = "";
  let start = 0;
  for (let count = 0; start < text.length && count < LINES_MAX; count += 1) {
    const newline = text.indexOf("\n", start);
    const end = newline === -1 ? text.length : newline;
    const line = text.slice(start, Math.min(end, start + LINE_LENGTH_MAX)).trimEnd();
    start = end + 1;
    if (line === "") break;
    if (line.startsWith(" ") || line.startsWith("\t")) continuation(fields, last);
    else last = field(fields, line);
  }
  return {
    name: fields.single.get("name") ?? "",
    version: fields.single.get("version") ?? "",
    licenses: licensesOf(fields),
    requires: fields.requires,
  };
}

/** @returns The lower-case name of the field. */
function field(fields: Fields, line: string): string {
  const colon = line.indexOf(":");
  const name = line.slice(0, Math.max(0, colon)).toLowerCase();
  const value = line.slice(colon + 1).trim();
  if (SINGLE.has(name) && !fields.single.has(name)) fields.single.set(name, value);
  else if (name === "classifier") addTo(fields.classifiers, licenseOfClassifier(value));
  else if (name === "requires-dist") addTo(fields.requires, requirementOf(value));
  return name;
}

/** A licence of several lines is the licence's text, which is no name. */
function continuation(fields: Fields, last: string): void {
  if (last === "license") fields.single.set("license", "");
}

function addTo(list: string[], value: string): void {
  if (value !== "" && list.length < ITEMS_MAX) list.push(value);
}

/** `License :: OSI Approved :: MIT License` says "MIT License"; other classifiers say nothing about licences. */
function licenseOfClassifier(classifier: string): string {
  const parts = classifier.split("::").map((part) => part.trim());
  if (parts[0] !== "License" || parts.length < 2) return "";
  const last = parts.at(-1) ?? "";
  return last === "OSI Approved" ? "" : last;
}

/** `Foo.Bar[x] (>=1) ; python_version < "3.8"` names `foo-bar`. */
function requirementOf(requirement: string): string {
  const [what = "", marker = ""] = requirement.split(";", 2);
  if (/\bextra\s*==/.test(marker)) return "";
  return pythonName(/^[A-Za-z0-9][A-Za-z0-9._-]*/.exec(what.trim())?.[0] ?? "");
}

/** The expression is exact; the old field is one name when people kept to it; classifiers are what is left. */
function licensesOf({ single, classifiers }: Fields): string[] {
  const expression = single.get("license-expression") ?? "";
  if (expression !== "") return [expression];
  const license = single.get("license") ?? "";
  return license === "" || /^(unknown|none|see license.*)$/i.test(license)
    ? classifiers
    : [license];
}
