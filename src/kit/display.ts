// Text on screens. Names, paths and summaries come out of images that an attacker may have made: whatever is printed passes
// through `visible`, or a package could move the cursor, recolour the verdict or write a link.

/** Bidirectional controls reorder what is read; zero-width and tag characters hide in it. @see Unicode UTR 36, section 2 */
const INVISIBLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about.
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\ufff9-\ufffb\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]|[\ufe00-\ufe0f]|\p{Cs}/gu;

/** Longer texts are cut before anything else is done with them. */
const LENGTH_MAX = 20_000;

/**
 * Makes a text safe to print in one line: terminal escapes, control and invisible characters and lone surrogates are written
 * out (`\x1b`, `\u202e`); line ends and tabs become spaces.
 */
export function visible(text: string): string {
  const bounded = text.length > LENGTH_MAX ? `${text.slice(0, LENGTH_MAX)}…` : text;
  return bounded.replace(INVISIBLE, (char) => {
    if (char === "\n" || char === "\r" || char === "\t") return " ";
    const code = char.codePointAt(0) ?? 0;
    const hex = code.toString(16);
    if (code < 0x100) return `\\x${hex.padStart(2, "0")}`;
    return code > 0xffff ? `\\u{${hex}}` : `\\u${hex.padStart(4, "0")}`;
  });
}

/** Ranges that terminals draw two columns wide (East Asian Wide and Fullwidth, and emoji). @see Unicode UAX 11 */
const WIDE: readonly (readonly [from: number, to: number])[] = [
  [0x1100, 0x115f],
  [0x231a, 0x231b],
  [0x2329, 0x232a],
  [0x23e9, 0x23ec],
  [0x25fd, 0x25fe],
  [0x2614, 0x2615],
  [0x2648, 0x2653],
  [0x26a1, 0x26a1],
  [0x26d4, 0x26d4],
  [0x2705, 0x2705],
  [0x270a, 0x270b],
  [0x2728, 0x2728],
  [0x274c, 0x274c],
  [0x274e, 0x274e],
  [0x2753, 0x2757],
  [0x2795, 0x2797],
  [0x2b1b, 0x2b1c],
  [0x2b50, 0x2b50],
  [0x2b55, 0x2b55],
  [0x2e80, 0x303e],
  [0x3041, 0x4dbf],
  [0x4e00, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f004, 0x1f004],
  [0x1f0cf, 0x1f0cf],
  [0x1f18e, 0x1f19a],
  [0x1f200, 0x1f320],
  [0x1f32d, 0x1f64f],
  [0x1f680, 0x1f6ff],
  [0x1f7e0, 0x1f7eb],
  [0x1f900, 0x1faff],
  [0x20000, 0x3fffd],
];

const COMBINING = /^[\p{Mn}\p{Me}]$/u;
const PLAIN = /^[ -~]*$/;

function columnsOf(char: string): number {
  const code = char.codePointAt(0) ?? 0;
  if (code < 0x300) return 1;
  if (WIDE.some(([from, to]) => code >= from && code <= to)) return 2;
  return COMBINING.test(char) ? 0 : 1;
}

/** How many columns a terminal gives to a text without escapes. */
export function columns(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const char of text) width += columnsOf(char);
  return width;
}

/** Cuts to a number of columns; what was cut off is replaced by `…`. Never splits a character. */
export function cut(text: string, max: number): string {
  if (columns(text) <= max) return text;
  if (max <= 0) return "";
  let width = 0;
  let kept = "";
  for (const char of text) {
    width += columnsOf(char);
    if (width > max - 1) break;
    kept += char;
  }
  return `${kept}…`;
}

/** Fills up with spaces at the end to a number of columns. */
export function padRight(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - columns(text)));
}

/** Fills up with spaces at the front to a number of columns. */
export function padLeft(text: string, width: number): string {
  return " ".repeat(Math.max(0, width - columns(text))) + text;
}

/** Breaks at spaces into lines of at most `width` columns; a longer word is broken anywhere. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ").flatMap((w) => pieces(w, width))) {
    if (line !== "" && columns(line) + columns(word) + 1 > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

function pieces(word: string, width: number): string[] {
  if (columns(word) <= width) return [word];
  const found: string[] = [];
  let piece = "";
  let used = 0;
  for (const char of word) {
    const wide = columnsOf(char);
    if (used + wide > width && piece !== "") {
      found.push(piece);
      piece = "";
      used = 0;
    }
    piece += char;
    used += wide;
  }
  return [...found, piece];
}
