// What a name with variables comes to, through the defaults of ARG before the first FROM: the only ones that count in FROM.
// @see https://docs.docker.com/reference/dockerfile/#understand-how-arg-and-from-interact
import type { Span } from "../kit/line-index.ts";
import type { Dockerfile, JoinedText } from "./dockerfile.ts";
import { assignmentsOf } from "./dockerfile-words.ts";

/** A part of an instruction's joined text. */
export interface Piece extends Span {
  readonly text: JoinedText;
}

/** What a written name comes to. */
export interface ResolvedName {
  /** null when it cannot be known, and `hindrance` says why. */
  readonly name: string | null;
  /** Why it cannot be known, or cannot be rewritten. */
  readonly hindrance: string | null;
  /** Where the whole name is written; null when it is put together. */
  readonly piece: Piece | null;
  /** The variables that it came through. */
  readonly variables: readonly string[];
}

/** What an engine sets by itself, differently for each platform. */
const PLATFORM_VARIABLE = /^(?:TARGET|BUILD)(?:PLATFORM|OS|ARCH|VARIANT)$/;
const VARIABLE = /\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?:(:?[-+?])([^{}$]*))?\})/g;
const WHOLE_VARIABLE = new RegExp(`^${VARIABLE.source}$`);
const DEPTH_MAX = 10;
/** Variables that are replaced for one name: each may stand for many. */
const REPLACED_MAX = 200;
const PUT_TOGETHER = "it is put together from several parts";

/** Resolves names by the defaults of one file. */
export class DockerfileNames {
  readonly #defaults = new Map<string, { readonly value: string; readonly piece: Piece }>();
  readonly #parts = new Set<string>();
  #replaced = 0;

  constructor({ instructions, escape: escapeChar }: Dockerfile) {
    for (const instruction of instructions) {
      if (instruction.keyword === "FROM") break;
      if (instruction.keyword !== "ARG") continue;
      for (const { name, value, start, end } of assignmentsOf(instruction, escapeChar)) {
        const piece = { text: instruction.text, start, end };
        if (value !== null) this.#defaults.set(name, { value, piece });
      }
    }
  }

  /** Whether a variable is a part of any name that was resolved: its default is then no name of its own. */
  isPart(variable: string): boolean {
    return this.#parts.has(variable);
  }

  /** Resolves what is written in a piece. */
  resolve(piece: Piece): ResolvedName {
    this.#replaced = 0;
    return this.#resolve(piece.text.value.slice(piece.start, piece.end), piece, 0);
  }

  #resolve(written: string, place: Piece | null, depth: number): ResolvedName {
    if (depth > DEPTH_MAX) return unknown("its variables stand for one another");
    const quote = written[0];
    const isQuoted =
      written.length > 1 && (quote === '"' || quote === "'") && written.endsWith(quote);
    const text = isQuoted ? written.slice(1, -1) : written;
    const piece =
      place === null || !isQuoted
        ? place
        : { ...place, start: place.start + 1, end: place.end - 1 };
    if (!text.includes("$")) return literal(text, piece);
    const [whole, plain, braced, operator = "", word = ""] = WHOLE_VARIABLE.exec(text) ?? [];
    if (whole === undefined || quote === "'") return this.#mixed(text, depth);
    return this.#variable({ name: plain ?? braced ?? "", operator, word }, piece, depth);
  }

  #variable(
    { name, operator, word }: { name: string; operator: string; word: string },
    piece: Piece | null,
    depth: number,
  ): ResolvedName {
    this.#replaced += 1;
    if (this.#replaced > REPLACED_MAX) return unknown("too many variables stand in it");
    const known = this.#defaults.get(name);
    const isSet = known !== undefined && !(operator.startsWith(":") && known.value === "");
    if (operator.endsWith("+")) return unknown(`the variable ${name} decides it`);
    if (isSet) {
      const written = known.piece.text.value.slice(known.piece.start, known.piece.end);
      const found = this.#resolve(written, known.piece, depth + 1);
      return { ...found, variables: [name, ...found.variables] };
    }
    if (!operator.endsWith("-")) return unknown(withoutDefault(name));
    const end = (piece?.end ?? 0) - 1;
    return literal(word, piece === null ? null : { ...piece, start: end - word.length, end });
  }

  /** Text and variables: what they come to may be known, but stands nowhere. */
  #mixed(written: string, depth: number): ResolvedName {
    let hindrance: string | null = null;
    const name = written.replace(
      VARIABLE,
      (_, plain?: string, braced?: string, operator = "", word = "") => {
        const variable = plain ?? braced ?? "";
        const found = this.#variable({ name: variable, operator, word }, null, depth + 1);
        for (const part of [variable, ...found.variables]) this.#parts.add(part);
        if (found.name === null) hindrance ??= found.hindrance;
        return found.name ?? "";
      },
    );
    if (hindrance !== null) return unknown(hindrance);
    if (/[$"'\\`]/.test(name)) return unknown("it is put together in a way that is not followed");
    return { name, hindrance: PUT_TOGETHER, piece: null, variables: [] };
  }
}

function literal(name: string, piece: Piece | null): ResolvedName {
  if (/["'\\`]/.test(name)) return unknown("it has quotes or escapes within");
  return { name, hindrance: piece === null ? PUT_TOGETHER : null, piece, variables: [] };
}

export function unknown(hindrance: string): ResolvedName {
  return { name: null, hindrance, piece: null, variables: [] };
}

function withoutDefault(variable: string): string {
  return PLATFORM_VARIABLE.test(variable)
    ? `the platform decides it by ${variable}`
    : `the variable ${variable} has no default`;
}

/**
 * What stands before and behind the variables of a name in which the platform alone varies, `build-${TARGETARCH}`.
 *
 * @returns null when other variables stand in it, or nothing else does.
 */
export function aroundPlatform(written: string): { before: string; behind: string } | null {
  const variables = [...written.matchAll(VARIABLE)].map((m) => m[1] ?? m[2] ?? "");
  if (!variables.every((variable) => PLATFORM_VARIABLE.test(variable))) return null;
  const parts = written.split(new RegExp(VARIABLE.source.replaceAll(/\((?!\?)/g, "(?:"), "g"));
  const [before = "", behind = ""] = [parts[0], parts.at(-1)];
  return before === "" && behind === "" ? null : { before, behind };
}
