// A unit file: sections of assignments, as systemd and Podman read them.
// Source: systemd.syntax(7); podman-systemd.unit(5).

/** A unit may be long; nobody writes more by hand. */
const ASSIGNMENTS_MAX = 5_000;

/** `Key=value` in a section, with its continued lines joined. */
export interface Assignment {
  readonly section: string;
  readonly key: string;
  /** Without the spaces around it; `""` takes back what was assigned before. */
  readonly value: string;
  /** The file in which it stands. */
  readonly path: string;
  /** Of the key and of the value, from 1. */
  readonly line: number;
  readonly column: number;
}

/** What cannot be read in a unit. */
export interface UnitFault {
  readonly path: string;
  readonly line: number;
  /** Lower-case sentence part. */
  readonly detail: string;
}

export interface UnitFile {
  /** The line of the first header of each section. */
  readonly sections: ReadonlyMap<string, number>;
  readonly assignments: readonly Assignment[];
  readonly faults: readonly UnitFault[];
}

/** Reads a unit file or a drop-in. Never throws: a line that is none is a fault, and the others are read. */
export function readUnitFile(text: string, path: string): UnitFile {
  const assignments: Assignment[] = [];
  const faults: UnitFault[] = [];
  const sections = new Map<string, number>();
  let section = "";
  const fault = (line: number, detail: string): number => faults.push({ path, line, detail });
  for (const { content, line, column } of logicalLines(text)) {
    const read = readLine(content);
    if (typeof read === "string") {
      section = read;
      if (!sections.has(read)) sections.set(read, line);
    } else if (read === null) fault(line, NO_LINE);
    else if (section === "") fault(line, "a key stands before any section");
    else {
      // What is continued below is joined by a space, which moves nothing on the first line.
      const at = read.value === "" ? 0 : content.length - read.value.length;
      assignments.push({ section, path, line, column: column + at, ...read });
    }
    if (assignments.length < ASSIGNMENTS_MAX) continue;
    fault(line, `it has more than ${ASSIGNMENTS_MAX} assignments`);
    break;
  }
  return { sections, assignments, faults };
}

/** The name of a section, an assignment, or null. */
function readLine(content: string): string | Pick<Assignment, "key" | "value"> | null {
  const header = /^\[([^\]]+)\]$/.exec(content)?.[1];
  if (header !== undefined) return header;
  const equals = content.indexOf("=");
  if (equals <= 0) return null;
  return { key: content.slice(0, equals).trimEnd(), value: content.slice(equals + 1).trimStart() };
}

const NO_LINE = "the line is no section, no assignment and no comment";

interface LogicalLine {
  readonly content: string;
  readonly line: number;
  readonly column: number;
}

/** Lines that end in a backslash go on in the next one; comments between them do not count. */
function* logicalLines(text: string): Generator<LogicalLine> {
  let pieces: string[] = [];
  let [line, column] = [0, 0];
  const joined = (): LogicalLine => ({ content: pieces.join(" ").trim(), line, column });
  for (const [i, raw] of text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .entries()) {
    const trimmed = raw.trim();
    if (/^[#;]/.test(trimmed) || (trimmed === "" && pieces.length === 0)) continue;
    if (pieces.length === 0) [line, column] = [i + 1, raw.length - raw.trimStart().length + 1];
    const goesOn = trimmed.endsWith("\\");
    pieces.push(goesOn ? trimmed.slice(0, -1).trimEnd() : trimmed);
    if (goesOn) continue;
    yield joined();
    pieces = [];
  }
  if (pieces.length > 0) yield joined();
}
