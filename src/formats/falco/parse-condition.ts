// From the text of a condition to its tree: recursive descent, the grammar of falcosecurity/libs (userspace/libsinsp/filter/parser.h):
//   or    = and { "or" (blank and | "(" or ")") }        and = not { "and" (blank not | "(" or ")") }
//   not   = { "not " } ( "not(" or ")" | check )          check = term condition | macro | "(" or ")"
//   term  = field [ "[" argument "]" ] | transformer "(" operand { "," operand } ")" [ "[" argument "]" ]
import { nearest } from "../../kit/nearest.ts";
import {
  type BinaryOperator,
  type Expression,
  type FieldTerm,
  LIST_OPERATORS,
  MODIFIERS,
  type Modifier,
  NUMBER_OPERATORS,
  type Operand,
  SYMBOL_OPERATORS,
  type Term,
  type TextOperator,
  type TextValue,
  TRANSFORMERS,
  type TransformerName,
  type TransformerTerm,
  type Value,
  WORD_OPERATORS,
} from "./condition.ts";
import { Cursor } from "./cursor.ts";
import { FaultFound, faultOf, type RuleTextFault } from "./fault.ts";

/** Expressions, transformers and lists inside one another. */
const DEPTH_MAX = 160;
/** UTF-16 units; the longest of the rules that Falco ships has 25,000 when its lists are in their places. */
const LENGTH_MAX = 1 << 20;

export type ParsedCondition =
  | { readonly expression: Expression; readonly fault: null }
  | { readonly expression: null; readonly fault: RuleTextFault };

/** Reads a condition. Names of lists in it mean nothing yet (see list-expansion.ts), those of macros are left. Never throws. */
export function parseCondition(text: string): ParsedCondition {
  const { value, fault } = faultOf(() => new ConditionParser(text).parse());
  return fault === null ? { expression: value, fault } : { expression: null, fault };
}

const UNENDED = "a quote behind a backslash ends no text: write \\x5c for a backslash at the end";

/**
 * Reads a field or a transformer that stands in another text.
 *
 * @returns Where it ends; null when there is none.
 * @throws FaultFound for one that does not end as it must.
 */
export function parseTerm(
  text: string,
  at: number,
): { readonly term: Term; readonly end: number } | null {
  return new ConditionParser(text).termAt(at);
}

class ConditionParser {
  readonly #cursor: Cursor;
  #depth = 0;

  constructor(text: string) {
    this.#cursor = new Cursor(text);
  }

  parse(): Expression {
    const cursor = this.#cursor;
    if (cursor.text.length > LENGTH_MAX)
      throw new FaultFound(0, `longer than ${LENGTH_MAX} characters`);
    if (cursor.text.trim() === "") throw new FaultFound(0, "the condition is empty");
    const expression = this.#junction("or", () => this.#and());
    if (!cursor.isAtEnd)
      this.#fail(`unexpected ${cursor.here()}, where "and", "or" or the end is expected`);
    return expression;
  }

  termAt(at: number): { term: Term; end: number } | null {
    this.#cursor.at = at;
    const term = this.#term();
    return term === null ? null : { term, end: this.#cursor.at };
  }

  #and(): Expression {
    return this.#junction("and", () => this.#not());
  }

  #junction(kind: "and" | "or", part: () => Expression): Expression {
    const cursor = this.#cursor;
    cursor.skipBlanks();
    const { at } = cursor;
    const first = part();
    const parts = [first];
    cursor.skipBlanks();
    while (cursor.skip(kind)) {
      if (cursor.skipBlanks()) parts.push(part());
      else if (cursor.skip("(")) parts.push(this.#embedded());
      else this.#fail(`expected a blank or "(" behind "${kind}"`);
      cursor.skipBlanks();
    }
    return parts.length === 1 ? first : { kind, parts, at };
  }

