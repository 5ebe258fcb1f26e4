// From an edit of a document to the letters of its file that change. Nothing outside of them does.
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import { pointerKeys } from "../../kit/json-pointer.ts";
import type { Splice } from "../../kit/splice.ts";
import type { Edit, PlainValue } from "../../model/edit.ts";
import {
  bodyLines,
  columnOf,
  endsInBlockText,
  flowText,
  isBlock,
  itemLines,
  lastOffset,
  lineEnd,
  lineStart,
  memberLines,
  scalarText,
  type YamlStyle,
} from "./yaml-style.ts";

/** Why an edit is not made: a sentence part. */
export interface Hindrance {
  readonly reason: string;
}

/** What is known of a document beside its nodes. */
export interface Written {
  readonly text: string;
  readonly style: YamlStyle;
  /** Anchors that something refers to. */
  readonly shared: ReadonlySet<string>;
}

/**
 * The letters that change for an edit. null when all is as it is to be already.
 *
 * @param top The document's mapping.
 */
export function spliceFor(
  edit: Exclude<Edit, { kind: "text" }>,
  top: YAMLMap,
  written: Written,
): Splice | Hindrance | null {
  const walked = walk(top, pointerKeys(edit.at), written);
  if ("reason" in walked) return walked;
  if (edit.kind === "remove") return walked.missing.length > 0 ? null : removal(walked, written);
  const nested = [...walked.missing].reverse();
  if (edit.kind === "add" && nested.length === 0 && isSeq(walked.node))
    return addition(walked.node, edit.value, written);
  const wanted = edit.kind === "add" ? [edit.value] : edit.value;
  if (nested.length === 0) return replacement(walked, wanted, written);
  const [key, ...rest] = walked.missing;
  const value = rest.reduceRight<PlainValue>((inner, name) => ({ [name]: inner }), wanted);
  const before = edit.kind === "set" ? edit.before : undefined;
  return insertion(walked, { key: key ?? "", value, before }, written);
}

interface Walked {
  /** What the way leads to, or its last part that is there. */
  readonly node: unknown;
  /** The pair or list of which it is the value or an item; null for the top. */
  readonly pair: Pair | null;
  readonly parent: YAMLMap | YAMLSeq | null;
  /** The pair or item that the parent is. */
  readonly parentPair: Pair | null;
  /** Keys of the rest of the way. */
  readonly missing: readonly string[];
}

function walk(top: YAMLMap, keys: readonly string[], written: Written): Walked | Hindrance {
  let at: Walked = { node: top, pair: null, parent: null, parentPair: null, missing: [] };
  for (const [i, key] of keys.entries()) {
    const next = stepFrom(at, key, written);
    if (next === null) return { ...at, missing: keys.slice(i) };
    if ("reason" in next) return next;
    at = next;
  }
  return at;
}

/** null when there is no such member, and there may be one. */
function stepFrom(
  { node, pair: parentPair }: Walked,
  key: string,
  { shared }: Written,
): Walked | Hindrance | null {
  if (node === null || (isScalar(node) && node.value === null)) return null;
  const at = { parentPair, missing: [] };
  if (isSeq(node)) {
    const item: unknown = node.items[Number(key)];
    if (item === undefined) return { reason: "the list has no such item" };
    return sharedBy(item, shared) ?? { ...at, node: item, pair: null, parent: node };
  }
  if (!isMap(node)) return { reason: `${JSON.stringify(key)} has no place in a text` };
  const pair = ownPair(node, key);
  if (pair === undefined) return null;
  return sharedBy(pair.value, shared) ?? { ...at, node: pair.value, pair, parent: node };
}

function ownPair(map: YAMLMap, key: string): Pair | undefined {
  return map.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === key);
}

function sharedBy(node: unknown, shared: ReadonlySet<string>): Hindrance | null {
  if (isAlias(node))
    return {
      reason: `it is the alias *${node.source}, and what it stands for is used elsewhere too`,
    };
  const anchor = (node as { anchor?: string } | null)?.anchor;
  if (anchor === undefined || !shared.has(anchor)) return null;
  return { reason: `it is used elsewhere too, through the anchor &${anchor}` };
}

function replacement(
  { node, pair }: Walked,
  value: PlainValue,
  written: Written,
): Splice | Hindrance | null {
  const { style } = written;
  const isEmpty = node === null || (isScalar(node) && node.source === "");
  if (isEmpty && pair !== null) return filling(pair, value, written);
  if (isScalar(node) && Object.is(node.value, value)) return null;
  const isSingle = isScalar(node) && !endsInBlockText(node);
  const isFlow = (isMap(node) || isSeq(node)) && !isBlock(node);
  const range = (node as Node | null)?.range;
  if (!range || !(isSingle || isFlow)) return { reason: "something else is written there" };
  return { start: range[0], end: range[1], text: likeBefore(node, value, style) };
}

/** A text keeps the quotes that it had. */
function likeBefore(node: unknown, value: PlainValue, style: YamlStyle): string {
  const quotes = isScalar(node) ? node.type : undefined;
  if (typeof value !== "string") return flowText(value, style);
  if (quotes === "QUOTE_DOUBLE") return JSON.stringify(value);
  return quotes === "QUOTE_SINGLE" ? `'${value.replaceAll("'", "''")}'` : flowText(value, style);
}

