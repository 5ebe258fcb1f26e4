// Whether a text contains a match, by an automaton that is built as far as texts need it: what a set of steps does with a
// character is remembered. For programs whose assertions are about the ends of the text only.
import type { Step } from "./program.ts";

interface State {
  /** Steps that take a character. */
  readonly takes: readonly number[];
  /** A match ends here. */
  readonly isMatch: boolean;
  /** A match ends here if the text does. */
  readonly isMatchAtEnd: boolean;
  /** The next state by character of ASCII, as far as known. */
  readonly next: (State | undefined)[];
}

const ASCII = 128;
const STATES_MAX = 200;

export class Automaton {
  readonly #program: readonly Step[];
  readonly #states = new Map<string, State>();
  readonly #first: State;
  /** Whether a match may begin behind the start of the text. */
  readonly #startsLater: readonly number[];

  constructor(program: readonly Step[]) {
    this.#program = program;
    this.#startsLater = [0];
    this.#first = this.#stateOf([0], true);
  }

  /** Whether an automaton can be built for a program. */
  static fits(program: readonly Step[]): boolean {
    return program.every(
      (step) => step.kind !== "assert" || step.what === "text-start" || step.what === "text-end",
    );
  }

  test(text: string): boolean {
    let state = this.#first;
    for (let at = 0; at < text.length; ) {
      if (state.isMatch) return true;
      const unit = text.charCodeAt(at);
      if (unit < ASCII) {
        const known = state.next[unit];
        state = known ?? this.#follow(state, unit);
        at += 1;
        continue;
      }
      const point = text.codePointAt(at) ?? unit;
      state = this.#after(state, point);
      at += point > 0xffff ? 2 : 1;
    }
    return state.isMatch || state.isMatchAtEnd;
  }

  #follow(state: State, unit: number): State {
    const next = this.#after(state, unit);
    state.next[unit] = next;
    return next;
  }

  #after({ takes }: State, point: number): State {
    const reached: number[] = [];
    for (const index of takes) {
      const step = this.#program[index] as Step;
      if (step.kind === "take" && step.set.has(point)) reached.push(index + 1);
    }
    return this.#stateOf([...reached, ...this.#startsLater], false);
  }

  #stateOf(steps: readonly number[], isStart: boolean): State {
    const here = this.#closure(steps, isStart, false);
    const key = `${isStart}${here.takes.join()}`;
    const isMatchAtEnd = this.#closure(steps, isStart, true).isMatch;
    const full = `${key}${here.isMatch}${isMatchAtEnd}`;
    const known = this.#states.get(full);
    if (known !== undefined) return known;
    const state: State = { ...here, isMatchAtEnd, next: [] };
    if (this.#states.size >= STATES_MAX) this.#forget();
    this.#states.set(full, state);
    return state;
  }

  /** Starts anew when there are too many states: the work for each character stays within the size of the program. */
  #forget(): void {
    for (const state of this.#states.values()) state.next.length = 0;
    this.#states.clear();
  }

  /** All that steps lead to without taking a character. */
  #closure(
    steps: readonly number[],
    isStart: boolean,
    isEnd: boolean,
  ): { takes: number[]; isMatch: boolean } {
    const seen = new Set<number>();
    const pending = [...steps];
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      if (seen.has(at)) continue;
      seen.add(at);
      pending.push(...this.#leadsTo(at, isStart, isEnd));
    }
    const reached = [...seen].sort((a, b) => a - b);
    const isKind = (kind: Step["kind"]) => (at: number) => this.#program[at]?.kind === kind;
    return { takes: reached.filter(isKind("take")), isMatch: reached.some(isKind("match")) };
  }

  #leadsTo(at: number, isStart: boolean, isEnd: boolean): readonly number[] {
    const step = this.#program[at] as Step;
    switch (step.kind) {
      case "jump":
        return [step.to];
      case "fork":
        return [step.first, step.second];
      case "assert":
        return (step.what === "text-start" ? isStart : isEnd) ? [at + 1] : [];
      default:
        return [];
    }
  }
}
