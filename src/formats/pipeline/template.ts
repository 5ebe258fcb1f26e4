// Texts with expressions in them, and conditions, as GitHub reads them.
import type { Condition, Hole, Template } from "../../model/pipeline.ts";
import type { ShellScript } from "../../model/shell.ts";
import { readShell } from "../shell.ts";
import { readExpression, readExpressionAt } from "./expression.ts";

const OPEN = "${{";
const CLOSE = "}}";
/** Further ones are taken together as one that cannot be read. */
const HOLES_MAX = 2000;

/** Finds the expressions in a text. Never throws. */
export function templateOf(value: string, at: string): Template {
  const holes: Hole[] = [];
  let from = 0;
  for (;;) {
    const start = value.indexOf(OPEN, from);
    if (start === -1) return { value, at, holes };
    if (holes.length >= HOLES_MAX) {
      holes.push({ start, end: value.length, expression: null });
      return { value, at, holes };
    }
    const hole = holeAt(value, start);
    holes.push(hole);
    from = hole.end;
  }
}

/** A condition may have the brackets of an expression or none. */
export function conditionOf(value: string, at: string): Condition {
  const { holes } = templateOf(value, at);
  const [hole] = holes;
  const trimmed = value.trim();
  if (hole === undefined) return { value, at, expression: readExpression(trimmed) };
  const isWhole = hole.end - hole.start === trimmed.length;
  // A text around an expression is never empty, so the condition always holds: said as what it is.
  return { value, at, expression: isWhole ? hole.expression : { kind: "literal", value: true } };
}

function holeAt(value: string, start: number): Hole {
  const inside = start + OPEN.length;
  const read = readExpressionAt(value, inside);
  if (read !== null && value.startsWith(CLOSE, read.end))
    return { start, end: read.end + CLOSE.length, expression: read.expression };
  const close = value.indexOf(CLOSE, inside);
  return { start, end: close === -1 ? value.length : close + CLOSE.length, expression: null };
}

/**
 * What a script runs. An expression in it is a variable to the shell's grammar, with a name that nobody gives: `${_____}`, as long as
 * the expression, so that all else stands where it stood.
 */
export function scriptOf({ value, at, holes }: Template): ShellScript {
  const pieces: string[] = [];
  let from = 0;
  for (const { start, end } of holes) {
    pieces.push(value.slice(from, start), `\${${"_".repeat(Math.max(1, end - start - 3))}}`);
    from = end;
  }
  return readShell(pieces.join("") + value.slice(from), () => at);
}
