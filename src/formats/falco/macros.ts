// Puts macros in their places. A macro is seen by what is defined or changed after it was first defined, and stands for what it was last
// defined as.
import { nearest } from "../../kit/nearest.ts";
import type { ConditionSource, Expression, MacroBody, SourcePlace } from "./condition.ts";

export interface MacroFault {
  readonly message: string;
  readonly hint: string | null;
  readonly place: SourcePlace;
  /** It is about a name, not about the form. */
  readonly isReference: true;
}

interface Parsed {
  readonly expression: Expression;
  readonly source: ConditionSource;
  readonly visibility: number;
}

interface Macro {
  readonly name: string;
  /** Null for one that cannot be read, which has been told: who uses it is not told again. */
  readonly expression: Expression | null;
  readonly source: ConditionSource;
  readonly index: number;
  readonly visibility: number;
}

/** Macros inside one another, with what stands in them. */
const DEPTH_MAX = 1000;

/** What a condition is with its macros; the fault is the first in it. */
export type Resolved =
  | { readonly expression: Expression; readonly fault: null }
  | { readonly expression: null; readonly fault: MacroFault };

class Unresolved {
  readonly fault: MacroFault;
  constructor(fault: MacroFault) {
    this.fault = fault;
  }
}

export class MacroLinker {
  readonly #macros = new Map<string, Macro>();
  readonly #bodies = new Map<string, { readonly body: MacroBody; readonly depth: number }>();
  readonly #open = new Set<string>();
  /** Names of macros that something names. */
  readonly used: Set<string> = new Set();

  define(macro: Macro): void {
    this.#macros.set(macro.name, macro);
  }

  /** Resolves all macros. */
  link(): { readonly name: string; readonly fault: MacroFault }[] {
    const faults: { name: string; fault: MacroFault }[] = [];
    for (const { name, expression, source, visibility } of this.#macros.values()) {
      if (expression === null) continue;
      const { fault } = this.resolve({ expression, source, visibility }, name);
      if (fault !== null) faults.push({ name, fault });
    }
    return faults;
  }

  /** @param self The name of the macro whose condition it is. */
  resolve(parsed: Parsed, self: string | null = null): Resolved {
    if (self !== null) this.#open.add(self);
    try {
      const { expression } = this.#replace(parsed.expression, parsed);
      return { expression, fault: null };
    } catch (error) {
      if (!(error instanceof Unresolved)) throw error;
      return { expression: null, fault: error.fault };
    } finally {
      this.#open.clear();
    }
  }

  #replace(expression: Expression, within: Parsed): { expression: Expression; depth: number } {
    switch (expression.kind) {
      case "and":
      case "or": {
        const parts = expression.parts.map((part) => this.#replace(part, within));
        const depth = 1 + Math.max(...parts.map((part) => part.depth));
        return {
          expression: { ...expression, parts: parts.map((part) => part.expression) },
          depth,
        };
      }
      case "not": {
        const part = this.#replace(expression.part, within);
        return { expression: { ...expression, part: part.expression }, depth: part.depth + 1 };
      }
      case "macro": {
        const { body, depth } = this.#body(expression, within);
        if (depth >= DEPTH_MAX)
          throw this.#unresolved("macros are nested too deeply", null, expression.at, within);
        return { expression: { ...expression, body }, depth: depth + 1 };
      }
      default:
        return { expression, depth: 1 };
    }
  }

  #body(
    { name, at }: { readonly name: string; readonly at: number },
    within: Parsed,
  ): { body: MacroBody; depth: number } {
    const macro = this.#macros.get(name);
    if (macro === undefined || macro.index >= within.visibility)
      throw this.#unknown(name, at, within, macro !== undefined);
    this.used.add(name);
    const before = this.#bodies.get(name);
    if (before !== undefined) return before;
    if (this.#open.has(name))
      throw this.#unresolved(`macro ${name} is defined by itself`, null, at, within);
    if (macro.expression === null)
      throw this.#unresolved(`macro ${name} cannot be read`, null, at, within);
    this.#open.add(name);
    const made = this.#replace(macro.expression, { ...macro, expression: macro.expression });
    this.#open.delete(name);
    const body = { expression: made.expression, source: macro.source };
    this.#bodies.set(name, { body, depth: made.depth });
    return { body, depth: made.depth };
  }

  #unknown(name: string, at: number, within: Parsed, isLater: boolean): Unresolved {
    if (isLater)
      return this.#unresolved(
        `macro ${name} is defined below`,
        "define it before it is used",
        at,
        within,
      );
    const meant = nearest(name, [...this.#macros.keys()]);
    const hint =
      meant === null
        ? "define it above, or in a file that is given before"
        : `did you mean ${meant}?`;
    return this.#unresolved(`there is no macro ${name}`, hint, at, within);
  }

  #unresolved(message: string, hint: string | null, at: number, { source }: Parsed): Unresolved {
    return new Unresolved({ message, hint, place: source.placeOf(at), isReference: true });
  }
}
