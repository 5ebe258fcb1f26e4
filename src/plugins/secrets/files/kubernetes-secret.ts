// What a Secret of Kubernetes holds: under `data`, in base64. Read line by line and not as YAML, for it may stand in a template, in
// a longer file, or in a text of JSON inside another.
import { latin1 } from "../../../kit/text.ts";
import {
  REACH_BYTES,
  type SecretWrapping,
  type WrappedText,
} from "../../../stages/secrets/contract.ts";
import { bytesOfBase64 } from "../shared/decode.ts";

/** @see Kubernetes API, core/v1 Secret */
export const kubernetesSecret: SecretWrapping = {
  keywords: [
    "kind: Secret",
    'kind: "Secret"',
    "kind: 'Secret'",
    '"kind":"Secret"',
    '"kind": "Secret"',
    '\\"kind\\":\\"Secret\\"',
  ],
  open: (view, { at, end }) => {
    if (view.isBinary || /[A-Za-z0-9]/.test(view.text(end, end + 1))) return [];
    const from = Math.max(0, at - REACH_BYTES);
    const text = view.text(from, Math.min(view.end, at + REACH_BYTES));
    const keyword = view.text(at, end);
    const around = objectAround(text, { at: at - from, keyword });
    const isJson = keyword.includes('":') || keyword.startsWith("\\");
    const entries = isJson ? jsonEntries(around.text) : yamlEntries(around.text);
    return entries.flatMap((entry) => wrapped(entry, from + around.from));
  },
};

/** As far as the object may reach: to the next one, or to the line of dashes that parts documents. */
function objectAround(
  text: string,
  { at, keyword }: { readonly at: number; readonly keyword: string },
): { text: string; from: number } {
  const bounds = [keyword, "\n---"];
  const from = Math.max(
    0,
    ...bounds.map((bound) => (at === 0 ? -1 : text.lastIndexOf(bound, at - 1)) + 1),
  );
  const ends = bounds.map((bound) => text.indexOf(bound, at + 1)).filter((place) => place !== -1);
  return { text: text.slice(from, Math.min(text.length, ...ends)), from };
}

interface Entry {
  readonly key: string;
  /** May stand in several lines. */
  readonly base64: string;
  /** Where it begins in the document, and where it ends. */
  readonly from: number;
  readonly to: number;
}

function wrapped({ key, base64, from, to }: Entry, start: number): WrappedText[] {
  const bytes = bytesOfBase64(base64.replace(/\s/g, ""));
  if (bytes === null || bytes.length === 0) return [];
  const place = { from: start + from, to: start + to, note: "in base64" };
  const text = latin1(bytes).trim();
  // A value of one line is given to its name; what is longer is a file of that name.
  const isValue = !/["\n\0]/.test(text) && !text.startsWith("{");
  if (!isValue) return [{ ...place, path: key, bytes }];
  const line = `${key}="${text}"\n`;
  return [
    { ...place, path: "secret.env", bytes: Uint8Array.from(line, (char) => char.charCodeAt(0)) },
  ];
}

const PAIR = /\\?"([\w.-]{1,253})\\?"\s{0,8}:\s{0,8}\\?"([A-Za-z0-9+/=]{8,})\\?"/g;

function jsonEntries(text: string): Entry[] {
  return [...text.matchAll(/\\?"data\\?"\s{0,8}:\s{0,8}\{([^{}]*)\}/g)].flatMap((data) => {
    const [whole, content = ""] = data;
    const offset = data.index + whole.length - 1 - content.length;
    return [...content.matchAll(PAIR)].map((pair): Entry => {
      const [all, key = "", base64 = ""] = pair;
      const from = offset + pair.index + all.lastIndexOf(base64);
      return { key, base64, from, to: from + base64.length };
    });
  });
}

interface Line {
  readonly text: string;
  /** Where it begins in the document. */
  readonly from: number;
  /** How far it is moved in; infinite when nothing stands in it. */
  readonly depth: number;
}

function linesOf(text: string): Line[] {
  let at = 0;
  return text.split("\n").map((line) => {
    const from = at;
    at += line.length + 1;
    const bare = line.trimEnd();
    const depth = bare.search(/[^ -]/);
    return { text: bare, from, depth: depth === -1 ? Number.POSITIVE_INFINITY : depth };
  });
}

function yamlEntries(text: string): Entry[] {
  const lines = linesOf(text);
  return lines.flatMap((line, i) => {
    if (!/^[ -]*["']?data["']?[ \t]{0,40}:$/.test(line.text)) return [];
    const below = deeper(lines, i);
    return below.flatMap((_, at) => entryAt(below, at));
  });
}

/** The lines below one, as far as they are moved in further. */
function deeper(lines: readonly Line[], index: number): readonly Line[] {
  const depth = lines[index]?.depth ?? 0;
  let end = index + 1;
  while ((lines[end]?.depth ?? -1) > depth) end += 1;
  return lines.slice(index + 1, end);
}

const LINE = /^ *["']?([\w.-]{1,253})["']?[ \t]{0,40}:[ \t]{0,40}(.+)$/;
const VALUE = /^(["']?)([A-Za-z0-9+/=]{8,})\1(?:[ \t]+#.*)?$/;

function entryAt(lines: readonly Line[], index: number): Entry[] {
  const line = lines[index];
  const [, key, rest = ""] = LINE.exec(line?.text ?? "") ?? [];
  if (line === undefined || key === undefined) return [];
  if (/^[|>][+-]?$/.test(rest)) return blockEntry(key, deeper(lines, index));
  const base64 = VALUE.exec(rest)?.[2];
  if (base64 === undefined) return [];
  const from = line.from + line.text.length - rest.length + rest.indexOf(base64);
  return [{ key, base64, from, to: from + base64.length }];
}

function blockEntry(key: string, lines: readonly Line[]): Entry[] {
  const [first] = lines;
  const last = lines.at(-1);
  if (first === undefined || last === undefined) return [];
  const base64 = lines.map((line) => line.text.trim()).join("");
  return [{ key, base64, from: first.from, to: last.from + last.text.length }];
}
