// Which names an expression may use where.
import type { Bound } from "./node.ts";
import type { Type } from "./type.ts";

/** A variable, or what a comprehension binds. */
export interface Binding {
  readonly slot: number;
  readonly type: Type;
  readonly bound: Bound;
}

/** The names bound by the comprehensions around a place, the innermost first. */
export class Scope {
  readonly #name: string | null;
  readonly #binding: Binding | null;
  readonly #outer: Scope | null;

  private constructor(name: string | null, binding: Binding | null, outer: Scope | null) {
    this.#name = name;
    this.#binding = binding;
    this.#outer = outer;
  }

  static readonly EMPTY: Scope = new Scope(null, null, null);

  with(name: string, binding: Binding): Scope {
    return new Scope(name, binding, this);
  }

  find(name: string): Binding | null {
    for (let scope: Scope | null = this; scope !== null; scope = scope.#outer)
      if (scope.#name === name) return scope.#binding;
    return null;
  }
}
