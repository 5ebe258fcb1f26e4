// A condition as Falco writes it when it is asked what it understood.
import type { Expression, Operand, Term, Value } from "./condition.ts";
import { escapeText } from "./escape.ts";

/** The tree as text that means the same, brackets where a junction or a negation begins. */
export function printCondition(expression: Expression): string {
  switch (expression.kind) {
    case "and":
    case "or":
      return `(${expression.parts.map(printCondition).join(` ${expression.kind} `)})`;
    case "not":
      return `not ${printCondition(expression.part)}`;
    case "macro":
      return expression.body === null
        ? expression.name
        : printCondition(expression.body.expression);
    case "exists":
      return `${printTerm(expression.left)} exists`;
    case "check": {
      const { left, operator, modifier, right } = expression;
      const words = [printTerm(left), operator, modifier, printValue(right)];
      return words.filter((word) => word !== null).join(" ");
    }
  }
}

/** A field or transformer with its operands and its argument. */
export function printTerm(term: Term): string {
  const { name, argument } = term;
  const bracket =
    argument === null
      ? ""
      : `[${/[\][\s"']/.test(argument) ? JSON.stringify(argument) : argument}]`;
  if (term.kind === "field") return `${name}${bracket}`;
  return `${name}(${term.operands.map(printOperand).join(",")})${bracket}`;
}

function printOperand(operand: Operand): string {
  switch (operand.kind) {
    case "text":
      return escapeText(operand.text);
    case "operands":
      return `(${operand.items.map(printOperand).join(",")})`;
    default:
      return printTerm(operand);
  }
}

function printValue(value: Value): string {
  switch (value.kind) {
    case "text":
      return escapeText(value.text);
    case "name":
      return value.name;
    case "list":
      return `(${value.items.map(({ text }) => escapeText(text)).join(", ")})`;
    default:
      return printTerm(value);
  }
}
