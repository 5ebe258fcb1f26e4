// Modes that a build gives to files: chmod, install, mkdir, COPY --chmod.
import type { BuildStage, ImageBuild } from "../../../model/image-build.ts";
import type { ShellCommand, ShellWord } from "../../../model/shell.ts";
import { BuildSaid, commandsOf, stepsOf } from "./build-said.ts";

export interface FileMode {
  /** The bits that are set, of 0o7777. */
  readonly sets: number;
  readonly written: string;
}

/** What is wrong with the modes that a build gives. */
export function modesIn(
  build: ImageBuild,
  offence: (mode: FileMode) => string | null,
): BuildSaid["all"] {
  const said = new BuildSaid(build);
  for (const { stage, word } of modeWords(build, said)) {
    const state = offence(modeOf(word.value));
    if (state !== null) said.fault(stage, word.at, state, { value: word.value });
  }
  return said.all;
}

function* modeWords(
  build: ImageBuild,
  said: BuildSaid,
): Generator<{ readonly stage: BuildStage; readonly word: { value: string; at: string } }> {
  for (const { stage, step } of stepsOf(build, "COPY", "ADD"))
    for (const { name, value, at } of step.flags)
      if (name === "chmod" && value !== null) yield { stage, word: { value, at } };
  for (const { stage, command } of commandsOf(build, said)) {
    const word = modeWord(command);
    if (word !== null) yield { stage, word };
  }
}

/** The first word of chmod that is no option; `-m MODE` of install and mkdir. */
function modeWord({ name, words }: ShellCommand): ShellWord | null {
  if (name === "chmod") return words.find(({ value }) => !/^-(?:[Rcfv]+$|-)/.test(value)) ?? null;
  if (name !== "install" && name !== "mkdir") return null;
  for (const [i, word] of words.entries()) {
    const [, joined] = /^(?:-m|--mode=)(.+)$/.exec(word.value) ?? [];
    if (joined !== undefined) return { ...word, value: joined };
    if (word.value === "-m") return words[i + 1] ?? null;
  }
  return null;
}

/** `4755`, `u+s,o+w`, `a=rwx`. What is taken away sets nothing. */
function modeOf(written: string): FileMode {
  if (/^[0-7]{1,5}$/.test(written)) return { sets: Number.parseInt(written, 8), written };
  let sets = 0;
  for (const clause of written.slice(0, 200).split(",")) {
    const [, who = "", rights = ""] = /^([ugoa]*)[+=]([rwxXstugo]*)$/.exec(clause) ?? [];
    sets |= bitsOf(who, rights);
  }
  return { sets, written };
}

/** Without a word for whom, the umask spares others and group. */
function bitsOf(who: string, rights: string): number {
  const isFor = (letter: string): boolean => who.includes(letter) || who.includes("a");
  let bits = 0;
  if (rights.includes("w") && isFor("o")) bits |= 0o002;
  if (rights.includes("s") && (isFor("u") || who === "")) bits |= 0o4000;
  if (rights.includes("s") && (isFor("g") || who === "")) bits |= 0o2000;
  if (rights.includes("t")) bits |= 0o1000;
  return bits;
}
