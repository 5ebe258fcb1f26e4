import type { Pipeline, PipelineJob, Step } from "../../../model/pipeline.ts";
import type { ShellCommand } from "../../../model/shell.ts";
import type { Fault, Statement } from "../../../stages/check/contract.ts";
import type { Within } from "./strangers-texts.ts";

/** What a check says of a pipeline. */
export class PipelineSaid {
  readonly all: Statement[] = [];

  /** @param job Where it is so; null for the pipeline as a whole. */
  fault(
    job: PipelineJob | null,
    at: string,
    state: string,
    more: Pick<Fault, "value" | "aspect" | "repair"> = {},
  ): void {
    this.all.push({ kind: "fault", at, container: partOf(job), state, ...more });
  }

  doubt(job: PipelineJob | null, at: string, why: string): void {
    this.all.push({ kind: "doubt", at, container: partOf(job), why });
  }
}

/** The one job of an action has no name. */
function partOf(job: PipelineJob | null): string | null {
  return job === null || job.id === "" ? null : job.id;
}

/** Every step of a pipeline, and what it may refer to. */
export function* stepsOf(pipeline: Pipeline): Generator<Within & { readonly step: Step }> {
  for (const job of pipeline.jobs) for (const step of job.steps) yield { pipeline, job, step };
}

/** A command of a step's script, and all those beside it. */
export interface WithinScript extends Within {
  readonly step: Step;
  readonly command: ShellCommand;
  readonly all: readonly ShellCommand[];
}

/** Every command of the scripts of a pipeline; what cannot be read of them is a doubt. */
export function* commandsOf(pipeline: Pipeline, said: PipelineSaid): Generator<WithinScript> {
  for (const within of stepsOf(pipeline)) {
    const { script } = within.step;
    if (script === null) continue;
    if (script.unread !== null) said.doubt(within.job, script.unread.at, script.unread.why);
    for (const command of script.commands) yield { ...within, command, all: script.commands };
  }
}
