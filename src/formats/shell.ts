// Shell scripts: the simple commands in them, with their words as far as these are written out, and what runs or reads what.
import {
  type Assignment,
  type CommandNode,
  forEachChild,
  type HereDoc,
  type ParsedScript,
  type PipelineNode,
  parse,
  type Redirection,
  type SyntaxNode,
  type Word,
  type WordPart,
} from "unbash";
import type { ShellCommand, ShellScript, ShellVariable, ShellWord } from "../model/shell.ts";
import type { Pointer } from "../model/workload.ts";
import { innerOf } from "./shell-wrappers.ts";

/** Longer scripts, and those that open more than others, are not anybody's: reading them would take long. */
const LENGTH_MAX = 256 << 10;
const OPENINGS_MAX = 1000;
const COMMANDS_MAX = 20_000;
/** Scripts within scripts, and expansions within expansions. */
const DEPTH_MAX = 100;
const SCRIPTS_MAX = 8;

/** Where a place in a script stands for people. */
export type PlaceOf = (offset: number) => Pointer;

/** Reads a script of a POSIX shell or of bash. Never throws: what cannot be read is said in `unread`. */
export function readShell(source: string, placeOf: PlaceOf): ShellScript {
  const reader = new Reader();
  reader.script(source, placeOf, { feeds: null, runBy: null, into: [], depth: 0 });
  return { commands: reader.commands.map(({ command }) => command), unread: reader.unread };
}

/** Reads a command that no shell splits into words: the exec form. */
export function readArguments(words: readonly string[], at: Pointer): ShellScript {
  const reader = new Reader();
  const all = words.map((value): ShellWord => ({ value, isStatic: true, at }));
  reader.words(all, [], { at, feeds: null, runBy: null, into: [], depth: 0 });
  return { commands: reader.commands.map(({ command }) => command), unread: reader.unread };
}

interface Within {
  readonly feeds: number | null;
  readonly runBy: number | null;
  readonly into: readonly ShellWord[];
  readonly depth: number;
}

interface Source {
  readonly text: string;
  readonly placeOf: PlaceOf;
}

class Reader {
  readonly commands: { command: ShellCommand }[] = [];
  unread: ShellScript["unread"] = null;

  script(text: string, placeOf: PlaceOf, within: Within): void {
    if (within.depth > SCRIPTS_MAX || text.length > LENGTH_MAX || openings(text) > OPENINGS_MAX) {
      this.#miss(placeOf(0), "its script is longer or deeper than is read");
      return;
    }
    const parsed = parsedOrNull(text);
    if (parsed === null) this.#miss(placeOf(0), "its script is nested deeper than is read");
    else this.#parsed(parsed, { text, placeOf }, within);
  }

  /** A command by its words, and what it runs. */
  words(
    all: readonly ShellWord[],
    variables: readonly ShellVariable[],
    { at, ...within }: Within & { readonly at: Pointer },
  ): number | null {
    if (this.commands.length >= COMMANDS_MAX) {
      this.#miss(at, "it has more commands than are read");
      return null;
    }
    const [program, ...words] = all;
    const index = this.commands.length;
    const written = program?.isStatic === true ? baseName(program.value) : "";
    const name = program === undefined ? null : written;
    const { feeds, runBy, into, depth } = within;
    this.commands.push({ command: { name, words, variables, at, feeds, runBy, into } });
    const inner = depth > DEPTH_MAX || name === null ? null : innerOf(name, words);
    if (inner === null) return index;
    const deeper = { feeds, runBy: index, into, depth: depth + 1 };
    if (inner.kind === "words") this.words(inner.words, inner.variables, { ...deeper, at });
    else this.script(inner.text, () => inner.at, deeper);
    return index;
  }

