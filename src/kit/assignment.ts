// A name that is given a value, in whatever language: `KEY=value`, `key: "value"`, `"key": "value"`, `<key>value</key>`,
// `--key value`, `- name: KEY` with `value: …` in the next line. Bytes are looked at once, forward, and within bounds.

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
const SINGLE = 39;
const COMMA = 44;
const COLON = 58;
const EQUALS = 61;
const GREATER = 62;
const BACKSLASH = 92;
const BRACKET = 93;
const BACKTICK = 96;

/** What a name is made of: letters, digits, `_`, `-`, `.`. */
const IN_NAME: Uint8Array = table(/[\w.-]/);
/** What ends a value that is not in quotes. */
const ENDS_VALUE: Uint8Array = table(/[\s"'`,;<>(){}[\]\\|&\0]/);

function table(wanted: RegExp): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) =>
    wanted.test(String.fromCharCode(byte)) ? 1 : 0,
  );
}

/**
 * The value that is given to the name around a word.
 *
 * @param at Any offset within the name.
 * @param end Where the bytes end.
 * @returns null when nothing is given to it.
 */
export function assignmentAt(bytes: Uint8Array, at: number, end: number): Assignment | null {
  let nameFrom = at;
  while (nameFrom > 0 && at - nameFrom < NAME_REACH && isIn(IN_NAME, bytes[nameFrom - 1]))
    nameFrom -= 1;
  let nameTo = at;
  while (nameTo < end && nameTo - at < NAME_REACH && isIn(IN_NAME, bytes[nameTo])) nameTo += 1;
  const separated = separatorAt(bytes, nameTo, end);
  if (separated === null) return null;
  const { separator } = separated;
  const opened = openedAt(bytes, skipBlanks(bytes, separated.to, end));
  const value = valueAt(bytes, opened, end);
  if (value === null) return null;
  return {
    name: text(bytes, nameFrom, nameTo),
    nameFrom,
    separator,
    isQuoted: opened.quote !== 0,
    ...value,
  };
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
      if (next === EQUALS) return { separator: "=", to: at + 2 };
      return next === COLON ? null : { separator: ":", to: at + 1 };
    case GREATER:
      return at === from ? { separator: ">", to: from + 1 } : null;
    case COMMA:
    case NEWLINE:
    case RETURN:
      return pairedAt(bytes, at, closed > from);
    default:
      // A space alone gives a value to an option, and elsewhere stands between words.
      return at > closed ? { separator: " ", to: at } : null;
  }
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

/** `- name: KEY` and `value: …` after it; `setenv("KEY", "value")`. */
function pairedAt(bytes: Uint8Array, from: number, isQuoted: boolean): Separator | null {
  const paired = /^,?\s{0,40}["']?[vV]alue["']?\s{0,4}:/.exec(text(bytes, from, from + 64));
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

function valueAt(
  bytes: Uint8Array,
  { at, quote }: Opened,
  end: number,
): { valueFrom: number; valueTo: number } | null {
  const stop = Math.min(end, at + VALUE_MAX);
  let to = at;
  if (quote === 0) while (to < stop && !isIn(ENDS_VALUE, bytes[to])) to += 1;
  else while (to < stop && bytes[to] !== quote && bytes[to] !== NEWLINE && bytes[to] !== 0) to += 1;
  if (quote !== 0 && bytes[to] !== quote) return null;
  if (quote !== 0 && to > at && bytes[to - 1] === BACKSLASH) to -= 1;
  return to === at || to === at + VALUE_MAX ? null : { valueFrom: at, valueTo: to };
}

function text(bytes: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...bytes.subarray(from, to));
}
