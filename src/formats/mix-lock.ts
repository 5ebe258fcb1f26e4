// mix.lock: a map of Elixir, which Mix writes one entry a line. Source: Mix.Dep.Lock, Hex.SCM.
import { eachLine } from "../kit/text.ts";

/** One locked application. */
export interface MixEntry {
  /** The name in Hex, which may differ from that of the application. */
  readonly name: string;
  /** null when it comes from git or a folder. */
  readonly version: string | null;
  readonly dependencies: readonly string[];
  /** 1-based. */
  readonly line: number;
}

/** Entries in order, and 1-based lines that are not understood (at most a hundred). */
export interface MixLock {
  readonly entries: readonly MixEntry[];
  readonly strange: readonly number[];
}

const STRANGE_MAX = 100;
const LINE_LENGTH_MAX = 100_000;
const KEY = /^\s*%?\{?\s*"([^"\\]{1,200})":\s*\{:(\w{1,20}),\s*/;
const HEX = /^:"?([\w.@-]{1,200})"?,\s*"([^"\\]{1,200})"/;

/** Reads a lock file of Mix. Never throws. */
export function readMixLock(text: string): MixLock {
  const entries: MixEntry[] = [];
  const strange: number[] = [];
  eachLine(text, (line, number) => {
    if (/^(?:%\{\}?|\}|#.*)?$/.test(line.trim())) return;
    const entry = line.length > LINE_LENGTH_MAX ? null : entryOf(line, number);
    if (entry !== null) entries.push(entry);
    else if (strange.length < STRANGE_MAX) strange.push(number);
  });
  return { entries, strange };
}

function entryOf(text: string, line: number): MixEntry | null {
  const key = KEY.exec(text);
  if (key === null) return null;
  const application = key[1] ?? "";
  if (key[2] !== "hex") return { name: application, version: null, dependencies: [], line };
  const rest = text.slice(key[0].length);
  const hex = HEX.exec(rest);
  if (hex === null) return null;
  const dependencies = [...rest.matchAll(/\{:(\w{1,100}), "[^"]{0,200}", \[([^\]]{0,300})\]/g)].map(
    (found) => /\bhex: :"?(\w{1,100})/.exec(found[2] ?? "")?.[1] ?? found[1] ?? "",
  );
  return { name: hex[1] ?? "", version: hex[2] ?? "", dependencies, line };
}
