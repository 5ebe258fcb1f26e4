// GitHub's language of expressions: a tokenizer, and a parser by precedence.
// @see https://docs.github.com/actions/reference/workflows-and-actions/expressions
import type { BinaryOperator, Expression } from "../../model/pipeline-expression.ts";

/** What GitHub takes at most. */
const LENGTH_MAX = 21_000;
const DEPTH_MAX = 50;

/** An expression that was read, and the offset behind it. */
export interface ReadExpression {
  readonly expression: Expression;
  readonly end: number;
}

/** Reads a text that is an expression as a whole. null when it is none. Never throws. */
export function readExpression(text: string): Expression | null {
  const read = readExpressionAt(text, 0);
  return read !== null && read.end === text.length ? read.expression : null;
}

/**
 * Reads the expression that begins at an offset, as far as it goes.
 *
 * @returns null when none does. Never throws.
 */
export function readExpressionAt(text: string, start: number): ReadExpression | null {
  try {
    const reader = new Reader(text, start);
    const expression = reader.alternatives(0);
    return { expression, end: reader.endOfBlanks() };
  } catch (error) {
    if (error instanceof NoExpression) return null;
    throw error;
  }
}

class NoExpression extends Error {}

/** By rising precedence; those of a level bind from the left. */
const LEVELS: readonly (readonly BinaryOperator[])[] = [
  ["||"],
  ["&&"],
  ["==", "!="],
  // The longer ones first, because the shorter ones are their beginnings.
  ["<=", ">=", "<", ">"],
];

const NAME = /[A-Za-z_][A-Za-z0-9_-]*/y;
const NUMBER = /[+-]?(?:0x[0-9a-fA-F]+|0o[0-7]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)/y;
const WORDS: ReadonlyMap<string, boolean | number | null> = new Map<
  string,
  boolean | number | null
>([
  ["true", true],
  ["false", false],
  ["null", null],
  ["nan", Number.NaN],
  ["infinity", Number.POSITIVE_INFINITY],
]);

class Reader {
  readonly #text: string;
  readonly #limit: number;
  #at: number;

  constructor(text: string, start: number) {
    this.#text = text;
    this.#at = start;
    this.#limit = start + LENGTH_MAX;
  }

  alternatives(depth: number): Expression {
    return this.#binary(0, depth);
  }

  endOfBlanks(): number {
    this.#blanks();
    return this.#at;
  }

  #binary(level: number, depth: number): Expression {
    const operators = LEVELS[level];
    if (operators === undefined) return this.#unary(depth);
    let left = this.#binary(level + 1, depth);
    let length = 0;
    for (;;) {
      const operator = operators.find((candidate) => this.#takes(candidate));
      if (operator === undefined) return left;
      length += 1;
      // Chains become as deep a tree as they are long.
      if (length > DEPTH_MAX * 4) throw new NoExpression();
      left = { kind: "binary", operator, left, right: this.#binary(level + 1, depth) };
    }
  }

  #unary(depth: number): Expression {
    if (depth > DEPTH_MAX || this.#at > this.#limit) throw new NoExpression();
    this.#blanks();
    if (this.#text[this.#at] === "!" && this.#text[this.#at + 1] !== "=") {
      this.#at += 1;
      return { kind: "not", operand: this.#unary(depth + 1) };
    }
    return this.#members(this.#primary(depth), depth);
  }

  #members(first: Expression, depth: number): Expression {
    let of = first;
    for (let length = 0; length <= DEPTH_MAX; length += 1) {
      if (this.#takes(".")) of = this.#afterDot(of);
      else if (this.#takes("[")) of = this.#inBrackets(of, depth);
      else return of;
    }
    throw new NoExpression();
  }

  #afterDot(of: Expression): Expression {
    if (this.#takes("*")) return { kind: "item", of, index: null };
    this.#blanks();
    const name = this.#match(NAME);
    if (name === null) throw new NoExpression();
    return { kind: "member", of, name: name.toLowerCase() };
  }

  #inBrackets(of: Expression, depth: number): Expression {
    if (this.#takes("*")) {
      this.#demand("]");
      return { kind: "item", of, index: null };
    }
    const index = this.alternatives(depth + 1);
    this.#demand("]");
    return index.kind === "literal" && typeof index.value === "string"
      ? { kind: "member", of, name: index.value.toLowerCase() }
      : { kind: "item", of, index };
  }

  #primary(depth: number): Expression {
    if (this.#takes("(")) {
      const inner = this.alternatives(depth + 1);
      this.#demand(")");
      return inner;
    }
    if (this.#text[this.#at] === "'") return { kind: "literal", value: this.#string() };
    const number = this.#match(NUMBER);
    if (number !== null) return { kind: "literal", value: Number(number) };
    const name = this.#match(NAME)?.toLowerCase();
    if (name === undefined) throw new NoExpression();
    if (this.#takes("(")) return { kind: "call", name, args: this.#args(depth) };
    const word = WORDS.get(name);
    return word === undefined ? { kind: "context", name } : { kind: "literal", value: word };
  }

  #args(depth: number): Expression[] {
    const args: Expression[] = [];
    if (this.#takes(")")) return args;
    do args.push(this.alternatives(depth + 1));
    while (this.#takes(","));
    this.#demand(")");
    return args;
  }

  /** A quote within a text is written twice. */
  #string(): string {
    let value = "";
    let from = this.#at + 1;
    for (;;) {
      const end = this.#text.indexOf("'", from);
      if (end === -1 || end > this.#limit) throw new NoExpression();
      value += this.#text.slice(from, end);
      this.#at = end + 1;
      if (this.#text[end + 1] !== "'") return value;
      value += "'";
      from = end + 2;
    }
  }

  #takes(token: string): boolean {
    this.#blanks();
    if (!this.#text.startsWith(token, this.#at)) return false;
    this.#at += token.length;
    return true;
  }

  #demand(token: string): void {
    if (!this.#takes(token)) throw new NoExpression();
  }

  #match(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const [found] = pattern.exec(this.#text) ?? [];
    if (found === undefined) return null;
    this.#at += found.length;
    return found;
  }

  #blanks(): void {
    while (/\s/.test(this.#text[this.#at] ?? "")) this.#at += 1;
  }
}
