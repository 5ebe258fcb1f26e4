// How we speak. Results go to stdout and nothing else does; everything else goes to stderr as
// `bulwark: error: …`, `bulwark: warning: …`, `bulwark: hint: …`, `bulwark: note: …`, lower case after the colon, no full stop.
// Colour only on a terminal; NO_COLOR is honoured; nothing asks questions without a terminal.
import { printOutput } from "../app/write-output.ts";
import { visible } from "../kit/display.ts";
import { AppError, reasonOf } from "../kit/error.ts";

/** The two channels to the user, and what is known about the screen. */
export interface Terminal {
  /** Columns; 80 when stdout is not a terminal. */
  readonly width: number;
  /** Lines; 24 when stdout is not a terminal. */
  readonly height: number;
  /** stdout is a terminal: what is longer than it is wide is better cut than folded. */
  readonly isScreen: boolean;
  /** Aborted when whoever reads stdout has gone away: a command that runs until it is stopped is done then. */
  readonly unread: AbortSignal;
  readonly colour: boolean;
  /** stderr is a terminal: progress may be drawn there. */
  readonly interactive: boolean;
  /** Writes results; resolves when the other side took them. */
  print(text: string): Promise<void>;
  /** Tells what was done where results went to a file. */
  note(text: string): void;
  warn(text: string): void;
  hint(text: string): void;
  /** Replaces the progress line; null erases it. Does nothing without a terminal. */
  progress(line: string | null): void;
}

/** The process's own channels. */
export function processTerminal(): Terminal {
  const { stdout, stderr, env } = process;
  const interactive = stderr.isTTY === true && env["CI"] === undefined && env["TERM"] !== "dumb";
  let drawn = false;
  const unread = new AbortController();
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") unread.abort();
  });
  const erase = (): void => {
    if (drawn) stderr.write("\r\u001b[K");
    drawn = false;
  };
  const say = (kind: string, text: string): void => {
    erase();
    stderr.write(`bulwark: ${kind}: ${visible(text)}\n`);
  };
  return {
    get height() {
      return stdout.rows || 24;
    },
    get width() {
      return stdout.isTTY === true && env["CI"] === undefined
        ? Math.max(40, columnsOf(stdout))
        : saidColumns(env["COLUMNS"]);
    },
    isScreen: stdout.isTTY === true,
    unread: unread.signal,
    colour: wantsColour(),
    interactive,
    print: (text) => {
      erase();
      return printOutput(text);
    },
    note: (text) => say("note", text),
    warn: (text) => say("warning", text),
    hint: (text) => say("hint", text),
    progress: (line) => {
      if (!interactive) return;
      erase();
      if (line === null) return;
      stderr.write(`\r${visible(line).slice(0, Math.max(20, columnsOf(stderr) - 1))}`);
      drawn = true;
    },
  };
}

/** Where there is no terminal, whoever reads may say how wide a line is; 80 when nobody does. */
function saidColumns(said: string | undefined): number {
  const columns = /^\d{1,4}$/.test(said ?? "") ? Number(said) : 80;
  return Math.max(40, columns);
}

/** A terminal whose size nobody set says 0. */
function columnsOf({ columns }: { readonly columns?: number }): number {
  return columns || 80;
}

/** @see https://no-color.org and https://force-color.org */
function wantsColour(): boolean {
  const { env, stdout } = process;
  if ((env["NO_COLOR"] ?? "") !== "") return false;
  if ((env["FORCE_COLOR"] ?? "") !== "" && env["FORCE_COLOR"] !== "0") return true;
  return stdout.isTTY === true && env["TERM"] !== "dumb" && env["CI"] === undefined;
}

/** What is printed when a command failed: the message, its code, and the way out. Messages quote what strangers wrote. */
export function failureText(thrown: unknown): string {
  if (thrown instanceof AppError) {
    const hint = thrown.hint === null ? "" : `bulwark: hint: ${visible(thrown.hint)}\n`;
    return `bulwark: error: ${visible(thrown.message)} (${thrown.code})\n${hint}`;
  }
  const lines = thrown instanceof Error ? (thrown.stack ?? "").split("\n") : [];
  const trace = lines.map((line) => `\n${visible(line)}`).join("");
  return `bulwark: error: ${visible(reasonOf(thrown))} (internal)\nbulwark: hint: this is a defect in bulwark; report it with the lines below${trace}\n`;
}
