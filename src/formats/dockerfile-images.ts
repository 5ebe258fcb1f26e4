// The images that a Dockerfile builds on or copies from: FROM, COPY --from, RUN --mount from, the syntax directive; through the
// defaults of ARG where a whole name stands in one.
import { LineIndex } from "../kit/line-index.ts";
import {
  type Dockerfile,
  type Instruction,
  type JoinedText,
  readDockerfile,
} from "./dockerfile.ts";
import {
  aroundPlatform,
  DockerfileNames,
  type Piece,
  type ResolvedName,
  unknown,
} from "./dockerfile-names.ts";
import { type DockerfileWord, wordsOf } from "./dockerfile-words.ts";
import type { PinSpot } from "./pin-spot.ts";

/**
 * Finds the images, in the order of the file, each place once. Stages and `scratch` are none.
 *
 * @throws {AppError} `limit-exceeded`, as {@link readDockerfile}.
 */
export function dockerfileImages(text: string): PinSpot[] {
  return new ImageFinder(text, readDockerfile(text)).find();
}

interface Found {
  readonly resolved: ResolvedName;
  readonly user: string;
  readonly written: string;
  /** Where it is used, in the file. */
  readonly at: number;
}

class ImageFinder {
  readonly #text: string;
  readonly #file: Dockerfile;
  readonly #names: DockerfileNames;
  /** Names in lower case. */
  readonly #stages = new Set<string>();
  #count = 0;
  readonly #found: Found[] = [];

  constructor(text: string, file: Dockerfile) {
    this.#text = text;
    this.#file = file;
    this.#names = new DockerfileNames(file);
  }

  find(): PinSpot[] {
    const { instructions } = this.#file;
    const stages = instructions.map((i) => (i.keyword === "FROM" ? this.#from(i) : null));
    // COPY may name a stage wherever it stands, so that all are known before.
    let user = "";
    for (const [index, instruction] of instructions.entries()) {
      user = stages[index] ?? user;
      this.#sources(instruction, user);
    }
    const lines = new LineIndex(this.#text);
    const spots = [...this.#syntax(lines), ...this.#found.map((found) => this.#spot(found, lines))];
    const seen = new Set<number>();
    return spots
      .filter(({ span }) => span === null || (!seen.has(span.start) && seen.add(span.start)))
      .sort((a, b) => a.line - b.line || a.column - b.column);
  }

  #syntax(lines: LineIndex): PinSpot[] {
    const syntax = this.#file.directives.find((d) => d.name === "syntax");
    if (syntax === undefined) return [];
    const { value, valueStart: start } = syntax;
    const [name = value] = value.split(/\s/, 1);
    const span = { start, end: start + name.length };
    const place = lines.placeAt(start);
    const named = { user: "syntax", written: name, name, hindrance: null };
    return [{ ...place, what: "image", ...named, span, comment: null }];
  }

  #spot({ resolved, user, written, at }: Found, lines: LineIndex): PinSpot {
    const { name, piece, variables } = resolved;
    const whole = piece === null ? null : piece.text.spanOf(piece.start, piece.end);
    const part = variables.find((variable) => this.#names.isPart(variable));
    const isBroken = whole !== null && this.#text.slice(whole.start, whole.end) !== name;
    const hindrance =
      resolved.hindrance ??
      (part === undefined ? null : `the variable ${part} is a part of other names, too`) ??
      (isBroken ? "it is written over several lines" : null);
    const span = hindrance === null ? whole : null;
    const place = lines.placeAt(whole?.start ?? at);
    return { ...place, what: "image", user, written, name, hindrance, span, comment: null };
  }

  /** @returns What names the stage in messages. */
  #from({ text, argsAt }: Instruction): string {
    const [image, as, alias] = wordsOf(text.value, argsAt, this.#file.escape);
    const isNamed = as?.value.toUpperCase() === "AS" && alias !== undefined;
    const user = `stage ${isNamed ? alias.value : this.#count}`;
    if (image !== undefined) this.#base(image, text, user);
    this.#count += 1;
    if (isNamed) this.#stages.add(alias.value.toLowerCase());
    return user;
  }

  #base({ start, end, value }: DockerfileWord, text: JoinedText, user: string): void {
    const resolved = this.#names.resolve({ text, start, end });
    const { name } = resolved;
    if (name === "" || name === "scratch") return;
    if (name === null ? this.#mayBeStage(value) : this.#isStage(name)) return;
    this.#found.push({ resolved, user, written: value, at: text.startAt(start) });
  }

  #isStage(name: string): boolean {
    return this.#stages.has(name.toLowerCase());
  }

  /** `build-${TARGETARCH}` is a stage when such stages stand above it. */
  #mayBeStage(written: string): boolean {
    const around = aroundPlatform(written);
    if (around === null) return false;
    const [before, behind] = [around.before.toLowerCase(), around.behind.toLowerCase()];
    return [...this.#stages].some((s) => s.startsWith(before) && s.endsWith(behind));
  }

  #sources(instruction: Instruction, user: string): void {
    const { keyword, flags, text } = instruction.onbuild ?? instruction;
    const isLater = instruction.onbuild !== null;
    for (const { name, value, start, end } of flags) {
      const sources = value === null ? [] : sourcesIn(`${keyword} --${name}`, value);
      for (const source of sources)
        this.#source(source, { flag: { text, start, end }, user, isLater });
    }
  }

  /** Variables are not replaced here. @see https://docs.docker.com/reference/dockerfile/#copy---from */
  #source(
    name: string,
    { flag, user, isLater }: { flag: Piece; user: string; isLater: boolean },
  ): void {
    if (/^\d*$/.test(name) || name === "scratch" || this.#isStage(name)) return;
    const { text } = flag;
    this.#found.push({
      resolved: sourceName(name, flag, isLater),
      user,
      written: name,
      at: text.startAt(flag.start),
    });
  }
}

/** The values of `from` in a flag that may have it. */
function sourcesIn(flag: string, value: string): string[] {
  if (flag === "COPY --from") return [value];
  if (flag !== "RUN --mount") return [];
  return value.split(",").flatMap((field) => /^[ "]*from=([^"]*)"?$/.exec(field)?.[1] ?? []);
}

function sourceName(name: string, flag: Piece, isLater: boolean): ResolvedName {
  if (name.includes("$")) return unknown("engines replace no variables here");
  if (isLater && !/[:/]/.test(name))
    return unknown(`whether ${name} is a stage is told by the file that builds on this one`);
  const { value } = flag.text;
  const start = value.indexOf(name, value.indexOf("from=", flag.start) + "from=".length);
  const end = start + name.length;
  if (start === -1 || end > flag.end) return unknown("it has quotes or escapes within");
  return { name, hindrance: null, piece: { text: flag.text, start, end }, variables: [] };
}