/** A value for a key that has none. */
function filling({ key }: Pair, value: PlainValue, written: Written): Splice | Hindrance {
  const { text, style } = written;
  const after = colonAfter(text, (key as Node).range?.[1] ?? 0);
  if (after === null) return { reason: "its key is written in an unusual way" };
  const isNested = typeof value === "object" && value !== null && Object.keys(value).length > 0;
  if (!isNested) return { start: after, end: after, text: ` ${flowText(value, style)}` };
  const lines = bodyLines(value as readonly PlainValue[], columnOf(text, key as Node), style);
  const end = lineEnd(text, after);
  return { start: end, end, text: lines.map((line) => style.eol + line).join("") };
}

function colonAfter(text: string, offset: number): number | null {
  return text[offset] === ":" ? offset + 1 : null;
}

interface NewMember {
  readonly key: string;
  readonly value: PlainValue;
  readonly before: string | undefined;
}

function insertion(walked: Walked, member: NewMember, written: Written): Splice | Hindrance {
  const { node, pair } = walked;
  const { key, value } = member;
  if (!isMap(node))
    return pair === null
      ? { reason: "there is nothing to add it to" }
      : filling(pair, { [key]: value }, written);
  if (pair !== null && node.flow === true && node.items.length === 0 && isBlock(walked.parent))
    return unfolded(node, pair, { [key]: value }, written);
  if (!isBlock(node))
    return flowInsertion(
      node,
      `${scalarText(key, written.style)}: ${flowText(value, written.style)}`,
      written,
    );
  const { text, style } = written;
  const first = node.items[0]?.key as Node | undefined;
  if (first === undefined) return { reason: "there is nothing to add it to" };
  const lines = memberLines(key, value, columnOf(text, first), style);
  const sibling = member.before === undefined ? undefined : ownPair(node, member.before);
  if (sibling !== undefined && sibling !== node.items[0])
    return before(sibling.key as Node, lines, written);
  return below(node, lines, written);
}

/** Braces without anything in them are no style to keep, where all around is written by indentation. */
function unfolded(
  node: YAMLMap,
  { key }: Pair,
  value: Readonly<Record<string, PlainValue>>,
  written: Written,
): Splice | Hindrance {
  const { text, style } = written;
  const [start, end] = node.range ?? [0, 0];
  const after = colonAfter(text, (key as Node).range?.[1] ?? 0);
  const stop = lineEnd(text, end);
  const isClear =
    after !== null && text.slice(after, start).trim() === "" && text.slice(start, end) === "{}";
  if (!isClear || style.isJson)
    return flowInsertion(node, flowText(value, style).slice(1, -1), written);
  const lines = bodyLines(value, columnOf(text, key as Node), style);
  const rest = text.slice(end, stop).trimEnd();
  return { start: after, end: stop, text: rest + lines.map((line) => style.eol + line).join("") };
}

/** In front of a member, and of the comments that stand right above it. */
function before(key: Node, lines: readonly string[], { text, style }: Written): Splice {
  let at = lineStart(text, key.range?.[0] ?? 0);
  while (at > 0) {
    const above = lineStart(text, at - 1);
    if (!text.slice(above, at).trimStart().startsWith("#")) break;
    at = above;
  }
  return { start: at, end: at, text: lines.map((line) => line + style.eol).join("") };
}

/** Below the last line of a mapping or list. */
function below(
  node: YAMLMap | YAMLSeq,
  lines: readonly string[],
  { text, style }: Written,
): Splice | Hindrance {
  const last = lastOffset(node);
  if (last === null) return { reason: "its end cannot be told" };
  if (endsInBlockText(node) && text[last - 1] === "\n")
    return { start: last, end: last, text: lines.map((line) => line + style.eol).join("") };
  const end = lineEnd(text, last);
  return { start: end, end, text: lines.map((line) => style.eol + line).join("") };
}

function flowInsertion(
  node: YAMLMap | YAMLSeq,
  item: string,
  { text, style }: Written,
): Splice | Hindrance {
  const [start, end] = node.range ?? [0, 0];
  if (node.items.length === 0) {
    const inner = text.slice(start + 1, end - 1);
    if (inner.trim() !== "") return { reason: "a comment stands in the brackets" };
    return { start: start + 1, end: end - 1, text: item };
  }
  const last = node.items.at(-1) as Pair | Node;
  const pair = isMap(node) ? (last as Pair) : null;
  const startsAt = ((pair?.key ?? last) as Node).range?.[0] ?? start;
  const endsAt = ((pair?.value ?? pair?.key ?? last) as Node).range?.[1] ?? end;
  // Where each stands on a line of its own, so does the new one.
  const indent = text.slice(lineStart(text, startsAt), startsAt);
  const isOwnLine = indent.trim() === "" && lineStart(text, startsAt) > start;
  const gap = isOwnLine ? style.eol + indent : " ";
  const comma = /^\s*,/.exec(text.slice(endsAt, endsAt + 1000))?.[0].length;
  if (comma === undefined) return { start: endsAt, end: endsAt, text: `,${gap}${item}` };
  return { start: endsAt + comma, end: endsAt + comma, text: `${gap}${item},` };
}

