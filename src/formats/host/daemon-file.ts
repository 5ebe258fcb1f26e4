// daemon.json with options set: what else it holds stays as it is, to the byte, and need not be known to whoever writes it.

import { pointerTo } from "../../kit/json-pointer.ts";
import { utf8, utf8Bytes } from "../../kit/text.ts";
import type { PlainValue } from "../../model/edit.ts";
import { jsonOffsets } from "../json-offsets.ts";

/** A part of the new file: bytes of the old one, or a text. */
export type FilePart =
  | { readonly kind: "kept"; readonly from: number; readonly bytes: number }
  | { readonly kind: "new"; readonly text: string };

interface Splice {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/**
 * The parts of daemon.json with options set.
 *
 * @param text null for a file that is not there.
 * @returns null for one that is no JSON object.
 */
export function withOptions(
  text: string | null,
  options: readonly { readonly option: string; readonly value: PlainValue }[],
): FilePart[] | null {
  const isEmpty = text === null || text.trim() === "";
  if (isEmpty) {
    const members = Object.fromEntries(options.map(({ option, value }) => [option, value]));
    return [{ kind: "new", text: `${JSON.stringify(members, null, 2)}\n` }];
  }
  const document = objectIn(text);
  return document === null ? null : partsOf(text, splices(text, document, options));
}

/** The text that parts make of an old one. */
export function joined(text: string, parts: readonly FilePart[]): string {
  const bytes = utf8Bytes(text);
  return parts
    .map((part) =>
      part.kind === "new" ? part.text : utf8(bytes.subarray(part.from, part.from + part.bytes)),
    )
    .join("");
}

function objectIn(text: string): ReadonlyMap<string, unknown> | null {
  try {
    const document: unknown = JSON.parse(text);
    if (typeof document !== "object" || document === null || Array.isArray(document)) return null;
    return new Map(Object.entries(document));
  } catch {
    return null;
  }
}

function splices(
  text: string,
  document: ReadonlyMap<string, unknown>,
  options: readonly { readonly option: string; readonly value: PlainValue }[],
): Splice[] {
  const values = new Map(options.map(({ option, value }) => [option, value]));
  const replaced = [...values].filter(([option]) => document.has(option));
  const added = [...values].filter(([option]) => !document.has(option));
  const pointers = replaced.map(([option]) => pointerTo("", option));
  const offsets = jsonOffsets(text, pointers);
  return [
    ...replaced.map(([option, value]) => {
      const key = offsets.get(pointerTo("", option)) ?? 0;
      const from = valueAfterKey(text, key);
      return { from, to: endOfValue(text, from), text: JSON.stringify(value) };
    }),
    ...appended(text, added, document.size === 0),
  ].sort((a, b) => a.from - b.from);
}

/** New members behind the last one, indented as the first. */
function appended(
  text: string,
  added: readonly (readonly [string, PlainValue])[],
  isBare: boolean,
): Splice[] {
  if (added.length === 0) return [];
  const indent = /^([ \t]+)"/m.exec(text)?.[1] ?? "  ";
  const close = text.lastIndexOf("}");
  const at = text.slice(0, close).trimEnd().length;
  const lines = added.map(([option, value]) => {
    const written = JSON.stringify(value, null, indent).replaceAll("\n", `\n${indent}`);
    return `\n${indent}${JSON.stringify(option)}: ${written}`;
  });
  return [
    { from: at, to: at, text: `${isBare ? "" : ","}${lines.join(",")}${isBare ? "\n" : ""}` },
  ];
}

const BLANK = /\s/;

function valueAfterKey(text: string, key: number): number {
  let at = endOfString(text, key);
  while (text[at] !== ":") at += 1;
  at += 1;
  while (BLANK.test(text[at] ?? "")) at += 1;
  return at;
}

function endOfValue(text: string, from: number): number {
  let at = from;
  let depth = 0;
  for (; at < text.length; at += 1) {
    const char = text[at] ?? "";
    if (char === '"') at = endOfString(text, at) - 1;
    else if (char === "{" || char === "[") depth += 1;
    else if (depth === 0 && /[\s,}\]]/.test(char)) break;
    else if (char === "}" || char === "]") depth -= 1;
  }
  return at;
}

function endOfString(text: string, from: number): number {
  let at = from + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at + 1;
}

function partsOf(text: string, all: readonly Splice[]): FilePart[] {
  const parts: FilePart[] = [];
  const keep = (from: number, to: number): void => {
    const bytes = utf8Bytes(text.slice(from, to)).length;
    if (bytes > 0) parts.push({ kind: "kept", from: utf8Bytes(text.slice(0, from)).length, bytes });
  };
  let at = 0;
  for (const splice of all) {
    keep(at, splice.from);
    parts.push({ kind: "new", text: splice.text });
    at = splice.to;
  }
  keep(at, text.length);
  return parts;
}
