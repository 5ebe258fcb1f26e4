import type { Surroundings } from "../app/surroundings.ts";
import type { Terminal } from "./terminal.ts";

/** One option of a command: from this table come parsing, `--help` and the reference page. */
export interface OptionSpec {
  readonly type: "string" | "boolean";
  /** The word for its value in help texts: `FILE`, `table|json`. Absent for booleans. */
  readonly value?: string;
  /** What it does: lower case, no full stop. */
  readonly summary: string;
  readonly short?: string;
  /** May be given several times. */
  readonly multiple?: true;
  /** The only values allowed. */
  readonly choices?: readonly string[];
}

/** What a command is given to run with. */
export interface Invocation {
  readonly args: readonly string[];
  readonly options: Options;
  readonly terminal: Terminal;
  /** Aborted by SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
}

/** Parsed options, typed by the question that is asked of them. */
export interface Options {
  flag(name: string): boolean;
  text(name: string): string | null;
  texts(name: string): readonly string[];
}

/** A command of the program. `run` returns the exit code and throws AppError when the operation failed. */
export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** After `bulwark `: `scan TARGET… [options]`. */
  readonly usage: readonly string[];
  /** Paragraphs for `--help` and the reference page. */
  readonly details: readonly string[];
  readonly options: Readonly<Record<string, OptionSpec>>;
  /**
   * For a command that does several things: which options each of them takes, so that none is ignored. By the first word; by an
   * option that makes it another thing, as in `--would-have`; by the empty word for what it does without either.
   */
  readonly takes?: Readonly<Record<string, readonly string[]>>;
  /** Command lines that can be copied, each with what it does. */
  readonly examples: readonly (readonly [line: string, does: string])[];
  run(invocation: Invocation): Promise<number>;
}

/** An entry of the list of commands: what `--help` needs, and how to load the rest when it is called. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  load(): Promise<Command>;
}

/** What a use case needs of this process. */
export function surroundingsOf({ terminal, signal }: Invocation): Surroundings {
  return {
    env: process.env,
    signal,
    progress: (line) => terminal.progress(line),
    warn: (text) => terminal.warn(text),
    note: (text) => terminal.note(text),
  };
}
