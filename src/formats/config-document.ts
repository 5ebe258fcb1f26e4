// The YAML of files that people write for us: no aliases, no name twice, and bounded in size, depth and time.
import {
  isMap,
  isScalar,
  isSeq,
  type LineCounter,
  type ParsedNode,
  parseDocument,
  type YAMLMap,
} from "yaml";
import { utf8 } from "../kit/text.ts";
import { readStrictYaml } from "./strict-yaml.ts";
import { isTooDeep } from "./yaml-depth.ts";

const BYTES_MAX = 4 << 20;

/** Why a file is not read: lower case, no full stop; the line is null where it is the whole that is wrong. */
export interface ConfigFault {
  readonly state: string;
  readonly line: number | null;
}

/**
 * Parses a file.
 *
 * @param lines Told where each line begins.
 * @returns The top; null for an empty file.
 */
export function parseConfig(
  bytes: Uint8Array,
  lines: LineCounter,
): { readonly contents: ParsedNode | null } | { readonly fault: ConfigFault } {
  const refuse: Refuse = (state, at) => ({
    fault: { state, line: at === undefined ? null : lines.linePos(at).line },
  });
  if (bytes.length > BYTES_MAX) return refuse(`it is larger than ${BYTES_MAX} bytes`);
  const text = utf8(bytes);
  const strict = readStrictYaml(text, lines);
  if (strict !== null) return onlyOnce(strict, refuse);
  if (isTooDeep(text)) return refuse(TOO_DEEP);
  // The library compares each name with each other one, so we look for those that stand twice.
  const options = { lineCounter: lines, maxAliasCount: 0, uniqueKeys: false } as object;
  let document: ReturnType<typeof parseDocument>;
  try {
    document = parseDocument(text, options);
  } catch (error) {
    if (error instanceof RangeError) return refuse(TOO_DEEP);
    throw error;
  }
  const [error] = document.errors;
  if (error !== undefined) {
    const reason = error.message.split("\n", 1)[0] ?? "";
    // What runs out of stack is told as an error of the file.
    if (/call stack/.test(reason)) return refuse(TOO_DEEP, error.pos[0]);
    return refuse(reason.replace(/ at line .*$/, ""), error.pos[0]);
  }
  return onlyOnce(document.contents as ParsedNode | null, refuse);
}

type Refuse = (state: string, at?: number) => { readonly fault: ConfigFault };

/** The top, unless a name stands twice somewhere in it. */
function onlyOnce(contents: ParsedNode | null, refuse: Refuse): ReturnType<typeof parseConfig> {
  const twice = nameTwice(contents);
  return twice === null ? { contents } : refuse("Map keys must be unique", twice);
}

const TOO_DEEP = "it is nested too deep";

/** Where a name stands for the second time in one mapping. */
function nameTwice(top: ParsedNode | null): number | null {
  const left: unknown[] = [top];
  while (left.length > 0) {
    const node = left.pop();
    if (isSeq(node)) for (const item of node.items) left.push(item);
    if (!isMap(node)) continue;
    const twice = secondIn(node);
    if (twice !== null) return twice;
    for (const { value } of node.items) left.push(value);
  }
  return null;
}

function secondIn(map: YAMLMap): number | null {
  const names = new Set<string>();
  for (const { key } of map.items) {
    if (!isScalar(key)) continue;
    const name = String(key.value);
    if (names.has(name)) return key.range?.[0] ?? 0;
    names.add(name);
  }
  return null;
}
