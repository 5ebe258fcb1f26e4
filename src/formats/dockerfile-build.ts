// A Dockerfile in the normal form of builds.
import { type Fact, known, type Unknown, unknown } from "../kit/fact.ts";
import { LineIndex } from "../kit/line-index.ts";
import type {
  BuildBase,
  BuildFlag,
  BuildStage,
  BuildStep,
  BuildVariable,
  BuildWord,
  ImageBuild,
} from "../model/image-build.ts";
import type { ShellScript } from "../model/shell.ts";
import type { Pointer } from "../model/workload.ts";
import { type Dockerfile, type Instruction, readDockerfile } from "./dockerfile.ts";
import { DockerfileNames } from "./dockerfile-names.ts";
import { type Replaced, StageVariables } from "./dockerfile-variables.ts";
import { assignmentsOf, wordsOf } from "./dockerfile-words.ts";
import { readArguments, readShell } from "./shell.ts";

/**
 * Reads a Dockerfile. Pointers in it are `/LINE/COLUMN`, both from 1.
 *
 * @param hasIgnoreFile Whether a .dockerignore stands beside it.
 * @throws {AppError} `limit-exceeded`, as {@link readDockerfile}; nothing else.
 */
export function dockerfileBuild(text: string, hasIgnoreFile = false): ImageBuild {
  return new BuildReader(text, readDockerfile(text)).read(hasIgnoreFile);
}

/** Whether a text has an instruction that begins a stage. */
export function isDockerfile(text: string): boolean {
  return /^[ \t]*FROM[ \t]+\S/im.test(text);
}

/** The place that a pointer of a Dockerfile names. */
export function dockerfilePlace(pointer: Pointer): { line: number; column: number } | null {
  const [, line, column] = /^\/(\d+)\/(\d+)$/.exec(pointer) ?? [];
  return line === undefined ? null : { line: Number(line), column: Number(column) };
}

interface OpenStage {
  readonly stage: BuildStage;
  readonly steps: BuildStep[];
  readonly variables: StageVariables;
  /** Whether RUN is read by a shell that we know; others are told by SHELL. */
  isPosix: boolean;
}

class BuildReader {
  readonly #file: Dockerfile;
  readonly #text: string;
  readonly #lines: LineIndex;
  readonly #names: DockerfileNames;
  readonly #stages: OpenStage[] = [];
  /** By names in lower case; of those with one name the last. */
  readonly #indices = new Map<string, number>();
  readonly #preamble: BuildStep[] = [];
  readonly #global = new StageVariables(null);

  constructor(text: string, file: Dockerfile) {
    this.#text = text;
    this.#file = file;
    this.#lines = new LineIndex(text);
    this.#names = new DockerfileNames(file);
  }

  read(hasIgnoreFile: boolean): ImageBuild {
    for (const instruction of this.#file.instructions) {
      if (instruction.keyword === "FROM") this.#from(instruction);
      else this.#step(instruction);
    }
    return {
      form: "image",
      platform: "dockerfile",
      kind: "Dockerfile",
      name: "",
      namespace: null,
      gaps: this.#gaps(),
      hasIgnoreFile: known(hasIgnoreFile, "/1/1"),
      stages: this.#stages.map(({ stage }) => stage),
      preamble: this.#preamble,
    };
  }

  #gaps(): Unknown[] {
    const faults = this.#file.faults.map(({ line, reason }) => unknown(`/${line}/1`, reason));
    if (this.#stages.length === 0) faults.push(unknown("/1/1", "it has no FROM"));
    return faults;
  }

