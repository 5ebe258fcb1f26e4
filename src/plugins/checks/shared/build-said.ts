import { count } from "../../../kit/phrase.ts";
import type { BuildStage, BuildStep, BuildWord, ImageBuild } from "../../../model/image-build.ts";
import type { ShellCommand } from "../../../model/shell.ts";
import type { Fault, Statement } from "../../../stages/check/contract.ts";
import type { Offence } from "./said.ts";

/** What a check says of a build. */
export class BuildSaid {
  readonly all: Statement[] = [];
  readonly #build: ImageBuild;
  readonly #doubts = new Set<string>();

  constructor(build: ImageBuild) {
    this.#build = build;
  }

  /** @param stage Where it is so; null for what becomes the image. */
  fault(
    stage: BuildStage | null,
    at: string,
    state: string,
    more: Pick<Fault, "value" | "aspect" | "repair"> = {},
  ): void {
    this.all.push({ kind: "fault", at, container: this.#part(stage), state, ...more });
  }

  doubt(stage: BuildStage | null, at: string, why: string): void {
    const key = `${at} ${why}`;
    if (this.#doubts.has(key)) return;
    this.#doubts.add(key);
    this.all.push({ kind: "doubt", at, container: this.#part(stage), why });
  }

  /** One stage alone need not be named. */
  #part(stage: BuildStage | null): string | null {
    return stage === null || this.#build.stages.length < 2 ? null : stage.name;
  }
}

/** An instruction, and the stage in which it stands. */
export interface PlacedStep {
  readonly stage: BuildStage;
  readonly step: BuildStep;
}

/** Instructions of every stage, those kept by ONBUILD included. */
export function* stepsOf({ stages }: ImageBuild, ...keywords: string[]): Generator<PlacedStep> {
  for (const stage of stages)
    for (const step of stage.steps) if (keywords.includes(step.keyword)) yield { stage, step };
}

/** A command that RUN starts, and all those beside it. */
export interface PlacedCommand extends PlacedStep {
  readonly command: ShellCommand;
  readonly index: number;
  readonly all: readonly ShellCommand[];
}

/** Every command of a build; what cannot be read of them is a doubt, and said once. */
export function* commandsOf(build: ImageBuild, said: BuildSaid): Generator<PlacedCommand> {
  const unread: { placed: PlacedStep; at: string; why: string }[] = [];
  for (const placed of stepsOf(build, "RUN")) {
    const { script } = placed.step;
    if (script === null) continue;
    if (script.unread !== null) unread.push({ placed, ...script.unread });
    const all = script.commands;
    for (const [index, command] of all.entries()) yield { ...placed, command, index, all };
  }
  const [first, ...more] = unread;
  if (first === undefined) return;
  const rest = more.length === 0 ? "" : `, and so with ${count(more.length, "RUN")} more`;
  said.doubt(first.placed.stage, first.at, `a RUN is not understood: ${first.why}${rest}`);
}

/** The stages of which the image consists, the last one first, down to its base. */
export function chainOf({ stages }: ImageBuild): BuildStage[] {
  const chain: BuildStage[] = [];
  const seen = new Set<BuildStage>();
  for (let stage = stages.at(-1); stage !== undefined && !seen.has(stage); ) {
    seen.add(stage);
    chain.push(stage);
    stage = stage.base.kind === "stage" ? stages[stage.base.index] : undefined;
  }
  return chain;
}

/** The last instruction of a kind that holds for the image; null when none stands in the file. */
export function lastOf(build: ImageBuild, keyword: string): PlacedStep | null {
  for (const stage of chainOf(build)) {
    const step = stage.steps.findLast((one) => one.keyword === keyword && !one.isLater);
    if (step !== undefined) return { stage, step };
  }
  return null;
}

/** What is below all stages of the image. */
export function rootOf(build: ImageBuild): BuildStage | null {
  return chainOf(build).at(-1) ?? null;
}

/** The words of an instruction, where one that is not known is a doubt of the check. */
export function knownWords({ stage, step }: PlacedStep, said: BuildSaid): BuildWord[] {
  for (const { value, at, isKnown } of step.words)
    if (!isKnown) said.doubt(stage, at, `${step.keyword} ${value} has a variable without value`);
  return step.words.filter(({ isKnown }) => isKnown);
}

/** What is wrong with the images on which stages are built; a name that cannot be told is a doubt. */
export function basesIn(
  build: ImageBuild,
  offence: (image: string) => Offence,
): BuildSaid["all"] | "not-applicable" {
  const said = new BuildSaid(build);
  let isBuilt = false;
  for (const stage of build.stages) {
    const { base } = stage;
    isBuilt ||= base.kind === "built";
    if (base.kind !== "image" || base.image.state === "absent") continue;
    if (base.image.state === "unknown") {
      said.doubt(stage, base.image.at, base.image.why);
      continue;
    }
    const { value, at } = base.image;
    const found = offence(value);
    if (typeof found === "string") said.fault(stage, at, found, { value });
    else if (found !== null) said.fault(stage, at, found.state, { value, aspect: found.aspect });
  }
  return isBuilt ? "not-applicable" : said.all;
}

/** A check of how files are written, which says nothing of what was built from them. */
export function ofFiles(
  run: (build: ImageBuild, said: BuildSaid) => void,
): (build: ImageBuild) => BuildSaid["all"] | "not-applicable" {
  return (build) => {
    if (build.platform === "image") return "not-applicable";
    const said = new BuildSaid(build);
    run(build, said);
    return said.all;
  };
}
