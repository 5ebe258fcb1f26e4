// Runs programs over texts: every character is looked at once, with all that could be meant side by side, so that no expression
// and no text makes it slow. Source: Russ Cox, "Regular Expression Matching: the Virtual Machine Approach" and "... in the Wild".

import type { Step } from "./program.ts";
import type { Assertion } from "./syntax.ts";

/** Where a match lies, in units. */
export interface Match {
  readonly start: number;
  readonly end: number;
}

/** The answer of a search, and up to where it had to look for it. */
export interface Search {
  readonly match: Match | null;
  readonly seen: number;
}

/** Where two characters meet; -1 for the ends of the text. */
interface Border {
  readonly before: number;
  readonly after: number;
}

const NOTHING = -1;
const NEWLINE = 10;

function holds(what: Assertion, { before, after }: Border): boolean {
  switch (what) {
    case "text-start":
      return before === NOTHING;
    case "text-end":
      return after === NOTHING;
    case "line-start":
      return before === NOTHING || before === NEWLINE;
    case "line-end":
      return after === NOTHING || after === NEWLINE;
    case "word-boundary":
      return isWord(before) !== isWord(after);
    case "no-word-boundary":
      return isWord(before) === isWord(after);
  }
}

function isWord(point: number): boolean {
  return (
    (point >= 0x30 && point <= 0x39) ||
    (point >= 0x41 && point <= 0x5a) ||
    point === 0x5f ||
    (point >= 0x61 && point <= 0x7a)
  );
}

/** Steps that are waiting at one place of the text, in the order of preference, each with where its match began. */
class Threads {
  readonly #program: readonly Step[];
  readonly #seen: Int32Array;
  #round = 0;
  readonly steps: number[] = [];
  readonly starts: number[] = [];

  constructor(program: readonly Step[]) {
    this.#program = program;
    this.#seen = new Int32Array(program.length);
  }

  clear(): void {
    this.steps.length = 0;
    this.starts.length = 0;
    this.#round += 1;
  }

  /** Adds a step, and all that it leads to without taking a character. */
  add(first: number, start: number, border: Border): void {
    const pending = [first];
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      if (this.#seen[at] === this.#round) continue;
      this.#seen[at] = this.#round;
      const step = this.#program[at] as Step;
      if (step.kind === "jump") pending.push(step.to);
      else if (step.kind === "fork") pending.push(step.second, step.first);
      else if (step.kind === "assert") {
        if (holds(step.what, border)) pending.push(at + 1);
      } else {
        this.steps.push(at);
        this.starts.push(start);
      }
    }
  }
}

/** The leftmost match at or after a unit, and of those the one that a search with going back would find first. */
export function findMatch(program: readonly Step[], text: string, from: number): Search {
  let current = new Threads(program);
  let next = new Threads(program);
  current.clear();
  let match: Match | null = null;
  let before = from === 0 ? NOTHING : pointBefore(text, from);
  for (let at = from; ; ) {
    const after = text.codePointAt(at) ?? NOTHING;
    if (match === null) current.add(0, at, { before, after });
    if (current.steps.length === 0 && match !== null) return { match, seen: at };
    const end = at + (after > 0xffff ? 2 : 1);
    const border = { before: after, after: text.codePointAt(end) ?? NOTHING };
    next.clear();
    match = advance({ program, current, next, border, at }) ?? match;
    if (after === NOTHING) return { match, seen: at };
    [current, next] = [next, current];
    before = after;
    at = end;
  }
}

interface Advance {
  readonly program: readonly Step[];
  readonly current: Threads;
  readonly next: Threads;
  /** Behind the character that is taken. */
  readonly border: Border;
  readonly at: number;
}

/** Takes one character. @returns A match that ends before it; what is preferred less is given up then. */
function advance({ program, current, next, border, at }: Advance): Match | null {
  for (let i = 0; i < current.steps.length; i += 1) {
    const index = current.steps[i] as number;
    const step = program[index] as Step;
    const start = current.starts[i] as number;
    if (step.kind === "match") return { start, end: at };
    if (step.kind === "take" && border.before !== NOTHING && step.set.has(border.before))
      next.add(index + 1, start, border);
  }
  return null;
}

function pointBefore(text: string, at: number): number {
  const low = text.charCodeAt(at - 1);
  const isPair = at >= 2 && low >= 0xdc00 && low <= 0xdfff;
  return isPair ? (text.codePointAt(at - 2) ?? low) : low;
}
