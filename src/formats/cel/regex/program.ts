// From an expression to a program of simple steps, as in Thompson's construction; its size bounds what each character costs.
import { fail } from "../values/failure.ts";
import { type CharacterSet, characterSet } from "./character-set.ts";
import type { Assertion, Regex } from "./syntax.ts";

export type Step =
  /** Takes one character and goes on with the next step. */
  | { readonly kind: "take"; readonly set: CharacterSet }
  /** Goes on at two steps, and prefers the first. */
  | { readonly kind: "fork"; first: number; second: number }
  | { readonly kind: "jump"; to: number }
  | { readonly kind: "assert"; readonly what: Assertion }
  | { readonly kind: "match" };

const STEPS_MAX = 4_000;

/** @throws Failure when it would be too large. */
export function programOf(regex: Regex): readonly Step[] {
  const steps: Step[] = [];
  write(steps, regex);
  steps.push({ kind: "match" });
  return steps;
}

function write(steps: Step[], regex: Regex): void {
  if (steps.length > STEPS_MAX) fail("a regular expression repeats too much");
  switch (regex.kind) {
    case "set":
      steps.push({ kind: "take", set: characterSet(regex.set) });
      return;
    case "assertion":
      steps.push({ kind: "assert", what: regex.what });
      return;
    case "sequence":
      for (const part of regex.parts) write(steps, part);
      return;
    case "choice":
      writeChoice(steps, regex.parts);
      return;
    case "repeat":
      writeRepeat(steps, regex);
  }
}

function writeChoice(steps: Step[], parts: readonly Regex[]): void {
  const jumps: { kind: "jump"; to: number }[] = [];
  parts.forEach((part, i) => {
    if (i === parts.length - 1) {
      write(steps, part);
      return;
    }
    const fork = { kind: "fork" as const, first: steps.length + 1, second: 0 };
    steps.push(fork);
    write(steps, part);
    const jump = { kind: "jump" as const, to: 0 };
    steps.push(jump);
    jumps.push(jump);
    fork.second = steps.length;
  });
  for (const jump of jumps) jump.to = steps.length;
}

type Repeat = Regex & { readonly kind: "repeat" };

function writeRepeat(steps: Step[], { part, min, max, isGreedy }: Repeat): void {
  if (max === Infinity) {
    for (let i = 1; i < min; i += 1) write(steps, part);
    // A part that may be empty: once or more, or not at all, as Go has it since 1.17.
    if (min === 0 && canBeEmpty(part))
      writeOptional(steps, isGreedy, () => writeOnceOrMore(steps, part, isGreedy));
    else if (min === 0) writeAny(steps, part, isGreedy);
    else writeOnceOrMore(steps, part, isGreedy);
    return;
  }
  for (let i = 0; i < min; i += 1) write(steps, part);
  writeNested(steps, part, max - min, isGreedy);
}

/** `(x(x(x)?)?)?` without a nesting of calls. */
function writeNested(steps: Step[], part: Regex, count: number, isGreedy: boolean): void {
  const forks: Fork[] = [];
  for (let i = 0; i < count; i += 1) {
    forks.push(pushFork(steps));
    write(steps, part);
  }
  for (const { fork, after } of forks) setFork(fork, isGreedy, after, steps.length);
}

interface Fork {
  readonly fork: { kind: "fork"; first: number; second: number };
  /** The step behind it. */
  readonly after: number;
}

function pushFork(steps: Step[]): Fork {
  const fork = { kind: "fork" as const, first: 0, second: 0 };
  steps.push(fork);
  return { fork, after: steps.length };
}

function setFork(fork: Fork["fork"], isGreedy: boolean, more: number, out: number): void {
  fork.first = isGreedy ? more : out;
  fork.second = isGreedy ? out : more;
}

function writeOptional(steps: Step[], isGreedy: boolean, body: () => void): void {
  const { fork, after } = pushFork(steps);
  body();
  setFork(fork, isGreedy, after, steps.length);
}

function writeAny(steps: Step[], part: Regex, isGreedy: boolean): void {
  const { fork, after } = pushFork(steps);
  write(steps, part);
  steps.push({ kind: "jump", to: after - 1 });
  setFork(fork, isGreedy, after, steps.length);
}

function writeOnceOrMore(steps: Step[], part: Regex, isGreedy: boolean): void {
  const start = steps.length;
  write(steps, part);
  const { fork, after } = pushFork(steps);
  setFork(fork, isGreedy, start, after);
}

function canBeEmpty(regex: Regex): boolean {
  switch (regex.kind) {
    case "set":
      return false;
    case "assertion":
      return true;
    case "sequence":
      return regex.parts.every(canBeEmpty);
    case "choice":
      return regex.parts.some(canBeEmpty);
    case "repeat":
      return regex.min === 0 || canBeEmpty(regex.part);
  }
}
