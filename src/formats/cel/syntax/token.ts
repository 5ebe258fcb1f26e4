// From characters to tokens. Source: cel-spec doc/langdef.md, "Syntax", the lexical part.

import { Failure } from "../values/failure.ts";
import { Bytes, Double, Uint } from "../values/value.ts";
import { type Range, wholeOf } from "../values/whole.ts";
import { fault } from "./fault.ts";
import { readQuoted } from "./quoted.ts";
import type { Literal } from "./syntax.ts";

export type Token = { readonly at: number; readonly end: number } & (
  | { readonly kind: "literal"; readonly value: Literal }
  | { readonly kind: "name"; readonly text: string }
  /** A name in backquotes; allowed as a field only. */
  | { readonly kind: "quoted-name"; readonly text: string }
  | { readonly kind: "sign"; readonly text: string }
  | { readonly kind: "end"; readonly text: "" }
);

const SPACE = /(?:[ \t\r\n\f]+|\/\/[^\n]*)*/y;
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const QUOTED_NAME = /`([A-Za-z0-9_./ -]+)`/y;
const SIGN = /&&|\|\||==|!=|<=|>=|[-+*/%!<>?:.,()[\]{}]/y;
const NUMBER =
  /0x([0-9a-fA-F]+)([uU]?)|(\d+\.\d+(?:[eE][-+]?\d+)?|\d+[eE][-+]?\d+|\.\d+(?:[eE][-+]?\d+)?)|(\d+)([uU]?)/y;
const QUOTED = /([rR][bB]?|[bB][rR]?|)("""|'''|"|')/y;
const DIGITS_MAX = 400;

/** Words that name no variable and no function. */
const RESERVED: ReadonlySet<string> = new Set(
  (
    "as break const continue else for function if import let loop package namespace return " +
    "var void while"
  ).split(" "),
);

const WORDS: ReadonlyMap<string, Literal> = new Map([
  ["true", true],
  ["false", false],
  ["null", null],
]);

export function isReserved(name: string): boolean {
  return RESERVED.has(name);
}

/** All tokens of a source, with one of the kind `end` last. */
export function tokensOf(source: string): Token[] {
  const tokens: Token[] = [];
  let at = matchAt(SPACE, source, 0)?.[0].length ?? 0;
  while (at < source.length) {
    const token = tokenAt(source, at);
    tokens.push(token);
    at = token.end + (matchAt(SPACE, source, token.end)?.[0].length ?? 0);
  }
  tokens.push({ kind: "end", text: "", at, end: at });
  return tokens;
}

function matchAt(form: RegExp, source: string, at: number): RegExpExecArray | null {
  form.lastIndex = at;
  return form.exec(source);
}

function tokenAt(source: string, at: number): Token {
  const quoted = matchAt(QUOTED, source, at);
  if (quoted !== null) return quotedToken(source, at, quoted);
  const name = matchAt(NAME, source, at)?.[0];
  if (name !== undefined) {
    const end = at + name.length;
    const word = WORDS.get(name);
    return word === undefined
      ? { kind: "name", text: name, at, end }
      : { kind: "literal", value: word, at, end };
  }
  const number = matchAt(NUMBER, source, at);
  if (number !== null) return numberToken(source, at, number);
  const sign = matchAt(SIGN, source, at)?.[0];
  if (sign !== undefined) return { kind: "sign", text: sign, at, end: at + sign.length };
  const field = matchAt(QUOTED_NAME, source, at);
  if (field !== null)
    return { kind: "quoted-name", text: field[1] ?? "", at, end: at + field[0].length };
  const character = String.fromCodePoint(source.codePointAt(at) ?? 0);
  return fault(at, `${JSON.stringify(character)} is not part of the language`);
}

function quotedToken(
  source: string,
  at: number,
  [opening, prefix = "", quote = ""]: RegExpExecArray,
): Token {
  const isRaw = /r/i.test(prefix);
  const isBytes = /b/i.test(prefix);
  const start = at + opening.length;
  const { text, bytes, end } = readQuoted(source, start, { quote, isRaw, isBytes });
  return { kind: "literal", value: bytes === null ? text : new Bytes(bytes), at, end };
}

function numberToken(source: string, at: number, match: RegExpExecArray): Token {
  const [text, hex, hexUnsigned = "", double, digits = "0", unsigned = ""] = match;
  const end = at + text.length;
  if (/[A-Za-z0-9_]/.test(source[end] ?? "")) fault(at, "a number is followed by a letter");
  if (text.length > DIGITS_MAX) fault(at, "a number has too many digits");
  if (double !== undefined) return { kind: "literal", value: doubleOf(at, double), at, end };
  const range = hexUnsigned === "" && unsigned === "" ? "int" : "uint";
  const big = BigInt(hex === undefined ? digits : `0x${hex}`);
  // The least int is written as a minus and one more than the greatest: the parser puts both together.
  if (range === "int" && big === 1n << 63n) return { kind: "literal", value: big, at, end };
  return { kind: "literal", value: wholeLiteral(at, big, range), at, end };
}

function wholeLiteral(at: number, big: bigint, range: Range): Literal {
  try {
    const whole = wholeOf(big, range);
    return range === "uint" ? new Uint(whole) : whole;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return fault(at, `${big} is outside the range of ${range}`);
  }
}

function doubleOf(at: number, text: string): Double {
  const value = Number(text);
  if (!Number.isFinite(value)) fault(at, `${text.slice(0, 30)} is outside the range of double`);
  return new Double(value);
}
