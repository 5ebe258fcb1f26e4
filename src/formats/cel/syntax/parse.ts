// From tokens to a tree, by recursive descent. Source: cel-spec doc/langdef.md, "Syntax", and the optional syntax `.?f`, `[?i]`,
// `[?e]`, `{?k: v}` of github.com/google/cel-go, doc of `OptionalTypes`.
import { Double } from "../values/value.ts";
import { negate, wholeOf } from "../values/whole.ts";
import { fault } from "./fault.ts";
import {
  type Expression,
  type ListItem,
  type MapItem,
  type Place,
  qualifiedName,
} from "./syntax.ts";
import { isReserved, type Token, tokensOf } from "./token.ts";

const LENGTH_MAX = 64 << 10;
/** Of brackets in brackets, and of the tree. */
const NESTING_MAX = 200;
const DEPTH_MAX = 400;
const NODES_MAX = 20_000;

/** Reads an expression. @throws FaultFound */
export function parseExpression(source: string): Expression {
  if (source.length > LENGTH_MAX) fault(0, `the expression has more than ${LENGTH_MAX} characters`);
  return new Parser(tokensOf(source)).whole();
}

type Bare<E> = E extends Place ? Omit<E, "depth"> : never;

const RELATIONS: ReadonlySet<string> = new Set(["<", "<=", ">", ">=", "==", "!=", "in"]);
const SUMS: ReadonlySet<string> = new Set(["+", "-"]);
const PRODUCTS: ReadonlySet<string> = new Set(["*", "/", "%"]);

