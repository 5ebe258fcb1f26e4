// How a document is written, so that what is added looks like what is there.
import { isMap, isScalar, isSeq, type Node, stringify, type YAMLMap, type YAMLSeq } from "yaml";
import type { PlainValue } from "../../model/edit.ts";

/** How values are written in one document. */
export interface YamlStyle {
  /** Columns by which members are further to the right than what they belong to. */
  readonly step: number;
  /** The same for the dashes of lists. */
  readonly dash: number;
  /** Whether the file is JSON, where every text has quotes. */
  readonly isJson: boolean;
  readonly eol: string;
}

const MAPPINGS_MAX = 500;
const STEPS_MAX = 50;

/** As the first mapping in a mapping is written, and the first list in one. */
export function styleOf(text: string, top: YAMLMap, isJson: boolean): YamlStyle {
  const steps = stepsIn(text, top);
  const step = steps.find(({ of }) => isMap(of))?.columns ?? 2;
  const dash = steps.find(({ of }) => isSeq(of))?.columns ?? step;
  const eol = /\r\n/.test(text.slice(0, 10_000)) ? "\r\n" : "\n";
  return { step: step === 0 ? 2 : step, dash, isJson, eol };
}

/** How far what is written by indentation is to the right of what it belongs to. */
function stepsIn(text: string, top: YAMLMap): { of: YAMLMap | YAMLSeq; columns: number }[] {
  const found: { of: YAMLMap | YAMLSeq; columns: number }[] = [];
  const pending: YAMLMap[] = [top];
  for (let seen = 0; seen < MAPPINGS_MAX && found.length < STEPS_MAX; seen += 1) {
    const map = pending.shift();
    if (map === undefined) break;
    const nested = map.items.map(({ value }) => value).filter(isBlock);
    for (const of of nested) {
      const columns = columnOf(text, of) - columnOf(text, map);
      if (columns >= 0 && columns <= 8) found.push({ of, columns });
      pending.push(...(isSeq(of) ? of.items : [of]).filter((node) => isMap(node)));
    }
  }
  return found;
}

/** Whether a mapping or list is written by indentation. */
export function isBlock(node: unknown): node is YAMLMap | YAMLSeq {
  return (isMap(node) || isSeq(node)) && node.flow !== true;
}

/** From 0: how far to the right a node begins. */
export function columnOf(text: string, node: Node): number {
  const start = node.range?.[0] ?? 0;
  return start - lineStart(text, start);
}

export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf("\n", offset - 1) + 1;
}

/** The offset of the line's end, before what ends it. */
export function lineEnd(text: string, offset: number): number {
  const newline = text.indexOf("\n", offset);
  if (newline === -1) return text.length;
  return newline > offset && text[newline - 1] === "\r" ? newline - 1 : newline;
}

/** The offset behind the last letter of a node that is no blank, comment or end of a line. */
export function lastOffset(node: unknown): number | null {
  if (isMap(node) && node.flow !== true) {
    const pair = node.items.at(-1);
    return lastOffset(pair?.value) ?? lastOffset(pair?.key);
  }
  if (isSeq(node) && node.flow !== true) return lastOffset(node.items.at(-1));
  return (node as Node | null | undefined)?.range?.[1] ?? null;
}

/** Whether the last letter belongs to a text of several lines, which ends with its last line. */
export function endsInBlockText(node: unknown): boolean {
  if (isMap(node) && node.flow !== true) return endsInBlockText(node.items.at(-1)?.value);
  if (isSeq(node) && node.flow !== true) return endsInBlockText(node.items.at(-1));
  return isScalar(node) && (node.type === "BLOCK_LITERAL" || node.type === "BLOCK_FOLDED");
}

/** A scalar, key or value, with quotes where it would be taken for something else. */
export function scalarText(value: string | number | boolean | null, { isJson }: YamlStyle): string {
  if (isJson) return JSON.stringify(value);
  // Words of YAML 1.1, such as `on`, get quotes too.
  return stringify(value, { version: "1.1", lineWidth: 0, defaultStringType: "PLAIN" }).trimEnd();
}

/** A value on one line, as within brackets. */
export function flowText(value: PlainValue, style: YamlStyle): string {
  if (typeof value !== "object" || value === null) return inFlow(scalarText(value, style));
  const items = Array.isArray(value)
    ? value.map((item: PlainValue) => flowText(item, style))
    : Object.entries(value).map(
        ([key, member]: [string, PlainValue]) =>
          `${inFlow(scalarText(key, style))}: ${flowText(member, style)}`,
      );
  return Array.isArray(value) ? `[${items.join(", ")}]` : `{${items.join(", ")}}`;
}

/** Brackets and commas end a text that has no quotes. */
function inFlow(text: string): string {
  return /^["']/.test(text) || !/[,[\]{}]/.test(text) ? text : JSON.stringify(text);
}

/** The lines of `key: value`, each with its indentation. */
export function memberLines(
  key: string,
  value: PlainValue,
  column: number,
  style: YamlStyle,
): string[] {
  const head = `${" ".repeat(column)}${scalarText(key, style)}:`;
  if (!isFilled(value)) return [`${head} ${flowText(value, style)}`];
  return [head, ...bodyLines(value, column, style)];
}

/** The lines below a key. */
export function bodyLines(
  value: readonly PlainValue[] | Readonly<Record<string, PlainValue>>,
  column: number,
  style: YamlStyle,
): string[] {
  if (Array.isArray(value))
    return value.flatMap((item: PlainValue) => itemLines(item, column + style.dash, style));
  return Object.entries(value).flatMap(([name, member]: [string, PlainValue]) =>
    memberLines(name, member, column + style.step, style),
  );
}

/** The lines of `- value`. */
export function itemLines(value: PlainValue, column: number, style: YamlStyle): string[] {
  const blanks = " ".repeat(column);
  if (!isFilled(value) || Array.isArray(value)) return [`${blanks}- ${flowText(value, style)}`];
  const lines = bodyLines(value, column + 2 - style.step, style);
  return lines.map((line, i) => (i === 0 ? `${blanks}- ${line.trimStart()}` : line));
}

function isFilled(
  value: PlainValue,
): value is readonly PlainValue[] | Readonly<Record<string, PlainValue>> {
  return typeof value === "object" && value !== null && Object.keys(value).length > 0;
}
