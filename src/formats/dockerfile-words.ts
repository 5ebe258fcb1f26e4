// The words of a Dockerfile's instruction: flags, assignments, heredocs' names, the exec form.
import type { Span } from "../kit/line-index.ts";

/** An instruction, as far as its words are read here. */
interface InstructionText {
  readonly keyword: string;
  readonly text: { readonly value: string };
  readonly argsAt: number;
  readonly json: readonly string[] | null;
}

/** A word of an instruction's joined text; `start` and `end` are places in it, quotes included. */
export interface DockerfileWord extends Span {
  /** Without the quotes that a shell would take off. */
  readonly value: string;
}

/** `--name` or `--name=value`, between the keyword and what it is about. */
export interface FlagWord extends Span {
  readonly name: string;
  /** null when nothing is assigned. */
  readonly value: string | null;
}

/** `<<NAME`, and the lines that it stands for. */
export interface Heredoc {
  readonly name: string;
  /** Whether variables in it are replaced: its name has no quotes. */
  readonly expands: boolean;
  /** `<<-`: tabs in front of its lines do not count. */
  readonly stripsTabs: boolean;
  /** Of its lines, in the file. */
  readonly start: number;
  readonly end: number;
  /** After the line that ends it. */
  readonly terminatorEnd: number;
}

/** A name that gets a value: `ARG A=1`, `ENV A=1 B="2 3"`, `LABEL a=b`. */
export interface Assignment {
  readonly name: string;
  /** Without quotes; null when there is only a name. */
  readonly value: string | null;
  /** Of the value in the joined text, quotes included. */
  readonly start: number;
  readonly end: number;
}

const WORDS_MAX = 20_000;

/** Splits at blanks, but not within quotes or after an escape. Never fails: a quote without an end goes to the end. */
export function wordsOf(text: string, from: number, escapeChar: string): DockerfileWord[] {
  const words: DockerfileWord[] = [];
  let at = from;
  while (words.length < WORDS_MAX) {
    while (at < text.length && BLANK.test(text[at] ?? "")) at += 1;
    if (at >= text.length) break;
    const word = wordAt(text, at, escapeChar);
    words.push(word);
    at = word.end;
  }
  return words;
}

const BLANK = /[ \t\v\f\r]/;

function wordAt(text: string, start: number, escapeChar: string): DockerfileWord {
  let at = start;
  let value = "";
  let quote = "";
  for (; at < text.length; at += 1) {
    const char = text[at] ?? "";
    if (quote === "" && BLANK.test(char)) break;
    const turned = quoteAfter(char, quote);
    if (turned === quote) {
      // Within single quotes nothing is escaped.
      if (char === escapeChar && quote !== "'" && at + 1 < text.length) at += 1;
      value += text[at] ?? "";
    } else quote = turned;
  }
  return { start, end: at, value };
}

/** The quote that is open after a character; `""` for none. */
function quoteAfter(char: string, open: string): string {
  if (char === open) return "";
  return open === "" && (char === '"' || char === "'") ? char : open;
}

/** Flags end at the first word without two dashes, or at two dashes alone. A flag's escape is always the backslash. */
export function flagsOf(text: string, from: number): { flags: FlagWord[]; end: number } {
  const flags: FlagWord[] = [];
  let end = from;
  for (let at = from; flags.length < FLAGS_MAX; at = end) {
    while (at < text.length && BLANK.test(text[at] ?? "")) at += 1;
    if (!text.startsWith("--", at)) break;
    const word = wordAt(text, at, "\\");
    end = word.end;
    if (word.value === "--") break;
    const equals = word.value.indexOf("=");
    flags.push({
      name: equals === -1 ? word.value.slice(2) : word.value.slice(2, equals),
      value: equals === -1 ? null : word.value.slice(equals + 1),
      start: word.start,
      end: word.end,
    });
  }
  return { flags, end };
}

const FLAGS_MAX = 1000;
const JSON_LENGTH_MAX = 1 << 20;

/** A list of texts in JSON; null for anything else, which is then the shell's. */
export function jsonForm(written: string): string[] | null {
  const text = written.trim();
  if (!text.startsWith("[") || text.length > JSON_LENGTH_MAX) return null;
  try {
    const value: unknown = JSON.parse(text);
    if (!Array.isArray(value)) return null;
    const texts = value.filter((item) => typeof item === "string");
    return texts.length === value.length ? texts : null;
  } catch {
    return null;
  }
}

const TAKES_HEREDOCS: ReadonlySet<string> = new Set(["ADD", "COPY", "RUN"]);
const HEREDOC = /^\d*<<(-?)([^<]+)$/;
const HEREDOCS_MAX = 1000;

/** The heredocs that an instruction announces, in their order. */
export function heredocsNamed(
  { keyword, text, argsAt, json }: InstructionText,
  escapeChar: string,
): Pick<Heredoc, "name" | "expands" | "stripsTabs">[] {
  if (!TAKES_HEREDOCS.has(keyword) || json !== null || !text.value.includes("<<")) return [];
  const found: Pick<Heredoc, "name" | "expands" | "stripsTabs">[] = [];
  for (const { start, end } of wordsOf(text.value, argsAt, escapeChar)) {
    const [, dash, rest = ""] = HEREDOC.exec(text.value.slice(start, end)) ?? [];
    const names = wordsOf(rest, 0, escapeChar);
    const [only] = names;
    if (only === undefined || names.length > 1 || only.value === "") continue;
    const expands = !/["']/.test(rest);
    found.push({ name: only.value, expands, stripsTabs: dash === "-" });
    if (found.length >= HEREDOCS_MAX) break;
  }
  return found;
}

/** What `ARG`, `ENV` and `LABEL` assign; also the old form with one blank, `ENV name value`. */
export function assignmentsOf(instruction: InstructionText, escapeChar: string): Assignment[] {
  const { text, argsAt, keyword } = instruction;
  const words = wordsOf(text.value, argsAt, escapeChar);
  const [first, second] = words;
  const isOld = keyword !== "ARG" && first !== undefined && !first.value.includes("=");
  if (isOld) {
    const start = second?.start ?? first.end;
    const value = second === undefined ? null : text.value.slice(start).trimEnd();
    return [{ name: first.value, value, start, end: text.value.length }];
  }
  return words.map(({ start, end, value }) => {
    const equals = value.indexOf("=");
    if (equals === -1) return { name: value, value: null, start: end, end };
    const at = text.value.indexOf("=", start) + 1;
    return { name: value.slice(0, equals), value: value.slice(equals + 1), start: at, end };
  });
}
