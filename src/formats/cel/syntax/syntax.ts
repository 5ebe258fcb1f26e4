// An expression as a tree. Source: cel-spec doc/langdef.md, "Syntax".
import type { Bytes, Double, Uint } from "../values/value.ts";
import type { Whole } from "../values/whole.ts";

export type Literal = null | boolean | string | Whole | Uint | Double | Bytes;

/** An element of a list or an entry of a map that may be left out: `?e`. */
export interface ListItem {
  readonly value: Expression;
  readonly isOptional: boolean;
}

export interface MapItem extends ListItem {
  readonly key: Expression;
}

/** Where it stands in the source (operators and selections: where their sign does), and how deep the tree below it is. */
export interface Place {
  readonly at: number;
  readonly depth: number;
}

export type Expression = Place &
  (
    | { readonly kind: "literal"; readonly value: Literal }
    | { readonly kind: "name"; readonly name: string; readonly isRoot: boolean }
    | {
        readonly kind: "select";
        readonly operand: Expression;
        readonly field: string;
        readonly isOptional: boolean;
      }
    | {
        readonly kind: "index";
        readonly operand: Expression;
        readonly index: Expression;
        readonly isOptional: boolean;
      }
    | {
        readonly kind: "call";
        readonly target: Expression | null;
        /** Operators are called `_+_`, `!_`; a call with a leading dot keeps it. */
        readonly name: string;
        readonly args: readonly Expression[];
      }
    | { readonly kind: "list"; readonly items: readonly ListItem[] }
    | { readonly kind: "map"; readonly items: readonly MapItem[] }
    | { readonly kind: "logic"; readonly isAnd: boolean; readonly terms: readonly Expression[] }
    | {
        readonly kind: "condition";
        readonly test: Expression;
        readonly yes: Expression;
        readonly no: Expression;
      }
  );

/** `a.b.c` as one name; null when it is anything else. */
export function qualifiedName(expression: Expression): string | null {
  if (expression.kind === "name")
    return expression.isRoot ? `.${expression.name}` : expression.name;
  if (expression.kind !== "select" || expression.isOptional) return null;
  const operand = qualifiedName(expression.operand);
  return operand === null ? null : `${operand}.${expression.field}`;
}
