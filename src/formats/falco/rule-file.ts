// A rule file as YAML: nodes with their places, every scalar as its text.
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type ParsedNode,
  parseAllDocuments,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import { LineIndex } from "../../kit/line-index.ts";
import { tooDeepAt } from "../yaml-depth.ts";
import type { SourcePlace } from "./condition.ts";
import type { Excerpt } from "./message.ts";

const LENGTH_MAX = 16 << 20;
const EXCERPT_MAX = 100;

/** Why a file cannot be read at all. */
export interface RuleFileFault {
  readonly offset: number;
  readonly message: string;
}

/** One rule file. Never throws, whatever is in it. */
export class RuleFile {
  readonly path: string;
  readonly text: string;
  readonly #lines: LineIndex;

  constructor(path: string, text: string) {
    this.path = path;
    this.text = text;
    this.#lines = new LineIndex(text);
  }

  /** The tops of its documents; a fault is the first place that is no YAML. */
  tops(): { readonly tops: readonly RuleNode[]; readonly fault: RuleFileFault | null } {
    if (this.text.length > LENGTH_MAX)
      return { tops: [], fault: { offset: 0, message: `larger than ${LENGTH_MAX} bytes` } };
    const deep = tooDeepAt(this.text);
    if (deep !== null) return { tops: [], fault: { offset: deep, message: "nested too deeply" } };
    // Scalars stay as they are written: `0022` in a list is no number.
    const documents = parseAllDocuments(this.text, {
      schema: "failsafe",
      uniqueKeys: false,
      prettyErrors: false,
    });
    const tops: RuleNode[] = [];
    for (const document of Array.isArray(documents) ? documents : []) {
      const [error] = document.errors;
      if (error !== undefined)
        return { tops, fault: { offset: error.pos[0], message: sentence(error.message) } };
      const { contents } = document;
      if (contents === null || (isScalar(contents) && contents.value === "")) continue;
      const real = (node: unknown) => (isAlias(node) ? node.resolve(document) : node);
      tops.push(new RuleNode(this, contents, real));
    }
    return { tops, fault: null };
  }

  placeAt(offset: number): SourcePlace {
    return { path: this.path, ...this.#lines.placeAt(offset) };
  }

  /** The line of a place. */
  excerptAt({ line, column }: SourcePlace): Excerpt | null {
    const text = this.text.split("\n", line).at(-1)?.replace(/\r$/, "");
    if (text === undefined) return null;
    const from = Math.max(0, Math.min(column - 1 - EXCERPT_MAX / 2, text.length - EXCERPT_MAX));
    return { text: text.slice(from, from + EXCERPT_MAX), at: column - 1 - from };
  }
}

function sentence(message: string): string {
  const [first = ""] = message.split("\n", 1);
  return first.charAt(0).toLowerCase() + first.slice(1);
}

type Real = (node: unknown) => unknown;

/** A node of a rule file. Aliases are followed. */
export class RuleNode {
  readonly file: RuleFile;
  readonly #node: unknown;
  readonly #at: unknown;
  readonly #real: Real;

  constructor(file: RuleFile, node: unknown, real: Real) {
    this.file = file;
    this.#at = node;
    this.#node = real(node);
    this.#real = real;
  }

  get place(): SourcePlace {
    const { range } = (this.#at ?? {}) as Partial<ParsedNode>;
    return this.file.placeAt(range?.[0] ?? 0);
  }

  /** Null for what is no scalar. An absent value (`key:`) is an empty text. */
  get text(): string | null {
    return isScalar(this.#node) ? String(this.#node.value ?? "") : null;
  }

  get scalar(): Scalar | null {
    return isScalar(this.#node) ? this.#node : null;
  }

  /** Null for what is no sequence. */
  get items(): readonly RuleNode[] | null {
    if (!isSeq(this.#node)) return null;
    return (this.#node as YAMLSeq).items.map((item) => new RuleNode(this.file, item, this.#real));
  }

  /** By key, the last of those that stand twice; null for what is no mapping. */
  get members(): ReadonlyMap<string, RuleNode> | null {
    if (!isMap(this.#node)) return null;
    const members = new Map<string, RuleNode>();
    for (const { key, value } of (this.#node as YAMLMap).items) {
      const name = isScalar(key) ? String(key.value) : "";
      members.set(name, new RuleNode(this.file, value ?? key, this.#real));
    }
    return members;
  }
}
