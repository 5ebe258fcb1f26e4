// Lists are put into conditions as text, before these are read: a name between blanks, brackets, commas and equal signs becomes
// its items. Source: falcosecurity/falco, userspace/engine/rule_loader_compiler.cpp.
import type { ConditionSource, SourcePlace } from "./condition.ts";
import { escapeText } from "./escape.ts";

/** A list whose own names of lists have been replaced. */
export interface ExpandedList {
  readonly name: string;
  readonly items: readonly string[];
}

/** Lists may be put into one another; nobody's condition is near this. */
const LENGTH_MAX = 1 << 20;
const BLANKS = new Set(" \t\n\r");
const DELIMITERS = new Set(" \t\n\r(),=");

interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly length: number;
}

/** A text in which lists have been replaced. */
export interface ExpandedText {
  readonly source: ConditionSource;
  /** Names of the lists that stood in it. */
  readonly used: readonly string[];
  /** It grew beyond all measure, and is not whole. */
  readonly isTooLong: boolean;
}

export function expandLists(written: ConditionSource, lists: Iterable<ExpandedList>): ExpandedText {
  let { text } = written;
  const replacements: Replacement[] = [];
  const used: string[] = [];
  for (const list of lists) {
    if (!text.includes(list.name)) continue;
    const { length } = replacements;
    text = replaced(text, list, replacements);
    if (replacements.length > length) used.push(list.name);
    if (text.length > LENGTH_MAX) return { source: written, used, isTooLong: true };
  }
  if (replacements.length === 0) return { source: written, used, isTooLong: false };
  const placeOf = (at: number): SourcePlace => written.placeOf(before(at, replacements));
  return { source: { text, placeOf }, used, isTooLong: false };
}

/** The place that a place had before anything was replaced. */
function before(at: number, replacements: readonly Replacement[]): number {
  return replacements.reduceRight((place, { start, end, length }) => {
    if (place >= start + length) return place - length + (end - start);
    return Math.min(place, start);
  }, at);
}

function replaced(
  text: string,
  { name, items }: ExpandedList,
  replacements: Replacement[],
): string {
  const inserted = items.join(", ");
  let whole = text;
  for (let at = whole.indexOf(name); at !== -1; at = whole.indexOf(name, at + 1)) {
    const behind = at + name.length;
    if (!isDelimiter(whole[at - 1]) || !isDelimiter(whole[behind])) continue;
    const { start, end } = around(whole, at, behind, items.length === 0);
    whole = whole.slice(0, start) + inserted + whole.slice(end);
    replacements.push({ start, end, length: inserted.length });
    at = start + inserted.length;
    if (whole.length > LENGTH_MAX) break;
  }
  return whole;
}

function isDelimiter(character: string | undefined): boolean {
  return character === undefined || DELIMITERS.has(character);
}

/** Blanks around a name go with it, and with an empty list one of the commas. */
function around(
  text: string,
  at: number,
  behind: number,
  isEmpty: boolean,
): { start: number; end: number } {
  let start = at;
  let end = behind;
  while (BLANKS.has(text[start - 1] ?? "")) start -= 1;
  while (BLANKS.has(text[end] ?? "")) end += 1;
  if (isEmpty && text[start - 1] === ",") start -= 1;
  else if (isEmpty && text[end] === ",") end += 1;
  return { start, end };
}

/** An item as it stands in a condition: quoted when it must be, and left alone when it is quoted. */
export function quotedItem(item: string): string {
  if (/^"[\s\S]*"$|^'[\s\S]*'$/.test(item) && item.length > 1) return item;
  return item === "" || /[\s()"'=,]/.test(item) ? escapeText(item) : item;
}