  #place(offset: number): Pointer {
    const { line, column } = this.#lines.placeAt(offset);
    return `/${line}/${column}`;
  }

  #from(instruction: Instruction): void {
    const { text, argsAt, start } = instruction;
    const [image, as, alias] = wordsOf(text.value, argsAt, this.#file.escape);
    const isNamed = as?.value.toUpperCase() === "AS" && alias !== undefined;
    const at = image === undefined ? this.#place(start) : this.#place(text.startAt(image.start));
    const base = this.#base(image, text, at);
    const below = base.kind === "stage" ? this.#stages[base.index] : undefined;
    const steps: BuildStep[] = [];
    const name = isNamed ? alias.value : String(this.#stages.length);
    if (isNamed) this.#indices.set(name.toLowerCase(), this.#stages.length);
    this.#stages.push({
      stage: { name, at: this.#place(start), base, steps },
      steps,
      variables: new StageVariables(below?.variables ?? null),
      isPosix: below?.isPosix ?? true,
    });
  }

  #base(
    image: { start: number; end: number; value: string } | undefined,
    text: Instruction["text"],
    at: Pointer,
  ): BuildBase {
    if (image === undefined)
      return { kind: "image", image: unknown(at, "FROM names nothing"), written: "" };
    const { start, end, value } = image;
    const { name, hindrance } = this.#names.resolve({ text, start, end });
    if (name === "scratch") return { kind: "scratch" };
    const index = this.#indices.get((name ?? value).toLowerCase());
    if (index !== undefined) return { kind: "stage", index };
    const fact: Fact<string> =
      name === null || name === ""
        ? unknown(at, `the base image ${value} cannot be told: ${hindrance ?? "it is empty"}`)
        : known(name, at);
    return { kind: "image", image: fact, written: value };
  }

  #step(instruction: Instruction): void {
    const stage = this.#stages.at(-1);
    if (stage === undefined) {
      const variables = this.#global;
      this.#preamble.push(this.#read(instruction, { variables, isPosix: true }, false));
      return;
    }
    if (instruction.onbuild === null) stage.steps.push(this.#read(instruction, stage, false));
    else stage.steps.push(this.#read(instruction.onbuild, stage, true));
  }

  #read(
    instruction: Instruction,
    stage: Pick<OpenStage, "variables" | "isPosix">,
    isLater: boolean,
  ): BuildStep {
    const { keyword, json, text, argsAt } = instruction;
    const at = this.#place(isLater ? text.startAt(0) : instruction.start);
    const { variables } = stage;
    const assigns = ASSIGNS.has(keyword) ? this.#assigns(instruction, variables) : [];
    if (!isLater) for (const one of assigns) this.#assign(keyword, one, variables);
    const written =
      json?.map((value) => ({ value, at })) ??
      wordsOf(text.value, argsAt, this.#file.escape).map(({ value, start }) => ({
        value,
        at: this.#place(text.startAt(start)),
      }));
    if (keyword === "SHELL" && json !== null) stage.isPosix = isPosix(json);
    const words = REPLACES.has(keyword)
      ? written.map((word): BuildWord => ({ ...word, ...variables.replace(word.value) }))
      : written.map((word): BuildWord => ({ ...word, isKnown: true }));
    const script = SCRIPTS.has(keyword) ? this.#script(instruction, stage.isPosix, at) : null;
    const flags = this.#flags(instruction);
    return { keyword, at, isLater, flags, words, isExec: json !== null, assigns, script };
  }

  #flags({ flags, text }: Instruction): BuildFlag[] {
    return flags.map(({ name, value, start }) => {
      return { name, value, at: this.#place(text.startAt(start)) };
    });
  }

  #assigns(instruction: Instruction, variables: StageVariables): BuildVariable[] {
    const { text } = instruction;
    return assignmentsOf(instruction, this.#file.escape).map(({ name, value, start }) => {
      const before = value === null ? name.length : name.length + 1;
      const at = this.#place(text.startAt(Math.max(0, start - before)));
      const word = value === null ? null : { ...variables.replace(value), at };
      return { name, value: word, at };
    });
  }

  /** An argument without a default in a stage takes that of the file. */
  #assign(keyword: string, { name, value }: BuildVariable, variables: StageVariables): void {
    const found: Replaced | undefined = value ?? this.#global.argument(name);
    if (found === undefined) return;
    if (keyword === "ENV") variables.set(name, found);
    if (keyword === "ARG") variables.setArgument(name, found);
  }

  #script(instruction: Instruction, isPosixShell: boolean, at: Pointer): ShellScript | null {
    const { keyword, json, text, argsAt, heredocs } = instruction;
    const args = text.value.slice(argsAt);
    if (keyword === "HEALTHCHECK") return this.#healthcheck(instruction, isPosixShell, at);
    if (json !== null) return readArguments(json, at);
    if (!isPosixShell) return { commands: [], unread: { at, why: "its shell is not a POSIX one" } };
    const [first] = heredocs;
    const last = heredocs.at(-1);
    if (first === undefined || last === undefined)
      return readShell(args, (offset) => this.#place(text.startAt(argsAt + offset)));
    // Nothing but heredocs: they are the script.
    if (args.split(/\s+/).every((word) => word === "" || word.startsWith("<<")))
      return this.#heredocScript(this.#text.slice(first.start, last.end), first.start);
    const body = this.#text.slice(first.start, last.terminatorEnd);
    const source = `${args}\n${body}\n`;
    const behind = args.length + 1;
    return readShell(source, (offset) =>
      this.#place(offset < behind ? text.startAt(argsAt + offset) : first.start + offset - behind),
    );
  }

  /** One that names another interpreter in its first line is for that one. */
  #heredocScript(body: string, start: number): ShellScript {
    const [, interpreter] = /^#!\s*(?:\S*\/env\s+)?(\S+)/.exec(body) ?? [];
    if (interpreter !== undefined && !isPosix([interpreter])) return { commands: [], unread: null };
    return readShell(body, (offset) => this.#place(start + offset));
  }

  #healthcheck(
    { text, argsAt }: Instruction,
    isPosixShell: boolean,
    at: Pointer,
  ): ShellScript | null {
    const args = text.value.slice(argsAt);
    const [head] = /^CMD[ \t]+/i.exec(args) ?? [];
    if (head === undefined || !isPosixShell) return null;
    const command = args.slice(head.length);
    if (command.startsWith("[")) return null;
    return readShell(command, () => at);
  }
}

const ASSIGNS: ReadonlySet<string> = new Set(["ENV", "ARG", "LABEL"]);
const SCRIPTS: ReadonlySet<string> = new Set(["RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK"]);
/** Where engines replace variables, instead of a shell. */
const REPLACES: ReadonlySet<string> = new Set([
  "ADD",
  "COPY",
  "ENV",
  "EXPOSE",
  "LABEL",
  "STOPSIGNAL",
  "USER",
  "VOLUME",
  "WORKDIR",
]);

function isPosix([program = ""]: readonly string[]): boolean {
  return /^(?:.*\/)?(?:ba|da|a|z|k)?sh$/.test(program);
}
