// Words of a value: what systemd splits at spaces, with quotes and escapes.
// Source: systemd.syntax(7), "Quoting"; systemd.service(5), "Command lines".

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["a", "\x07"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ["v", "\v"],
  ["s", " "],
  ["\\", "\\"],
  ['"', '"'],
  ["'", "'"],
]);

/** Quotes begin at the beginning of a word only. */
const WORD = /\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')?((?:[^\s\\]|\\.)*\\?)/sy;
const ESCAPE = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|([0-7]{3})|(.))/gs;

/** @returns The words; null when a quote is not closed. */
export function unitWords(value: string): string[] | null {
  const words: string[] = [];
  const text = value.trim();
  WORD.lastIndex = 0;
  while (WORD.lastIndex < text.length) {
    const [, double, single, rest = ""] = WORD.exec(text) ?? [];
    const quoted = double ?? single;
    if (quoted === undefined && /^["']/.test(rest)) return null;
    words.push(unescaped(`${quoted ?? ""}${rest}`));
  }
  return words;
}

/** Escapes that are none stand for themselves, with their backslash. */
function unescaped(word: string): string {
  return word.replace(ESCAPE, (whole, hex, long, octal, char) => {
    if (char !== undefined) return ESCAPES.get(String(char)) ?? whole;
    const digits = String(hex ?? long ?? octal);
    return String.fromCharCode(Number.parseInt(digits, octal === undefined ? 16 : 8));
  });
}
