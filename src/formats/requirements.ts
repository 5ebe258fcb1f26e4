// Requirements files as pip reads them. Source: https://pip.pypa.io/en/stable/reference/requirements-file-format/ and PEP 508.
import { eachLine } from "../kit/text.ts";

/** One line that asks for something. */
export interface Requirement {
  /** As written; `""` when a path or an address gives no name. */
  readonly name: string;
  /** The version when it is pinned to exactly one, otherwise null. */
  readonly pinned: string | null;
  /** Why it is not pinned, for a message; null when it is. */
  readonly loose: "no version" | "a range" | "a path or an address" | null;
  /** 1-based, the first when it goes over several. */
  readonly line: number;
}

/** Another file of requirements (`-r`), as it is named: from the folder of this one, or an address. */
export interface Inclusion {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
}

/**
 * Requirements in order, files that are included (at most a hundred), and 1-based lines that are neither requirement nor option
 * (at most a hundred).
 */
export interface Requirements {
  readonly requirements: readonly Requirement[];
  readonly inclusions: readonly Inclusion[];
  readonly strange: readonly number[];
}

const STRANGE_MAX = 100;
const INCLUSIONS_MAX = 100;
const LINE_LENGTH_MAX = 100_000;
const NAME = /^([A-Za-z0-9](?:[\w.-]{0,200}[A-Za-z0-9])?)\s*(?:\[[^\]]*\])?\s*(.*)$/s;
/** Ways to say that something lies elsewhere: `./x`, `x.whl`, `git+https://…`. */
const PLACE = /^(?:[./~\\]|[a-z][a-z+]{1,20}:|[A-Za-z]:\\)|\.(?:whl|zip|tar\.(?:gz|bz2|xz))$/;

/** Reads a requirements file. Never throws. Files that it includes are named and not followed. */
export function readRequirements(text: string): Requirements {
  const requirements: Requirement[] = [];
  const inclusions: Inclusion[] = [];
  const strange: number[] = [];
  eachLogicalLine(text, (line, number) => {
    if (line.startsWith("-")) {
      const editable = /^(?:-e|--editable)[\s=]*(\S.*)$/s.exec(line)?.[1];
      if (editable !== undefined) requirements.push(placed(editable, number));
      const file = /^(?:-r|--requirement)[\s=]*(\S.*)$/s.exec(line)?.[1];
      if (file !== undefined && inclusions.length < INCLUSIONS_MAX)
        inclusions.push({ file, line: number });
      return;
    }
    const requirement = parseRequirement(line, number);
    if (requirement !== null) requirements.push(requirement);
    else if (strange.length < STRANGE_MAX) strange.push(number);
  });
  return { requirements, inclusions, strange };
}

/** Lines without comments, joined where one ends with a backslash. */
function eachLogicalLine(text: string, logical: (line: string, number: number) => void): void {
  let parts: string[] = [];
  let begin = 0;
  const flush = (): void => {
    const whole = parts.join(" ").slice(0, LINE_LENGTH_MAX).trim();
    if (whole !== "") logical(whole, begin);
    parts = [];
  };
  eachLine(text, (line, number) => {
    if (parts.length === 0) begin = number;
    const plain = withoutComment(line);
    const goesOn = plain.endsWith("\\") && !line.trimStart().startsWith("#");
    parts.push(goesOn ? plain.slice(0, -1) : plain);
    if (!goesOn) flush();
  });
  flush();
}

/** A comment begins a line, or follows a blank. */
function withoutComment(line: string): string {
  for (let at = line.indexOf("#"); at !== -1; at = line.indexOf("#", at + 1)) {
    if (at === 0 || /\s/.test(line[at - 1] ?? "")) return line.slice(0, at).trimEnd();
  }
  return line.trimEnd();
}

/** @returns null when it is no requirement. */
function parseRequirement(line: string, number: number): Requirement | null {
  const word = line.split(/\s/, 1)[0] ?? "";
  if (PLACE.test(word)) return placed(line, number);
  const match = NAME.exec(line);
  if (match === null) return null;
  const name = match[1] ?? "";
  const rest = withoutOptions(match[2] ?? "");
  if (rest.startsWith("@")) return { ...placed(rest.slice(1).trim(), number), name };
  const specifiers = specifiersOf(rest);
  if (specifiers === null) return null;
  const pinned = specifiers.flatMap((s) => pinOf(s) ?? [])[0] ?? null;
  const loose = pinned !== null ? null : specifiers.length === 0 ? "no version" : "a range";
  return { name, pinned, loose, line: number };
}

/** Cuts the marker (`; python_version < "3"`) and options of the line (`--hash=…`). */
function withoutOptions(rest: string): string {
  const marker = rest.startsWith("@") ? rest.indexOf(" ;") : rest.indexOf(";");
  const before = marker === -1 ? rest : rest.slice(0, marker);
  const option = before.search(/\s--?[a-z]|^--/);
  return (option === -1 ? before : before.slice(0, option)).trim();
}

/** @returns null when it is no list of version specifiers. */
function specifiersOf(rest: string): string[] | null {
  const bare = rest.startsWith("(") && rest.endsWith(")") ? rest.slice(1, -1).trim() : rest;
  if (bare === "") return [];
  const specifiers = bare.split(",").map((s) => s.trim());
  return specifiers.every((s) => /^(?:===?|~=|!=|<=?|>=?)\s*[^\s<>=!~,]+$/.test(s))
    ? specifiers
    : null;
}

function pinOf(specifier: string): string | null {
  const match = /^(===?)\s*(.+)$/.exec(specifier);
  const version = match?.[2] ?? "";
  // A version begins with a digit (PEP 440), except where anything may stand (`===`): templates do not.
  if (match?.[1] === "==" && !/^v?\d/i.test(version)) return null;
  return version === "" || (match?.[1] === "==" && version.endsWith("*")) ? null : version;
}

/** A path or an address. A wheel's file name says name and version (PEP 427), a fragment may say the name. */
function placed(place: string, number: number): Requirement {
  const [address = "", fragment = ""] = place.split("#", 2);
  const file =
    /([^/\\]{1,300})\.whl$/.exec(address.split(/[\s?]/, 1)[0] ?? "")?.[1]?.split("-") ?? [];
  if (file.length >= 5 && /^\d/.test(file[1] ?? "")) {
    return { name: file[0] ?? "", pinned: decoded(file[1] ?? ""), loose: null, line: number };
  }
  const name = /(?:^|&)egg=([\w.-]{1,200})/.exec(fragment)?.[1] ?? "";
  return { name, pinned: null, loose: "a path or an address", line: number };
}

/** A `+` of a local version stands as `%2B` in addresses. */
function decoded(version: string): string {
  return version.replace(/%2b/gi, "+");
}
