// Scripts that test the command line: what is run, how it ends, what it says, and the files it finds.
//
//   # why this test exists
//   $ bulwark scan . --fail-on high     a command; words are separated by spaces, '…' holds them together
//   exit 3                              how the last command ends; 0 when not said
//   stdout ^this project :              a regular expression that some line of its output matches (multiline)
//   !stdout clean                       one that no line matches
//   stderr hint
//   file out.json "schema"              a file that it wrote, and what stands in it
//   env NAME=value                      for the commands that follow
//   -- compose.yaml --                  a file, up to the next such line
//   services: …
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Ended, start } from "../lab/bundle.ts";

export interface Step {
  readonly command: readonly string[];
  readonly line: number;
  readonly env: Readonly<Record<string, string>>;
  exit: number;
  readonly checks: Check[];
}

interface Check {
  readonly what: string;
  readonly negated: boolean;
  readonly pattern: RegExp;
  readonly line: number;
}

export interface Script {
  readonly steps: readonly Step[];
  readonly files: ReadonlyMap<string, string>;
}

/** @throws {Error} naming the line that is not understood. */
export function parseScript(text: string): Script {
  const [head = "", ...rest] = text.split(/^-- (\S+) --\n/m);
  const files = new Map<string, string>();
  for (let i = 0; i < rest.length; i += 2) files.set(rest[i] ?? "", rest[i + 1] ?? "");
  const steps: Step[] = [];
  const env: Record<string, string> = {};
  for (const [index, line] of head.split("\n").entries()) {
    const number = index + 1;
    const assignment = /^env ([^=]+)=(.*)$/.exec(line);
    if (line === "" || line.startsWith("#")) continue;
    if (assignment !== null) env[assignment[1] ?? ""] = assignment[2] ?? "";
    else if (line.startsWith("$ "))
      steps.push({
        command: words(line.slice(2)),
        line: number,
        env: { ...env },
        exit: 0,
        checks: [],
      });
    else expectation(line, number, steps.at(-1));
  }
  return { steps, files };
}

function expectation(line: string, number: number, step: Step | undefined): void {
  const exit = /^exit (\d+)$/.exec(line);
  const check = /^(!?)(stdout|stderr|file \S+) (.+)$/.exec(line);
  if (step === undefined || (exit === null && check === null))
    throw new Error(`line ${number} is not understood: ${line}`);
  if (exit !== null) step.exit = Number(exit[1]);
  else if (check !== null)
    step.checks.push({
      what: check[2] ?? "",
      negated: check[1] === "!",
      pattern: new RegExp(check[3] ?? "", "mu"),
      line: number,
    });
}

function words(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map((m) => m[1] ?? m[2] ?? "");
}

export function writeFiles(folder: string, files: Script["files"]): void {
  for (const [name, content] of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

/** Runs a step; returns what is wrong with it, one text for each fault. */
export async function runStep(step: Step, program: string, folder: string): Promise<string[]> {
  const [name, ...args] = step.command;
  if (name !== "bulwark") return [`line ${step.line}: only bulwark can be run`];
  const ended = await start(program, args, { folder, env: step.env }).ended;
  const faults: string[] = [];
  if (ended.exit !== step.exit)
    faults.push(`line ${step.line}: exit ${ended.exit}, wanted ${step.exit}\n${ended.stderr}`);
  for (const check of step.checks) {
    const text = textOf(check.what, ended, folder);
    if (check.pattern.test(text) === check.negated)
      faults.push(`line ${check.line}: ${check.what} ${check.pattern} in:\n${text.slice(0, 3000)}`);
  }
  return faults;
}

function textOf(what: string, ended: Ended, folder: string): string {
  if (what === "stdout") return ended.stdout;
  if (what === "stderr") return ended.stderr;
  return readFileSync(join(folder, what.slice("file ".length)), "utf8");
}