  #miss(at: Pointer, why: string): void {
    this.unread ??= { at, why };
  }

  #parsed(script: ParsedScript, source: Source, within: Within): void {
    const [error] = script.errors ?? [];
    if (error !== undefined)
      this.#miss(source.placeOf(error.pos), `its script cannot be read: ${error.message}`);
    // What stands within backticks has places of its own, which lead nowhere.
    const own =
      script.source === undefined
        ? source
        : { text: script.source, placeOf: () => source.placeOf(0) };
    for (const statement of script.commands) this.#node(statement, own, within);
  }

  #node(node: SyntaxNode, source: Source, within: Within): void {
    if (within.depth > DEPTH_MAX) {
      this.#miss(source.placeOf(0), "its script is nested deeper than is read");
      return;
    }
    const deeper = { ...within, depth: within.depth + 1 };
    if (node.type === "Command") this.#command(node, source, deeper);
    else if (node.type === "Pipeline") this.#pipeline(node.commands, source, deeper);
    else if (isScript(node)) this.#parsed(node, source, deeper);
    else if (node.type === "Redirected") {
      const into = [...within.into, ...targetsOf(node.redirects, source)];
      forEachChild(node, (child) => this.#node(child, source, { ...deeper, into }));
    } else forEachChild(node, (child) => this.#node(child, source, deeper));
  }

  /** The later ones are read first, so that what feeds them knows them. */
  #pipeline(nodes: readonly CommandNode[], source: Source, within: Within): void {
    let { feeds } = within;
    for (const node of [...nodes].reverse()) {
      const first = this.commands.length;
      this.#node(node, source, { ...within, feeds });
      feeds = this.commands.length > first ? first : feeds;
    }
  }

  #command(node: Extract<PipelineNode, { type: "Command" }>, source: Source, within: Within): void {
    const assignments = node.prefix.filter((one) => one.type === "Assignment");
    const args = node.args.filter((one) => one.type === "Word" || one.type === "Assignment");
    const written = node.name === undefined ? args : [node.name, ...args];
    const words = written.map((one) => wordFrom(one, source));
    const variables = assignments.flatMap((one) => variableFrom(one, source));
    const into = [...within.into, ...targetsOf(node.redirects, source)];
    const index = this.words(words, variables, { ...within, into, at: source.placeOf(node.pos) });
    // Scripts in its words: their output is what it works on.
    const fed = { ...within, feeds: index, runBy: null, into: [] };
    const isSeen = (one: SyntaxNode): boolean => hasParts(one) && !this.#isRead(index, one, source);
    for (const one of [...written, ...assignments, ...node.redirects])
      if (isSeen(one)) forEachChild(one, (child) => this.#node(child, source, fed));
    for (const one of node.redirects)
      if (one.type === "HereDoc" && index !== null) this.#heredoc(one, source, index, within);
  }

  /** Whether a word was read as a script already. */
  #isRead(index: number | null, { pos }: SyntaxNode, { placeOf }: Source): boolean {
    if (index === null) return false;
    const inner = this.commands.at(index + 1)?.command;
    return inner?.runBy === index && inner.at === placeOf(pos) && inner.name !== null;
  }

  /** What a shell reads from a heredoc is a script. */
  #heredoc({ body }: HereDoc, source: Source, index: number, within: Within): void {
    const command = this.commands[index]?.command;
    if (command === undefined || !SHELLS.has(command.name ?? "")) return;
    if (command.words.some(({ value }) => !value.startsWith("-"))) return;
    const placeOf = (offset: number): Pointer => source.placeOf(body.pos + offset);
    this.script(body.text, placeOf, { ...within, runBy: index });
  }
}

const SHELLS: ReadonlySet<string> = new Set(["sh", "bash", "ash", "dash"]);

function isScript(node: SyntaxNode): node is ParsedScript {
  return node.type === "Script";
}

function hasParts(node: SyntaxNode): boolean {
  return node.type !== "Word" || node.parts !== undefined;
}

/** Where `>`, `>>` and their like write to. */
function targetsOf(redirects: readonly Redirection[], source: Source): ShellWord[] {
  return redirects.flatMap((one) =>
    one.type === "Redirect" && one.operator.includes(">") && one.target !== undefined
      ? [wordFrom(one.target, source)]
      : [],
  );
}

/** A stack that overflows is the parser's own bound on nesting. */
function parsedOrNull(text: string): ParsedScript | null {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** What the time to parse grows with faster than with the length. */
function openings(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length - 1; at += 1) {
    const [char, next] = [text[at], text[at + 1]];
    if (
      char === "`" ||
      (OPENERS.has(char ?? "") && (next === "(" || next === "[" || next === "<" || next === "'"))
    )
      count += 1;
  }
  return count;
}

const OPENERS: ReadonlySet<string> = new Set(["$", "<", ">"]);

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function wordFrom(node: Word | Assignment, { placeOf }: Source): ShellWord {
  const at = placeOf(node.pos);
  if (node.type === "Assignment")
    return { value: node.text, isStatic: isLiteralAssignment(node), at };
  return { value: node.value, isStatic: isLiteral(node), at };
}

function isLiteralAssignment({ value }: Assignment): boolean {
  return value.type === "Word" && isLiteral(value);
}

function isLiteral({ parts = [] }: Word): boolean {
  return parts.every(isLiteralPart);
}

function isLiteralPart(part: WordPart): boolean {
  switch (part.type) {
    case "Literal":
    case "SingleQuoted":
    case "AnsiCQuoted":
      return true;
    case "DoubleQuoted":
      return part.parts.every(isLiteralPart);
    default:
      return false;
  }
}

function variableFrom({ name, value, pos }: Assignment, source: Source): ShellVariable[] {
  if (value.type === "Word") return [{ name, value: wordFrom(value, source) }];
  return [{ name, value: { value: "", isStatic: false, at: source.placeOf(pos) } }];
}
