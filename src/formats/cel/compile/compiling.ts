// What macros need of the compiler.
import type { Expression } from "../syntax/syntax.ts";
import type { Bound, Node } from "./node.ts";
import type { Binding, Scope } from "./scope.ts";
import type { Type } from "./type.ts";

export interface Compiling {
  compile(expression: Expression, scope: Scope): Node;
  /** Compiles what must be of a type. */
  compileAs(wanted: Type, expression: Expression, scope: Scope): Node;
  /** A slot for what a macro binds. */
  bind(type: Type, bound: Bound): Binding;
  /** A fault, unless such faults are left to the run. */
  refuse(at: number, message: string): Node;
}

export type CallExpression = Expression & { readonly kind: "call" };