function addition(list: YAMLSeq, value: PlainValue, written: Written): Splice | Hindrance | null {
  const { text, style } = written;
  if (list.items.some((item) => isScalar(item) && Object.is(item.value, value))) return null;
  if (!isBlock(list)) return flowInsertion(list, flowText(value, style), written);
  const column = columnOf(text, list);
  if (text[list.range?.[0] ?? 0] !== "-")
    return { reason: "the list is written in an unusual way" };
  return below(list, itemLines(value, column, style), written);
}

function removal(walked: Walked, written: Written): Splice | Hindrance {
  const { parent, parentPair } = walked;
  if (parent === null) return { reason: "it is the whole document" };
  if (!isBlock(parent)) return flowRemoval(walked, parent, written);
  if (parent.items.length === 1) return emptied(parent, parentPair, written);
  const start = startOf(walked, parent, written);
  if (start === null) return { reason: "it shares its line with something else" };
  const { text } = written;
  const last = lastOffset(walked.node) ?? lastOffset(walked.pair?.key);
  if (last === null) return { reason: "its end cannot be told" };
  const end = endsInBlockText(walked.node) && text[last - 1] === "\n" ? last : pastLine(text, last);
  if (start.isOwnLine) return { start: lineStart(text, start.offset), end, text: "" };
  // On the line of a dash: what comes next takes its place.
  const next = text.slice(end).search(/\S/);
  const isClear = next !== -1 && text[end + next] !== "#" && text[end + next] !== "-";
  if (!isClear) return { reason: "it shares its line with something else" };
  return { start: start.offset, end: end + next, text: "" };
}

function pastLine(text: string, offset: number): number {
  const newline = text.indexOf("\n", offset);
  return newline === -1 ? text.length : newline + 1;
}

/** Where a member or an item begins, with its dash. */
function startOf(
  { node, pair }: Walked,
  parent: YAMLMap | YAMLSeq,
  { text }: Written,
): { readonly offset: number; readonly isOwnLine: boolean } | null {
  const begin = ((pair?.key ?? node) as Node | null)?.range?.[0];
  if (begin === undefined) return null;
  const line = lineStart(text, begin);
  const ahead = text.slice(line, begin);
  if (pair === null)
    return /^ *- +$/.test(ahead) && isSeq(parent) ? { offset: begin, isOwnLine: true } : null;
  if (ahead.trim() === "") return { offset: begin, isOwnLine: true };
  return /^ *(?:- +)+$/.test(ahead) ? { offset: begin, isOwnLine: false } : null;
}

/** A mapping or list that loses all it has is written as one without anything, so that it stays what it is. */
function emptied(
  parent: YAMLMap | YAMLSeq,
  pair: Pair | null,
  { text }: Written,
): Splice | Hindrance {
  const last = lastOffset(parent);
  if (last === null) return { reason: "its end cannot be told" };
  const empty = isMap(parent) ? "{}" : "[]";
  const isLong = endsInBlockText(parent) && text[last - 1] === "\n";
  const end = isLong ? last - 1 : lineEnd(text, last);
  if (pair === null) {
    const begin = parent.range?.[0] ?? 0;
    return /^ *(?:- +)+$/.test(text.slice(lineStart(text, begin), begin))
      ? { start: begin, end, text: empty }
      : { reason: "it is all that the document has" };
  }
  const after = colonAfter(text, (pair.key as Node).range?.[1] ?? 0);
  if (after === null) return { reason: "its key is written in an unusual way" };
  return { start: after, end, text: ` ${empty}` };
}

function flowRemoval(
  { node, pair }: Walked,
  parent: YAMLMap | YAMLSeq,
  { text }: Written,
): Splice | Hindrance {
  const index = parent.items.indexOf((pair ?? node) as never);
  const bounds = (item: unknown): [number, number] => {
    const member = isMap(parent) ? (item as Pair) : null;
    const first = (member?.key ?? item) as Node;
    const last = (member?.value ?? first) as Node;
    return [first.range?.[0] ?? 0, last.range?.[1] ?? 0];
  };
  const [start, end] = bounds(parent.items[index]);
  if (parent.items.length === 1) {
    const [from, to] = parent.range ?? [0, 0];
    const isClear =
      text.slice(from + 1, start).trim() === "" && /^[\s,]*$/.test(text.slice(end, to - 1));
    return isClear
      ? { start: from + 1, end: to - 1, text: "" }
      : { reason: "a comment stands in the brackets" };
  }
  const neighbour = parent.items[index === 0 ? 1 : index - 1];
  const [nextStart, previousEnd] = bounds(neighbour);
  const span = index === 0 ? { start, end: nextStart } : { start: previousEnd, end };
  const between = index === 0 ? text.slice(end, nextStart) : text.slice(previousEnd, start);
  return /^[\s,]*$/.test(between)
    ? { ...span, text: "" }
    : { reason: "a comment stands beside it" };
}
