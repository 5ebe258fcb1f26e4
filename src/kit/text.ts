// Text and bytes without Node's types: what kit, model, stages and plugins may use.

// The two globals that every JavaScript engine has and that the language's own library does not declare.
declare const TextDecoder: new (
  label: string,
  options?: { readonly fatal?: boolean; readonly ignoreBOM?: boolean },
) => { decode(bytes: Uint8Array): string };
declare const TextEncoder: new () => { encode(text: string): Uint8Array };

const UTF8 = new TextDecoder("utf-8");
const LATIN1 = new TextDecoder("latin1");
const ENCODER = new TextEncoder();

/** Decodes UTF-8; a byte order mark is dropped, and malformed bytes become U+FFFD. Never throws. */
export function utf8(bytes: Uint8Array): string {
  return UTF8.decode(bytes);
}

/** Decodes one byte to one character, so that offsets in the text are offsets in the bytes. Never throws. */
export function latin1(bytes: Uint8Array): string {
  return LATIN1.decode(bytes);
}

export function utf8Bytes(text: string): Uint8Array {
  return ENCODER.encode(text);
}

/** Calls back for each line, without its line end (`\n` or `\r\n`). One pass; makes no array of lines. */
export function eachLine(text: string, line: (line: string, number: number) => void): void {
  let start = 0;
  for (let number = 1; start < text.length; number += 1) {
    const newline = text.indexOf("\n", start);
    const end = newline === -1 ? text.length : newline;
    const stop = end > start && text.charCodeAt(end - 1) === 0x0d ? end - 1 : end;
    line(text.slice(start, stop), number);
    start = end + 1;
  }
}

/** Cuts at `max` characters and takes out control characters: for texts out of images that people will see. */
export function printable(text: string, max: number): string {
  let clean = "";
  for (const char of text.slice(0, max)) {
    const code = char.charCodeAt(0);
    if (code >= 0x20 && code !== 0x7f && (code < 0x80 || code > 0x9f)) clean += char;
  }
  return clean.trim();
}
