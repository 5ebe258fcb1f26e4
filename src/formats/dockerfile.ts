// Dockerfiles as BuildKit reads them: parser directives, continued lines, comments between them, heredocs, ONBUILD, flags; with
// the place of everything in the file. Nothing is replaced or judged here, and text that no engine would take is read as far as
// it goes, with a fault. @see https://docs.docker.com/reference/dockerfile/
import { AppError } from "../kit/error.ts";
import type { Span } from "../kit/line-index.ts";
import {
  type FlagWord,
  flagsOf,
  type Heredoc,
  heredocsNamed,
  jsonForm,
} from "./dockerfile-words.ts";

/** `# escape=…`, `# syntax=…`, `# check=…` at the top. */
export interface Directive extends Span {
  /** In lower case. */
  readonly name: string;
  readonly value: string;
  readonly valueStart: number;
}

export interface Instruction extends Span {
  /** In upper case. */
  readonly keyword: string;
  /** 1-based; `endLine` is that of the last heredoc when there is one. */
  readonly line: number;
  readonly endLine: number;
  /** Joined over its lines, without comments between them and without heredocs. */
  readonly text: JoinedText;
  readonly flags: readonly FlagWord[];
  /** What follows keyword and flags: from here to the end of `text`. */
  readonly argsAt: number;
  /** The exec form, `["a", "b"]`; null when it is not written so. */
  readonly json: readonly string[] | null;
  readonly heredocs: readonly Heredoc[];
  /** The instruction that `ONBUILD` keeps for later. */
  readonly onbuild: Instruction | null;
}

/** Something that an engine would refuse. */
export interface DockerfileFault {
  readonly line: number;
  readonly reason: string;
}

export interface Dockerfile {
  readonly escape: "\\" | "`";
  readonly directives: readonly Directive[];
  readonly instructions: readonly Instruction[];
  /** Whole lines, directives left out; from the `#` to the end of the line. */
  readonly comments: readonly (Span & { readonly line: number })[];
  readonly faults: readonly DockerfileFault[];
}

const LENGTH_MAX = 4 << 20;
const INSTRUCTIONS_MAX = 20_000;

/**
 * Reads a Dockerfile. A byte order mark is to be taken off before.
 *
 * @throws {AppError} `limit-exceeded` past 4 Mi characters or 20,000 instructions; nothing else.
 */
export function readDockerfile(text: string): Dockerfile {
  if (text.length > LENGTH_MAX) throw exceeded(`longer than ${LENGTH_MAX} characters`);
  return new Reader(text).read();
}

function exceeded(state: string): AppError {
  return new AppError("limit-exceeded", `cannot read Dockerfile: ${state}`);
}

/** Text made of several pieces of a file, which knows where each character stands there. */
export class JoinedText {
  readonly value: string;
  /** Where each piece begins, in the joined text and in the file. */
  readonly #pieces: readonly (readonly [joined: number, file: number])[];

  constructor(file: string, spans: readonly Span[]) {
    const pieces: [number, number][] = [];
    let value = "";
    for (const { start, end } of spans) {
      pieces.push([value.length, start]);
      value += file.slice(start, end);
    }
    this.value = value;
    this.#pieces = pieces;
  }

  /** Where a character stands in the file. */
  startAt(index: number): number {
    let low = 0;
    let high = this.#pieces.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#pieces[middle]?.[0] ?? 0) <= index) low = middle;
      else high = middle;
    }
    const found = this.#pieces[low] ?? [0, 0];
    return found[1] + index - found[0];
  }

  /** Where a range of characters stands in the file: it may include line ends between its pieces. */
  spanOf(start: number, end: number): Span {
    const from = this.startAt(start);
    return { start: from, end: end > start ? this.startAt(end - 1) + 1 : from };
  }
}

interface FileLine extends Span {
  /** Without its line end. */
  readonly text: string;
  readonly number: number;
}

