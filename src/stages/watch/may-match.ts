// What a condition can be true of, by what is known before an event is looked at: calls fail far more often than rules ask of it,
// and most rules are about containers, so that only what some rule may match is collected.
import type { CheckExpression, Expression, Term, Value } from "../../formats/falco/condition.ts";

/** What a condition is known to be, whatever else an event has. */
type Known = boolean | null;
type KnownOfCheck = (name: string, operator: string, value: string) => Known;

/** Whether the condition may be true of a call that gave an error back. */
export function mayMatchFailure(condition: Expression): boolean {
  return known(condition, ofFailure) !== false;
}

/** Whether the condition may be true of what happens in no container. */
export function mayMatchHost(condition: Expression): boolean {
  return known(condition, ofHost) !== false;
}

function known(expression: Expression, ofCheck: KnownOfCheck): Known {
  switch (expression.kind) {
    case "and":
      return all(
        expression.parts.map((part) => known(part, ofCheck)),
        false,
      );
    case "or":
      return all(
        expression.parts.map((part) => known(part, ofCheck)),
        true,
      );
    case "not": {
      const part = known(expression.part, ofCheck);
      return part === null ? null : !part;
    }
    case "macro":
      return expression.body === null ? null : known(expression.body.expression, ofCheck);
    case "exists":
      return null;
    case "check":
      return knownOfCheck(expression, ofCheck);
  }
}

/** `and` is false when a part is; `or` is true when a part is. */
function all(parts: readonly Known[], deciding: boolean): Known {
  if (parts.includes(deciding)) return deciding;
  return parts.includes(null) ? null : !deciding;
}

function knownOfCheck({ left, operator, right }: CheckExpression, ofCheck: KnownOfCheck): Known {
  const name = fieldName(left);
  const value = textOf(right);
  return name === null || value === null ? null : ofCheck(name, operator, value);
}

/** A call that failed made no descriptor, and has the number of its error for a result. */
function ofFailure(name: string, operator: string, value: string): Known {
  if (name === "evt.res" && value === "SUCCESS") return equality(operator, false);
  if (name === "evt.failed" && (value === "true" || value === "false")) {
    return equality(operator, value === "true");
  }
  return (name === "fd.num" || name === "evt.rawres") && value === "0"
    ? ofNegative(operator)
    : null;
}

/** Falco's name for no container. */
function ofHost(name: string, operator: string, value: string): Known {
  return name === "container.id" ? equality(operator, value === "host") : null;
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