class Parser {
  readonly #tokens: readonly Token[];
  #next = 0;
  #nesting = 0;
  #nodes = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  whole(): Expression {
    const expression = this.#expression();
    const token = this.#token();
    if (token.kind !== "end") this.#unexpected(token, "the end of the expression");
    return expression;
  }

  #token(ahead = 0): Token {
    const last = this.#tokens.length - 1;
    return this.#tokens[Math.min(this.#next + ahead, last)] as Token;
  }

  #is(sign: string, ahead = 0): boolean {
    const token = this.#token(ahead);
    return token.kind === "sign" && token.text === sign;
  }

  #take(sign: string): boolean {
    if (!this.#is(sign)) return false;
    this.#next += 1;
    return true;
  }

  #expect(sign: string): void {
    if (!this.#take(sign)) this.#unexpected(this.#token(), `"${sign}"`);
  }

  #unexpected(token: Token, wanted: string): never {
    const found =
      token.kind === "end"
        ? "the end"
        : token.kind === "literal"
          ? "a literal"
          : JSON.stringify(token.text);
    return fault(token.at, `expected ${wanted}, found ${found}`);
  }

  #node(bare: Bare<Expression>, ...below: readonly Expression[]): Expression {
    let depth = 0;
    for (const child of below) depth = Math.max(depth, child.depth);
    if (depth >= DEPTH_MAX) fault(bare.at, `the expression is more than ${DEPTH_MAX} deep`);
    this.#nodes += 1;
    if (this.#nodes > NODES_MAX) fault(bare.at, `the expression has more than ${NODES_MAX} parts`);
    return { ...bare, depth: depth + 1 } as Expression;
  }

  #nested<T>(read: () => T): T {
    this.#nesting += 1;
    if (this.#nesting > NESTING_MAX)
      fault(this.#token().at, `the expression nests more than ${NESTING_MAX} deep`);
    const result = read();
    this.#nesting -= 1;
    return result;
  }

  #expression(): Expression {
    return this.#nested(() => {
      const test = this.#logic(false);
      const { at } = this.#token();
      if (!this.#take("?")) return test;
      const yes = this.#logic(false);
      this.#expect(":");
      const no = this.#expression();
      return this.#node({ kind: "condition", test, yes, no, at }, test, yes, no);
    });
  }

  /** A chain of `||`, or below it of `&&`; kept flat, so that a long one is not deep. */
  #logic(isAnd: boolean): Expression {
    const first = isAnd ? this.#binary(RELATIONS) : this.#logic(true);
    const { at } = this.#token();
    const terms = [first];
    while (this.#take(isAnd ? "&&" : "||"))
      terms.push(isAnd ? this.#binary(RELATIONS) : this.#logic(true));
    return terms.length === 1 ? first : this.#node({ kind: "logic", isAnd, terms, at }, ...terms);
  }

  #binary(signs: ReadonlySet<string>): Expression {
    const operand = (): Expression =>
      signs === PRODUCTS ? this.#unary() : this.#binary(signs === SUMS ? PRODUCTS : SUMS);
    let left = operand();
    for (;;) {
      const token = this.#token();
      const isOperator = token.kind === "sign" || (token.kind === "name" && token.text === "in");
      if (!isOperator || !signs.has(token.text)) return left;
      this.#next += 1;
      left = this.#operator(token.at, `_${token.text}_`, left, operand());
    }
  }

  #operator(at: number, name: string, ...args: Expression[]): Expression {
    return this.#node({ kind: "call", target: null, name, args, at }, ...args);
  }

  #unary(): Expression {
    const { at } = this.#token();
    if (this.#is("!")) {
      this.#next += 1;
      return this.#nested(() => this.#operator(at, "!_", this.#unary()));
    }
    if (!this.#is("-")) return this.#member();
    this.#next += 1;
    const number = this.#token();
    if (number.kind === "literal" && isNegatable(number.value)) {
      this.#next += 1;
      const literal = this.#node({ kind: "literal", value: negative(number.value), at });
      return this.#postfix(literal);
    }
    return this.#nested(() => this.#operator(at, "-_", this.#unary()));
  }

  #member(): Expression {
    return this.#postfix(this.#primary());
  }

  #postfix(start: Expression): Expression {
    let operand = start;
    for (;;) {
      const { at } = this.#token();
      if (this.#take(".")) operand = this.#selection(at, operand);
      else if (this.#take("[")) {
        const isOptional = this.#take("?");
        const index = this.#expression();
        this.#expect("]");
        operand = this.#node({ kind: "index", operand, index, isOptional, at }, operand, index);
      } else if (this.#is("{") && qualifiedName(operand) !== null) {
        return fault(at, "messages cannot be built: there are no message types here");
      } else return operand;
    }
  }

  #selection(at: number, operand: Expression): Expression {
    const isOptional = this.#take("?");
    const token = this.#token();
    const isField = token.kind === "name" && token.text !== "in";
    if (!isField && token.kind !== "quoted-name") this.#unexpected(token, "the name of a field");
    this.#next += 1;
    if (isField && !isOptional && this.#take("(")) {
      const args = this.#arguments();
      const call = { kind: "call", target: operand, name: token.text, args, at } as const;
      return this.#node(call, operand, ...args);
    }
    return this.#node({ kind: "select", operand, field: token.text, isOptional, at }, operand);
  }

  #arguments(): Expression[] {
    const args: Expression[] = [];
    if (this.#take(")")) return args;
    do args.push(this.#expression());
    while (this.#take(","));
    this.#expect(")");
    return args;
  }

  #primary(): Expression {
    const token = this.#token();
    this.#next += 1;
    if (token.kind === "literal") {
      if (isBeyondInt(token.value)) fault(token.at, "a number is outside the range of int");
      return this.#node({ kind: "literal", value: token.value, at: token.at });
    }
    if (token.kind === "name") return this.#named(token, false);
    if (token.kind !== "sign") return this.#unexpected(token, "a value");
    switch (token.text) {
      case "(": {
        const inner = this.#expression();
        this.#expect(")");
        return inner;
      }
      case "[":
        return this.#list(token.at);
      case "{":
        return this.#map(token.at);
      case ".": {
        const name = this.#token();
        if (name.kind !== "name") return this.#unexpected(name, "a name");
        this.#next += 1;
        return this.#named(name, true);
      }
      default:
        return this.#unexpected(token, "a value");
    }
  }

  #named({ text, at }: { text: string; at: number }, isRoot: boolean): Expression {
    if (text === "in" || isReserved(text))
      fault(at, `"${text}" is reserved and cannot name a variable or function`);
    if (!this.#take("(")) return this.#node({ kind: "name", name: text, isRoot, at });
    const args = this.#arguments();
    const name = isRoot ? `.${text}` : text;
    return this.#node({ kind: "call", target: null, name, args, at }, ...args);
  }

  #list(at: number): Expression {
    const items: ListItem[] = [];
    while (!this.#take("]")) {
      const isOptional = this.#take("?");
      items.push({ value: this.#expression(), isOptional });
      if (!this.#is("]")) this.#expect(",");
    }
    return this.#node({ kind: "list", items, at }, ...items.map(({ value }) => value));
  }

  #map(at: number): Expression {
    const items: MapItem[] = [];
    while (!this.#take("}")) {
      const isOptional = this.#take("?");
      const key = this.#expression();
      this.#expect(":");
      items.push({ key, value: this.#expression(), isOptional });
      if (!this.#is("}")) this.#expect(",");
    }
    const below = items.flatMap(({ key, value }) => [key, value]);
    return this.#node({ kind: "map", items, at }, ...below);
  }
}

/** What the lexer leaves of 2^63, which is an int only behind a minus. */
function isBeyondInt(value: unknown): boolean {
  return value === 1n << 63n;
}

type Negatable = number | bigint | Double;

function isNegatable(value: unknown): value is Negatable {
  return typeof value === "number" || typeof value === "bigint" || value instanceof Double;
}

function negative(value: Negatable): Negatable {
  if (value instanceof Double) return new Double(-value.value);
  return typeof value === "bigint" ? wholeOf(-value, "int") : negate(value);
}