const DIRECTIVE = /^#[ \t]*([A-Za-z][A-Za-z0-9]*)[ \t]*=[ \t]*/;
const DIRECTIVES: ReadonlySet<string> = new Set(["syntax", "escape", "check"]);

/** @see https://docs.docker.com/reference/dockerfile/#overview */
const INSTRUCTIONS: ReadonlySet<string> = new Set(
  `ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER VOLUME
  WORKDIR`.split(/\s+/),
);

class Reader {
  readonly #text: string;
  #at = 0;
  #number = 0;
  #escape: "\\" | "`" = "\\";
  readonly #directives: Directive[] = [];
  readonly #instructions: Instruction[] = [];
  readonly #comments: (Span & { line: number })[] = [];
  readonly #faults: DockerfileFault[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  read(): Dockerfile {
    let isTop = true;
    for (let line = this.#next(); line !== null; line = this.#next()) {
      // A first line for the shell of whoever starts the file.
      if (line.number === 1 && line.text.startsWith("#!")) continue;
      isTop &&= this.#directive(line);
      if (isTop) continue;
      const start = indentOf(line.text);
      if (line.text.startsWith("#", start)) this.#comment(line, start);
      else if (start < line.text.length) this.#instruction(line, start);
    }
    return {
      escape: this.#escape,
      directives: this.#directives,
      instructions: this.#instructions,
      comments: this.#comments,
      faults: this.#faults,
    };
  }

  #hasOwnFrontend(): boolean {
    return this.#directives.some(
      ({ name, value }) =>
        name === "syntax" && !/(?:^|\/)docker\/dockerfile(?:-upstream)?[:@]/.test(value),
    );
  }

  #next(): FileLine | null {
    if (this.#at >= this.#text.length) return null;
    const start = this.#at;
    const newline = this.#text.indexOf("\n", start);
    const end = newline === -1 ? this.#text.length : newline;
    this.#at = Math.min(end + 1, this.#text.length);
    this.#number += 1;
    const stop = end > start && this.#text.charCodeAt(end - 1) === 0x0d ? end - 1 : end;
    return { start, end: stop, text: this.#text.slice(start, stop), number: this.#number };
  }

  /** Anything but a known directive ends them; a name that is not known is a comment. */
  #directive(line: FileLine): boolean {
    const [head, written = ""] = DIRECTIVE.exec(line.text) ?? [];
    const name = written.toLowerCase();
    if (head === undefined || !DIRECTIVES.has(name)) return false;
    const value = line.text.slice(head.length).trimEnd();
    const valueStart = line.start + head.length;
    if (value === "") return false;
    if (this.#directives.some((d) => d.name === name))
      this.#faults.push({ line: line.number, reason: `the directive ${name} stands twice` });
    this.#directives.push({ name, value, valueStart, start: line.start, end: line.end });
    if (name !== "escape") return true;
    if (value === "`" || value === "\\") this.#escape = value;
    else this.#faults.push({ line: line.number, reason: "escape is neither \\ nor `" });
    return true;
  }

  #comment(line: FileLine, start: number): void {
    this.#comments.push({ start: line.start + start, end: line.end, line: line.number });
  }

  #instruction(first: FileLine, indent: number): void {
    if (this.#instructions.length >= INSTRUCTIONS_MAX)
      throw exceeded(`more than ${INSTRUCTIONS_MAX} instructions`);
    const pieces: Span[] = [];
    let last = first;
    let isContinued = this.#piece(first, indent, pieces);
    while (isContinued) {
      const line = this.#next();
      if (line === null) break;
      const start = indentOf(line.text);
      if (line.text.startsWith("#", start)) this.#comment(line, start);
      // Empty lines within an instruction are passed over, as engines still do.
      else if (start < line.text.length) {
        last = line;
        isContinued = this.#piece(line, 0, pieces);
      }
    }
    const text = new JoinedText(this.#text, pieces);
    const base = { text, start: first.start + indent, end: last.end, line: first.number };
    const instruction = instructionFrom(base, { at: 0, endLine: last.number, isOuter: true });
    this.#doubt(instruction);
    this.#instructions.push(this.#withHeredocs(instruction));
  }

  /** What is no instruction is one, perhaps, to a frontend of somebody's own. */
  #doubt({ keyword, line, text }: Instruction): void {
    const isTemplate = keyword.startsWith("{") || (keyword === "FROM" && text.value.includes("{{"));
    if (isTemplate) this.#faults.push({ line, reason: "it is a template; render it first" });
    else if (!INSTRUCTIONS.has(keyword) && !this.#hasOwnFrontend())
      this.#faults.push({
        line,
        reason: `${JSON.stringify(keyword.slice(0, 60))} is no instruction`,
      });
  }

  /** Adds what a line says; whether the instruction goes on below. */
  #piece(line: FileLine, from: number, pieces: Span[]): boolean {
    let end = line.text.length;
    while (end > from && isBlank(line.text.charCodeAt(end - 1))) end -= 1;
    const isEscape = end > from && line.text[end - 1] === this.#escape;
    // An escaped escape at the end of a line is a character.
    const isContinued = isEscape && line.text[end - 2] !== this.#escape;
    const stop = isContinued ? end - 1 : line.text.length;
    pieces.push({ start: line.start + from, end: line.start + stop });
    return isContinued;
  }

  #withHeredocs(instruction: Instruction): Instruction {
    const heredocs = heredocsNamed(instruction.onbuild ?? instruction, this.#escape).map(
      (named) => {
        const start = this.#at;
        let end = start;
        for (let line = this.#next(); line !== null; line = this.#next()) {
          const candidate = named.stripsTabs ? line.text.replace(/^\t+/, "") : line.text;
          if (candidate === named.name) return { ...named, start, end, terminatorEnd: line.end };
          end = this.#at;
        }
        const reason = `the heredoc ${JSON.stringify(named.name.slice(0, 60))} has no end`;
        this.#faults.push({ line: instruction.line, reason });
        return { ...named, start, end, terminatorEnd: end };
      },
    );
    const end = heredocs.at(-1)?.terminatorEnd;
    if (end === undefined) return instruction;
    const inner = instruction.onbuild;
    const place = { end, endLine: this.#number, heredocs };
    return {
      ...instruction,
      ...place,
      ...(inner === null ? {} : { onbuild: { ...inner, ...place } }),
    };
  }
}

