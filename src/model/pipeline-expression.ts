// Expressions that a platform works out before a pipeline runs, as trees. Names are compared without case, so they are in lower case.

/** @see https://docs.github.com/actions/reference/workflows-and-actions/expressions */
export type Expression =
  | { readonly kind: "literal"; readonly value: string | number | boolean | null }
  /** A context: `github`, `secrets`. */
  | { readonly kind: "context"; readonly name: string }
  /** `of.name`, `of['name']`. */
  | { readonly kind: "member"; readonly of: Expression; readonly name: string }
  /** `of[index]` with an index that is worked out, or `of.*` with null. */
  | { readonly kind: "item"; readonly of: Expression; readonly index: Expression | null }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: "not"; readonly operand: Expression }
  | {
      readonly kind: "binary";
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    };

export type BinaryOperator = "||" | "&&" | "==" | "!=" | "<" | "<=" | ">" | ">=";

/** The way to a value from its context: `["github", "event", "issue", "title"]`; `*` is any member. */
export type ContextPath = readonly string[];

/** The path that an expression is, when it is nothing else; null for all others. */
export function pathOf(expression: Expression): ContextPath | null {
  const keys: string[] = [];
  let at = expression;
  while (at.kind === "member" || at.kind === "item") {
    keys.push(at.kind === "member" ? at.name : "*");
    at = at.of;
  }
  return at.kind === "context" ? [at.name, ...keys.reverse()] : null;
}

/** Functions whose result is true, false or a sum, and holds nothing of what they are given. */
const TELLING: ReadonlySet<string> = new Set([
  "contains",
  "startswith",
  "endswith",
  "hashfiles",
  "success",
  "failure",
  "always",
  "cancelled",
]);

/** The paths of all values that the result of an expression may consist of, or hold. What is only compared is not among them. */
export function valuesIn(expression: Expression): ContextPath[] {
  const path = pathOf(expression);
  if (path !== null) return [path];
  switch (expression.kind) {
    case "member":
    case "item":
      return valuesIn(expression.of);
    case "call":
      return TELLING.has(expression.name) ? [] : expression.args.flatMap(valuesIn);
    case "binary": {
      const { operator, left, right } = expression;
      // What is on the left of && is the result only when it is as good as nothing.
      if (operator === "&&") return valuesIn(right);
      return operator === "||" ? [...valuesIn(left), ...valuesIn(right)] : [];
    }
    default:
      return [];
  }
}
