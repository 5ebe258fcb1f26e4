// What transformers make of values. Source: falcosecurity/libs, userspace/libsinsp/sinsp_filter_transformers.
import type { TransformerName } from "../../formats/falco/condition.ts";
import { latin1, utf8Bytes } from "../../kit/text.ts";
import type { FieldType, FieldValue } from "./contract.ts";
import { lowerAscii, upperAscii } from "./text-tests.ts";

/** A transformer of one value: which types it takes, which it gives, and what it does. */
export interface ValueTransformer {
  readonly takes: readonly FieldType[];
  readonly gives: FieldType;
  transform(value: FieldValue, type: FieldType): FieldValue;
}

export const VALUE_TRANSFORMERS: ReadonlyMap<TransformerName, ValueTransformer> = new Map<
  TransformerName,
  ValueTransformer
>([
  [
    "tolower",
    { takes: ["text"], gives: "text", transform: (value) => lowerAscii(value as string) },
  ],
  [
    "toupper",
    { takes: ["text"], gives: "text", transform: (value) => upperAscii(value as string) },
  ],
  ["basename", { takes: ["text"], gives: "text", transform: (value) => baseName(value as string) }],
  [
    "b64",
    {
      takes: ["text", "bytes"],
      gives: "text",
      transform: (value, type) => base64(bytesOf(value as string, type)),
    },
  ],
  [
    "len",
    {
      takes: ["text", "bytes"],
      gives: "number",
      transform: (value, type) => bytesOf(value as string, type).length,
    },
  ],
]);

function bytesOf(value: string, type: FieldType): string {
  return type === "bytes" ? value : latin1(utf8Bytes(value));
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Of one character a byte. Source: RFC 4648, section 4. */
function base64(bytes: string): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 3) {
    const [a = 0, b = 0, c = 0] = [0, 1, 2].map((i) => bytes.charCodeAt(at + i) || 0);
    const group = (a << 16) | (b << 8) | c;
    const digits = [18, 12, 6, 0].map((shift) => DIGITS.charAt((group >> shift) & 63));
    const given = Math.min(3, bytes.length - at);
    text += digits
      .slice(0, given + 1)
      .join("")
      .padEnd(4, "=");
  }
  return text;
}

/**
 * The options among the arguments of a command, as getopt(3) finds them: each letter with its value, "" for one without. It stops at
 * `--` and at the first word that is no option.
 *
 * @param known Letters; a colon behind one says that it has a value.
 */
export function optionsOf(words: readonly string[], known: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i] ?? "";
    if (!/^-[^-]/.test(word)) break;
    const { takesValue, rest } = cluster(word.slice(1), known, found);
    if (takesValue === null) continue;
    if (rest === "") i += 1;
    found.set(takesValue, rest === "" ? (words[i] ?? "") : rest);
  }
  return found;
}

/** Letters of one word; it ends at the first that has a value, which is what is left of the word or the next one. */
function cluster(
  letters: string,
  known: string,
  found: Map<string, string>,
): { takesValue: string | null; rest: string } {
  for (let at = 0; at < letters.length; at += 1) {
    const letter = letters.charAt(at);
    const place = letter === ":" ? -1 : known.indexOf(letter);
    if (place === -1) continue;
    if (known[place + 1] === ":") return { takesValue: letter, rest: letters.slice(at + 1) };
    found.set(letter, "");
  }
  return { takesValue: null, rest: "" };
}
