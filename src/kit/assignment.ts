// A name that is given a value, in whatever language: `KEY=value`, `key: "value"`, `"key": "value"`, `<key>value</key>`,
// `--key value`, `key: string = "value"`, `- name: KEY` with `value: …` in the next line. Whoever asks at every word of a
// text still has each byte of it looked at a few times only, for where a value ends is kept.

/** A name with its value, as offsets. */
export interface Assignment {
  readonly name: string;
  readonly nameFrom: number;
  readonly valueFrom: number;
  /** Behind the value's last byte. */
  readonly valueTo: number;
  /** Whether the value stands in quotes. */
  readonly isQuoted: boolean;
  /** `=`, `:`, `,`, `>`, or a space where there is nothing else. */
  readonly separator: string;
}

const NAME_REACH = 48;
const SPACES_MAX = 16;
const VALUE_MAX = 2048;

const TAB = 9;
const NEWLINE = 10;
const RETURN = 13;
const SPACE = 32;
const DOUBLE = 34;
const AMPERSAND = 38;
const SINGLE = 39;
const COMMA = 44;
const COLON = 58;
const EQUALS = 61;
const GREATER = 62;
const UPPER_S = 83;
const BACKSLASH = 92;
const BRACKET = 93;
const BACKTICK = 96;
const LOWER_S = 115;

/** What a name is made of: letters, digits, `_`, `-`, `.`. */
const IN_NAME: Uint8Array = table(/[\w.-]/);
/** What ends a value that is not in quotes. */
const ENDS_VALUE: Uint8Array = table(/[\s"'`,;<>(){}[\]\\|&\0]/);

function table(wanted: RegExp): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) =>
    wanted.test(String.fromCharCode(byte)) ? 1 : 0,
  );
}

/** Tells the assignments of one stretch of bytes. */
export class Assignments {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  /** How far was looked for the end of a value of each sort, by the quote that ends it; 0 for those without. */
  readonly #ends = new Map<number, ValueEnd>();

  /** @param end Where the bytes end. */
  constructor(bytes: Uint8Array, end: number) {
    this.#bytes = bytes;
    this.#end = end;
  }

  /**
   * The value that is given to the name around a word.
   *
   * @param at Any offset within the name.
   * @returns null when nothing is given to it.
   */
  at(at: number): Assignment | null {
    const bytes = this.#bytes;
    const end = this.#end;
    let nameFrom = at;
    while (nameFrom > 0 && at - nameFrom < NAME_REACH && isIn(IN_NAME, bytes[nameFrom - 1]))
      nameFrom -= 1;
    let nameTo = at;
    while (nameTo < end && nameTo - at < NAME_REACH && isIn(IN_NAME, bytes[nameTo])) nameTo += 1;
    const separated = separatorAt(bytes, nameTo, end);
    if (separated === null) return null;
    const { separator } = separated;
    // Of two texts one after the other only the first one as a whole is a name.
    if (separator === "," && !isQuote(bytes[nameFrom - 1])) return null;
    const opened = openedAt(bytes, skipBlanks(bytes, separated.to, end));
    const value = this.#value(opened);
    if (value === null) return null;
    return {
      name: text(bytes, nameFrom, nameTo),
      nameFrom,
      separator,
      isQuoted: opened.quote !== 0,
      ...value,
    };
  }