  #not(): Expression {
    const cursor = this.#cursor;
    cursor.skipBlanks();
    const { at } = cursor;
    let isNot = false;
    while (cursor.skipWord("not")) isNot = !isNot;
    const isGrouped = cursor.skip("not(");
    const part = isGrouped ? this.#embedded() : this.#check();
    if (isNot === isGrouped) return part;
    return part.kind === "not" ? part.part : { kind: "not", part, at };
  }

  /** What follows an opening bracket. */
  #embedded(): Expression {
    return this.#deeper(() => {
      const expression = this.#junction("or", () => this.#and());
      this.#close("to close the expression in brackets");
      return expression;
    });
  }

  #check(): Expression {
    const cursor = this.#cursor;
    cursor.skipBlanks();
    if (cursor.skip("(")) return this.#embedded();
    const { at } = cursor;
    const left = this.#term();
    if (left !== null) return this.#condition(left, at);
    const name = cursor.identifier();
    if (name !== null) return { kind: "macro", name, at, body: null };
    return this.#fail(`expected a field, a macro or "(" instead of ${cursor.here()}`);
  }

  #term(): Term | null {
    const { at } = this.#cursor;
    const name = this.#cursor.fieldName();
    if (name !== null) return this.#field(name, at);
    const transformer = TRANSFORMERS.find((one) => this.#cursor.skip(`${one}(`));
    return transformer === undefined ? null : this.#transformer(transformer, at);
  }

  #field(name: string, at: number): FieldTerm {
    return { kind: "field", name, argument: this.#argument(), at };
  }

  #argument(): string | null {
    const cursor = this.#cursor;
    if (!cursor.skip("[")) return null;
    const argument = cursor.quoted() ?? cursor.argument();
    if (argument === null)
      this.#fail("expected a valid field argument: a quoted string or a bare string");
    if (!cursor.skip("]")) this.#fail("expected a ']' token");
    return argument;
  }

  #transformer(name: TransformerName, at: number): TransformerTerm {
    const operands = this.#deeper(() => this.#operands());
    this.#close(`to close ${name}(`);
    return { kind: "transformer", name, operands, argument: this.#argument(), at };
  }

  #operands(): Operand[] {
    const operands: Operand[] = [];
    do {
      this.#cursor.skipBlanks();
      operands.push(this.#operand());
      this.#cursor.skipBlanks();
    } while (this.#cursor.skip(","));
    return operands;
  }

  #operand(): Operand {
    const { at } = this.#cursor;
    if (this.#cursor.skip("(")) return this.#listed(at);
    return this.#atom();
  }

  #listed(at: number): Operand {
    const cursor = this.#cursor;
    cursor.skipBlanks();
    if (cursor.skip(")")) return { kind: "operands", items: [], at };
    const items: Operand[] = [];
    do {
      cursor.skipBlanks();
      items.push(this.#atom());
      cursor.skipBlanks();
    } while (cursor.skip(","));
    this.#close("to close the list");
    return { kind: "operands", items, at };
  }

  #atom(): Term | TextValue {
    const { at } = this.#cursor;
    const term = this.#term();
    if (term !== null) return term;
    const text = this.#cursor.quoted() ?? this.#cursor.number();
    if (text !== null) return { kind: "text", text, at };
    return this.#fail(
      `expected a field, a transformer (${TRANSFORMERS.join(", ")}) or a quoted text instead of ${this.#cursor.here()}`,
    );
  }

  #condition(left: Term, at: number): Expression {
    const cursor = this.#cursor;
    cursor.skipBlanks();
    if (cursor.skip("exists")) return { kind: "exists", left, at };
    const numeric = NUMBER_OPERATORS.find((one) => cursor.skip(one));
    if (numeric !== undefined)
      return { kind: "check", left, operator: numeric, modifier: null, right: this.#number(), at };
    const textual = this.#textOperator();
    if (textual !== null) return this.#textCheck(left, textual, at);
    const listed = LIST_OPERATORS.find((one) => cursor.skip(one));
    if (listed !== undefined)
      return { kind: "check", left, operator: listed, modifier: null, right: this.#list(), at };
    return this.#failAtOperator();
  }

  #textOperator(): TextOperator | null {
    const symbol = SYMBOL_OPERATORS.find((one) => this.#cursor.skip(one));
    return symbol ?? WORD_OPERATORS.find((one) => this.#word(one)) ?? null;
  }

  /** Passes a word that has a blank behind it, and leaves the blank. */
  #word(word: string): boolean {
    const { at } = this.#cursor;
    if (!this.#cursor.skipWord(word)) return false;
    this.#cursor.at = at + word.length;
    return true;
  }

  #textCheck(left: Term, operator: BinaryOperator, at: number): Expression {
    const modifier = this.#cursor.skipBlanks() ? this.#modifier() : null;
    const right = modifier === null ? this.#textOrTerm() : this.#list();
    return { kind: "check", left, operator, modifier, right, at };
  }

  /** `anyof (…)` and `anyof name`. Without a list behind it, the word is a text like any other. */
  #modifier(): Modifier | null {
    const cursor = this.#cursor;
    const from = cursor.at;
    const modifier = MODIFIERS.find((one) => cursor.skipWord(one));
    const behind = cursor.at;
    const word = modifier === undefined ? null : cursor.identifier();
    cursor.at = behind;
    const isList =
      cursor.text[behind] === "(" || (word !== null && word !== "and" && word !== "or");
    if (modifier !== undefined && isList) return modifier;
    cursor.at = from;
    return null;
  }

  #number(): Value {
    this.#cursor.skipBlanks();
    const { at } = this.#cursor;
    const term = this.#rightTerm();
    if (term !== null) return term;
    const text = this.#cursor.number();
    if (text !== null) return { kind: "text", text, at };
    return this.#fail(`expected a number instead of ${this.#cursor.here()}`);
  }

  #textOrTerm(): Value {
    this.#cursor.skipBlanks();
    const term = this.#rightTerm();
    return term ?? this.#text();
  }

  #text(): TextValue {
    const cursor = this.#cursor;
    cursor.skipBlanks();
    const { at } = cursor;
    const text = cursor.quoted() ?? cursor.bare();
    if (text !== null) return { kind: "text", text, at };
    if (/["']/.test(cursor.text[at] ?? "")) this.#fail("a quoted text does not end", UNENDED);
    return this.#fail(`expected a text instead of ${cursor.here()}`);
  }

  #list(): Value {
    const cursor = this.#cursor;
    cursor.skipBlanks();
    const { at } = cursor;
    if (cursor.skip("(")) return { kind: "list", items: this.#items(), at };
    const term = this.#rightTerm();
    if (term !== null) return term;
    const name = cursor.identifier();
    if (name !== null) return { kind: "name", name, at };
    return this.#fail(`expected a list, such as (a, b), instead of ${cursor.here()}`);
  }

  #items(): TextValue[] {
    const cursor = this.#cursor;
    const items: TextValue[] = [];
    cursor.skipBlanks();
    if (cursor.skip(")")) return items;
    do {
      items.push(this.#text());
      cursor.skipBlanks();
    } while (cursor.skip(","));
    this.#close("to close the list");
    return items;
  }

  /** A field or a transformer of fields on the right: a field alone is a text there, so it is written `val(field)`. */
  #rightTerm(): Term | null {
    const cursor = this.#cursor;
    const { at } = cursor;
    if (cursor.skip("val(")) {
      cursor.skipBlanks();
      const fieldAt = cursor.at;
      const name = cursor.fieldName();
      if (name === null) this.#fail("expected a field in val(");
      const operands = [this.#field(name, fieldAt)];
      this.#close("to close val(");
      return { kind: "transformer", name: "val", operands, argument: this.#argument(), at };
    }
    const transformer = TRANSFORMERS.find((one) => cursor.skip(`${one}(`));
    return transformer === undefined ? null : this.#transformer(transformer, at);
  }

  #close(why: string): void {
    this.#cursor.skipBlanks();
    if (!this.#cursor.skip(")"))
      this.#fail(`expected ")" ${why} instead of ${this.#cursor.here()}`);
  }

  #deeper<T>(parse: () => T): T {
    this.#depth += 1;
    if (this.#depth > DEPTH_MAX) this.#fail(`nested more than ${DEPTH_MAX} deep`);
    const parsed = parse();
    this.#depth -= 1;
    return parsed;
  }

  #fail(message: string, hint: string | null = null): never {
    throw new FaultFound(this.#cursor.at, message, hint);
  }

  #failAtOperator(): never {
    const known = [
      "exists",
      ...NUMBER_OPERATORS,
      ...SYMBOL_OPERATORS,
      ...WORD_OPERATORS,
      ...LIST_OPERATORS,
    ];
    const { at } = this.#cursor;
    const word = this.#cursor.identifier();
    this.#cursor.at = at;
    const meant = word === null ? null : nearest(word.toLowerCase(), known);
    const hint = meant === null ? `operators are ${known.join(" ")}` : `did you mean "${meant} "?`;
    return this.#fail(`expected an operator instead of ${this.#cursor.here()}`, hint);
  }
}
