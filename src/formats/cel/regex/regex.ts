// Regular expressions with the meaning of RE2, in time that grows with text times expression and no faster.
import { Automaton } from "./automaton.ts";
import { findMatch } from "./match.ts";
import { programOf, type Step } from "./program.ts";
import { parseRegex } from "./syntax.ts";

const KNOWN_MAX = 500;
const known = new Map<string, CompiledRegex>();

/** @throws Failure when the pattern is none, or none that is supported. */
export function compileRegex(pattern: string): CompiledRegex {
  const before = known.get(pattern);
  if (before !== undefined) return before;
  const regex = new CompiledRegex(pattern);
  if (known.size >= KNOWN_MAX) known.clear();
  known.set(pattern, regex);
  return regex;
}

class CompiledRegex {
  readonly #program: readonly Step[];
  readonly #automaton: Automaton | null;

  constructor(pattern: string) {
    this.#program = programOf(parseRegex(pattern));
    this.#automaton = Automaton.fits(this.#program) ? new Automaton(this.#program) : null;
  }

  /** The number of steps. */
  get size(): number {
    return this.#program.length;
  }

  /** Whether the text contains a match. */
  test(text: string): boolean {
    return this.#automaton?.test(text) ?? findMatch(this.#program, text, 0).match !== null;
  }

  find(text: string): string | null {
    const { match } = findMatch(this.#program, text, 0);
    return match === null ? null : text.slice(match.start, match.end);
  }

  /**
   * All matches that do not overlap, at most as many as wanted. An empty one right behind another does not count.
   *
   * @param look Told how many units each search looked at: searches may look at the same again.
   */
  findAll(text: string, limit: number, look: (units: number) => void): string[] {
    const found: string[] = [];
    let previousEnd = -1;
    for (let from = 0; from <= text.length && found.length < limit; ) {
      const { match, seen } = findMatch(this.#program, text, from);
      look(seen - from);
      if (match === null) break;
      const isEmpty = match.start === match.end;
      if (!isEmpty || match.end !== previousEnd) found.push(text.slice(match.start, match.end));
      previousEnd = match.end;
      const isAstral = (text.codePointAt(match.end) ?? 0) > 0xffff;
      from = isEmpty ? match.end + (isAstral ? 2 : 1) : match.end;
    }
    return found;
  }
}

export type { CompiledRegex };