  #value({ at, quote }: Opened): { valueFrom: number; valueTo: number } | null {
    const stop = Math.min(this.#end, at + VALUE_MAX);
    let to = Math.min(this.#valueEnd(at, quote, stop), stop);
    if (quote !== 0 && this.#bytes[to] !== quote) return null;
    if (quote !== 0 && to > at && this.#bytes[to - 1] === BACKSLASH) to -= 1;
    return to === at || to === at + VALUE_MAX ? null : { valueFrom: at, valueTo: to };
  }

  /** The first byte from a place that ends a value; `stop`, or something behind it, when there is none before. */
  #valueEnd(at: number, quote: number, stop: number): number {
    const known = this.#ends.get(quote);
    const isKnown = known !== undefined && known.from <= at && at <= known.to;
    let to = isKnown ? known.to : at;
    if (!(isKnown && known.isEnd))
      while (to < stop && !endsValue(this.#bytes[to] ?? 0, quote)) to += 1;
    const from = isKnown ? known.from : at;
    const isEnd = (isKnown && known.isEnd) || to < stop;
    this.#ends.set(quote, { from, to, isEnd });
    return to;
  }
}

interface ValueEnd {
  readonly from: number;
  /** From `from` to here nothing ends a value. */
  readonly to: number;
  /** Whether what stands there does. */
  readonly isEnd: boolean;
}

function endsValue(byte: number, quote: number): boolean {
  if (quote === 0) return ENDS_VALUE[byte] === 1;
  return byte === quote || byte === NEWLINE || byte === 0;
}

function isQuote(byte: number | undefined): boolean {
  return byte === DOUBLE || byte === SINGLE || byte === BACKTICK;
}

function isIn(wanted: Uint8Array, byte: number | undefined): boolean {
  return wanted[byte ?? 0] === 1;
}

function skipBlanks(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && at - from < SPACES_MAX && (bytes[at] === SPACE || bytes[at] === TAB)) at += 1;
  return at;
}

/** Behind a name: a closing quote or bracket, blanks, and what gives it a value. */
function separatorAt(bytes: Uint8Array, from: number, end: number): Separator | null {
  const closed = closedAt(bytes, from);
  const at = skipBlanks(bytes, closed, end);
  const next = bytes[at + 1];
  switch (bytes[at]) {
    case EQUALS:
      // `==` and `===` compare.
      return next === EQUALS ? null : { separator: "=", to: at + (next === GREATER ? 2 : 1) };
    case COLON:
      return colonAt(bytes, at);
    case GREATER:
      return at === from ? { separator: ">", to: from + 1 } : null;
    case COMMA:
    case NEWLINE:
    case RETURN:
      return pairedAt(bytes, at, closed > from);
    default:
      return at > closed ? spacedAt(bytes, at, closed > from) : null;
  }
}

/** `: value`, `:= value` and `: string = value`; `::` is no separator. */
function colonAt(bytes: Uint8Array, at: number): Separator | null {
  const next = bytes[at + 1];
  if (next === EQUALS) return { separator: "=", to: at + 2 };
  if (next === COLON) return null;
  return typedAt(bytes, at) ?? { separator: ":", to: at + 1 };
}

/** A space alone gives a value to an option, and elsewhere stands between words. */
function spacedAt(bytes: Uint8Array, at: number, isQuoted: boolean): Separator {
  return (
    (isQuoted ? pairedAt(bytes, at, false) : null) ??
    typedAt(bytes, at) ?? { separator: " ", to: at }
  );
}

const TYPED = /^:? ?&?(?:'static )?(?:string|String|str)\??\s{0,4}=\s{0,4}(?=["'`])/;

/** `var key string = "…"`, `key: string = "…"`, `key: &str = "…"`: a text's type between a name and its value. */
function typedAt(bytes: Uint8Array, at: number): Separator | null {
  const colon = bytes[at] === COLON ? at + 1 : at;
  const first = bytes[bytes[colon] === SPACE ? colon + 1 : colon];
  // Nearly everywhere it is something else.
  if (first !== LOWER_S && first !== UPPER_S && first !== AMPERSAND) return null;
  const typed = TYPED.exec(text(bytes, at, at + 32));
  return typed === null ? null : { separator: "=", to: at + typed[0].length };
}

interface Separator {
  readonly separator: string;
  readonly to: number;
}

/** Behind a quote, which may be escaped, and a bracket. */
function closedAt(bytes: Uint8Array, from: number): number {
  let at = bytes[from] === BACKSLASH ? from + 1 : from;
  if (bytes[at] === DOUBLE || bytes[at] === SINGLE || bytes[at] === BACKTICK) at += 1;
  return bytes[at] === BRACKET ? at + 1 : at;
}

/** `- name: KEY` and `value: …` after it; `key="KEY" value="…"`; `setenv("KEY", "value")`. */
function pairedAt(bytes: Uint8Array, from: number, isQuoted: boolean): Separator | null {
  const paired = /^,?\s{0,40}["']?[vV]alue["']?\s{0,4}[:=]/.exec(text(bytes, from, from + 64));
  if (paired !== null) return { separator: ":", to: from + paired[0].length };
  return bytes[from] === COMMA && isQuoted ? { separator: ",", to: from + 1 } : null;
}

interface Opened {
  readonly at: number;
  /** 0 for none. */
  readonly quote: number;
}

function openedAt(bytes: Uint8Array, at: number): Opened {
  const behind = bytes[at] === BACKSLASH ? at + 1 : at;
  const byte = bytes[behind];
  if (byte === DOUBLE || byte === SINGLE || byte === BACKTICK)
    return { at: behind + 1, quote: byte };
  return { at, quote: 0 };
}

function text(bytes: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...bytes.subarray(from, to));
}