interface Base extends Span {
  readonly text: JoinedText;
  readonly line: number;
}

function instructionFrom(
  base: Base,
  { at, endLine, isOuter }: { at: number; endLine: number; isOuter: boolean },
): Instruction {
  const { value } = base.text;
  const keywordEnd = wordEnd(value, at);
  const keyword = value.slice(at, keywordEnd).toUpperCase();
  const { flags, end } = flagsOf(value, keywordEnd);
  const argsAt = end + indentOf(value.slice(end));
  const isWrapper = keyword === "ONBUILD" && isOuter && argsAt < value.length;
  return {
    ...base,
    start: base.text.spanOf(at, value.length).start,
    keyword,
    endLine,
    flags,
    argsAt,
    json: jsonForm(value.slice(argsAt)),
    heredocs: [],
    onbuild: isWrapper ? instructionFrom(base, { at: argsAt, endLine, isOuter: false }) : null,
  };
}

function wordEnd(text: string, start: number): number {
  let end = start;
  while (end < text.length && !isBlank(text.charCodeAt(end))) end += 1;
  return end;
}

function indentOf(text: string): number {
  let at = 0;
  while (at < text.length && isBlank(text.charCodeAt(at))) at += 1;
  return at;
}

/** Space, tab, vertical tab, form feed, carriage return. */
function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0b || code === 0x0c || code === 0x0d;
}
