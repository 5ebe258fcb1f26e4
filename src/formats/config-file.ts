// The files that people write for us: YAML in which everything unknown is refused, because a misspelt word would silently mean
// less, or more, than was meant. Every complaint names the file, the line and what is wrong.
import {
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type ParsedNode,
  type Scalar,
  type YAMLMap,
} from "yaml";
import { AppError } from "../kit/error.ts";
import { parseConfig } from "./config-document.ts";

/** What a file is called in messages, and where its form is described. */
export interface ConfigFile {
  /** `exceptions`, `policy`. */
  readonly what: string;
  readonly path: string;
  /** `docs/guide/exceptions.md`. */
  readonly guide: string;
}

const ENTRIES_MAX = 20_000;

/**
 * Reads a file whose top is a mapping; an empty file is an empty mapping. Aliases are refused.
 *
 * @throws {AppError} `config-invalid`, here and by everything that is asked of the mapping.
 */
export function readConfig(bytes: Uint8Array, file: ConfigFile): ConfigMap {
  const lines = new LineCounter();
  const source = new Source(file, lines);
  const parsed = parseConfig(bytes, lines);
  if ("fault" in parsed) return source.fail(parsed.fault.state, parsed.fault.line);
  const { contents } = parsed;
  if (contents === null || isEmpty(contents)) return new ConfigMap(source, null);
  if (!isMap(contents)) return source.fail("it is not a mapping", null);
  return new ConfigMap(source, contents);
}

class Source {
  readonly #file: ConfigFile;
  readonly #lines: LineCounter;

  constructor(file: ConfigFile, lines: LineCounter) {
    this.#file = file;
    this.#lines = lines;
  }

  lineOf(node: unknown): number {
    const range = (node as { range?: readonly number[] } | null)?.range;
    return range?.[0] === undefined ? 0 : this.#lines.linePos(range[0]).line;
  }

  fail(state: string, line: number | null): never {
    const { what, path, guide } = this.#file;
    const where = line === null || line === 0 ? "" : `line ${line}: `;
    const message = `cannot read ${what} ${JSON.stringify(path)}: ${where}${state}`;
    throw new AppError("config-invalid", message, {
      hint: `the form is described in ${guide}`,
      subject: path,
    });
  }
}

/** A mapping in a file of ours. What it is asked for is `null` when the key is absent. */
export class ConfigMap {
  readonly #source: Source;
  readonly #map: YAMLMap | null;
  /** 1-based; 0 for an empty file. */
  readonly line: number;

  constructor(source: Source, map: YAMLMap | null) {
    this.#source = source;
    this.#map = map;
    this.line = source.lineOf(map);
  }

  /** Refuses the whole file because of this mapping. */
  fail(state: string): never {
    return this.#source.fail(state, this.line);
  }

  /** Refuses the file because of the value of a key. */
  failAt(key: string, state: string): never {
    return this.#source.fail(`${key} ${state}`, this.lineOf(key));
  }

  /** Where the value of a key stands. */
  lineOf(key: string): number {
    return this.#source.lineOf(this.#node(key)) || this.line;
  }

  keys(): string[] {
    const keys = (this.#map?.items ?? []).map(({ key }) =>
      isScalar(key) ? String(key.value) : "",
    );
    return keys.length > ENTRIES_MAX ? this.fail(`it has over ${ENTRIES_MAX} entries`) : keys;
  }

  onlyKeys(allowed: readonly string[]): void {
    for (const { key } of this.#map?.items ?? []) {
      const name = isScalar(key) ? String(key.value) : "";
      if (allowed.includes(name)) continue;
      const shown = JSON.stringify(name.slice(0, 60));
      this.#source.fail(`${shown} is not one of ${allowed.join(", ")}`, this.#source.lineOf(key));
    }
  }

  has(key: string): boolean {
    return this.#node(key) !== undefined;
  }

  /** Dates and numbers count as what was written. */
  text(key: string): string | null {
    const node = this.#scalar(key, "a text");
    if (node === null) return null;
    const written = textOf(node);
    return written === "" ? this.fail(`${key} is empty`) : written;
  }

  number(key: string): number | null {
    const node = this.#scalar(key, "a number");
    if (node === null) return null;
    return typeof node.value === "number" && Number.isFinite(node.value)
      ? node.value
      : this.failAt(key, `is ${JSON.stringify(textOf(node).slice(0, 60))}, not a number`);
  }

  flag(key: string): boolean | null {
    const node = this.#scalar(key, "true or false");
    if (node === null) return null;
    return typeof node.value === "boolean"
      ? node.value
      : this.failAt(key, `is ${JSON.stringify(textOf(node).slice(0, 60))}, not true or false`);
  }

  choice<T extends string>(key: string, choices: readonly T[]): T | null {
    const written = this.text(key);
    if (written === null) return null;
    const found = choices.find((choice) => choice === written);
    const shown = JSON.stringify(written.slice(0, 60));
    return found ?? this.failAt(key, `is ${shown}, not one of ${choices.join(", ")}`);
  }

  map(key: string): ConfigMap | null {
    const node = this.#node(key);
    if (node === undefined) return null;
    if (isEmpty(node)) return new ConfigMap(this.#source, null);
    return isMap(node) ? new ConfigMap(this.#source, node) : this.fail(`${key} is not a mapping`);
  }

  /** @param one For messages: `an exception`. */
  maps(key: string, one: string): ConfigMap[] {
    return this.#items(key).map((item) =>
      isMap(item)
        ? new ConfigMap(this.#source, item)
        : this.#source.fail(`${one} is not a mapping`, this.#source.lineOf(item)),
    );
  }

  texts(key: string): string[] {
    return this.#items(key).map((item) => {
      const written = isScalar(item) ? textOf(item) : "";
      if (written !== "") return written;
      return this.#source.fail(`an entry of ${key} is no text`, this.#source.lineOf(item));
    });
  }

  #items(key: string): readonly unknown[] {
    const node = this.#node(key);
    if (node === undefined || isEmpty(node)) return [];
    if (!isSeq(node)) {
      const how = isScalar(node) ? "; one is written in brackets, too: [NAME]" : "";
      return this.#source.fail(`"${key}" is not a list${how}`, this.lineOf(key));
    }
    if (node.items.length > ENTRIES_MAX) this.failAt(key, `has over ${ENTRIES_MAX} entries`);
    return node.items;
  }

  #node(key: string): unknown {
    return this.#map?.get(key, true);
  }

  #scalar(key: string, kind: string): Scalar | null {
    const node = this.#node(key);
    if (node === undefined) return null;
    return isScalar(node) && node.value !== null ? node : this.fail(`${key} is not ${kind}`);
  }
}

function isEmpty(node: unknown): boolean {
  return isScalar(node) && (node as ParsedNode & Scalar).value === null;
}

function textOf(node: Scalar): string {
  return (typeof node.value === "string" ? node.value : (node.source ?? "")).trim();
}
