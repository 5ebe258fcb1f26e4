// Which rules can match a call that failed: calls fail far more often than rules ask of it, so that only these are collected.
import type { CheckExpression, Expression, Term, Value } from "../../formats/falco/condition.ts";

/** What a condition is known to be of a call that failed, whatever else it did. */
type Known = boolean | null;

/** Whether the condition may be true of a call that gave an error back. */
export function mayMatchFailure(condition: Expression): boolean {
  return ofFailure(condition) !== false;
}

function ofFailure(expression: Expression): Known {
  switch (expression.kind) {
    case "and":
      return all(expression.parts.map(ofFailure), false);
    case "or":
      return all(expression.parts.map(ofFailure), true);
    case "not": {
      const part = ofFailure(expression.part);
      return part === null ? null : !part;
    }
    case "macro":
      return expression.body === null ? null : ofFailure(expression.body.expression);
    case "exists":
      return null;
    case "check":
      return checkOfFailure(expression);
  }
}

/** `and` is false when a part is; `or` is true when a part is. */
function all(parts: readonly Known[], deciding: boolean): Known {
  if (parts.includes(deciding)) return deciding;
  return parts.includes(null) ? null : !deciding;
}

/** A call that failed made no descriptor, and has the number of its error for a result. */
function checkOfFailure({ left, operator, right }: CheckExpression): Known {
  const name = fieldName(left);
  const value = textOf(right);
  if (name === null || value === null) return null;
  if (name === "evt.res" && value === "SUCCESS") return equality(operator, false);
  if (name === "evt.failed" && (value === "true" || value === "false")) {
    return equality(operator, value === "true");
  }
  return (name === "fd.num" || name === "evt.rawres") && value === "0"
    ? ofNegative(operator)
    : null;
}

/** A negative number, compared with 0. */
function ofNegative(operator: string): Known {
  if (operator === ">=" || operator === ">") return false;
  if (operator === "<" || operator === "<=") return true;
  return equality(operator, false);
}

function equality(operator: string, isEqual: boolean): Known {
  if (operator === "=" || operator === "==") return isEqual;
  return operator === "!=" ? !isEqual : null;
}

function fieldName(term: Term): string | null {
  return term.kind === "field" && term.argument === null ? term.name : null;
}

function textOf(value: Value): string | null {
  return value.kind === "text" ? value.text : null;
}
