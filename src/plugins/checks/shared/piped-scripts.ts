// What is fetched and run in one go.
import type { ShellCommand } from "../../../model/shell.ts";

const FETCHERS: ReadonlySet<string> = new Set(["curl", "wget", "fetch", "aria2c", "http", "https"]);
const RUNNERS =
  /^(?:(?:ba|da|a|z|k|c|tc)?sh|python[\d.]*|perl|ruby|node|php|deno|bun|pwsh|eval|source|\.)$/;

/** What runs what a command fetches; null when nothing does, or it fetches nothing. */
export function runnerOfFetched(
  command: ShellCommand,
  all: readonly ShellCommand[],
): string | null {
  return command.name !== null && FETCHERS.has(command.name) ? runnerOf(command, all) : null;
}

/** What runs the output of a command in the end, also when others pass it on. */
function runnerOf(command: ShellCommand, all: readonly ShellCommand[]): string | null {
  let at: ShellCommand = command;
  for (let steps = 0; steps < all.length && at.feeds !== null; steps += 1) {
    const next = all[at.feeds];
    if (next === undefined) return null;
    // A command that is the output itself.
    if (next.name === "") return nameOf(next, all);
    const ran = ranBy(next, all);
    if (ran !== null) return ran;
    at = next;
  }
  return null;
}

/** A wrapper takes the output for what it runs. */
function ranBy(command: ShellCommand, all: readonly ShellCommand[]): string | null {
  const { name } = command;
  if (name !== null && RUNNERS.test(name)) return takesScript(command) ? name : null;
  const inner = all.find(({ runBy }) => runBy !== null && all[runBy] === command);
  return inner === undefined ? null : ranBy(inner, all);
}

/** An interpreter with a program of its own takes what comes for data. */
function takesScript({ name, words }: ShellCommand): boolean {
  const texts = words.map(({ value }) => value);
  if (name === "eval" || name === "source" || name === ".") return true;
  const isShell = /sh$/.test(name ?? "");
  const first = texts.find((text) => !text.startsWith("-") || text === "-");
  if (texts.some((text) => (isShell ? /^-[a-z]*c$/ : /^-(?:[cerm]|-eval|pe|ne)$/).test(text)))
    return /^\$\(|^`/.test(first ?? "");
  if (isShell && texts.some((text) => /^-[a-z]*s$/.test(text))) return true;
  return first === undefined || first === "-" || first.startsWith("<(") || first === "/dev/stdin";
}

function nameOf(command: ShellCommand, all: readonly ShellCommand[]): string {
  const by = command.runBy === null ? null : all[command.runBy]?.name;
  return by ?? "the shell";
}
