// A file of objects, YAML or JSON: plain values first, and where they stand only when somebody asks.
import { LineCounter } from "yaml";
import { AppError } from "../kit/error.ts";
import { utf8 } from "../kit/text.ts";
import { repeatedJsonKey } from "./json-keys.ts";
import { jsonOffsets } from "./json-offsets.ts";
import { offsetOf, plainValue } from "./plain-yaml.ts";
import { readYamlStarts } from "./yaml-nodes.ts";

/** A place in a file, both from 1. */
export interface FilePlace {
  readonly line: number;
  readonly column: number;
}

export interface ObjectFile {
  /** As `JSON.parse` would give them; of YAML only those that are mappings. */
  readonly documents: readonly unknown[];
  /** Where the values stand that pointers into one of the documents name. */
  places(document: number, pointers: Iterable<string>): ReadonlyMap<string, FilePlace>;
}

const BYTES_MAX = 16 << 20;

/**
 * Reads a file of objects.
 *
 * @throws {AppError} `config-invalid` with the line, `limit-exceeded`.
 */
export function readObjectFile(bytes: Uint8Array, path: string): ObjectFile {
  return readAsJson(bytes, path) ?? readAsYaml(bytes, path);
}

/** null when it is no JSON; it may be YAML still. */
function readAsJson(bytes: Uint8Array, path: string): ObjectFile | null {
  if (bytes.length > BYTES_MAX) return null;
  const text = utf8(bytes);
  if (!/^\s*[[{]/.test(text.slice(0, 1000))) return null;
  const value = parsedJson(text);
  if (value === undefined) return null;
  const repeated = repeatedJsonKey(text);
  if (repeated !== null) {
    const { line } = placeOf(linesOf(text), repeated);
    const message = `cannot read ${JSON.stringify(path)}: line ${line}: a key stands twice in a mapping`;
    throw new AppError("config-invalid", message, { subject: path });
  }
  return {
    documents: [value],
    places: (_, pointers) => {
      const lines = linesOf(text);
      const offsets = jsonOffsets(text, pointers);
      return new Map([...offsets].map(([pointer, at]) => [pointer, placeOf(lines, at)]));
    },
  };
}

/** undefined when it is no JSON. */
function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readAsYaml(bytes: Uint8Array, path: string): ObjectFile {
  const nodes = readYamlStarts(utf8(bytes), path);
  try {
    return {
      documents: nodes.documents.map(plainValue),
      places: (index, pointers) => {
        const document = nodes.documents[index];
        const places = new Map<string, FilePlace>();
        if (document === undefined) return places;
        for (const pointer of pointers)
          places.set(pointer, nodes.placeAt(offsetOf(document, pointer)));
        return places;
      },
    };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const message = `cannot read ${JSON.stringify(path)}: ${error.message}`;
    throw new AppError(error.code, message, { subject: path });
  }
}

function placeOf(lines: LineCounter, offset: number): FilePlace {
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}

function linesOf(text: string): LineCounter {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1))
    lines.addNewLine(at + 1);
  return lines;
}
