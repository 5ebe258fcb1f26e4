import type { Pipeline, PipelineJob, Step, Template, Variable } from "../../../model/pipeline.ts";
import { type ContextPath, valuesIn } from "../../../model/pipeline-expression.ts";
import type { ShellWord } from "../../../model/shell.ts";
import { actionName } from "./action-name.ts";
import { GITLAB_TEXTS, STRANGERS_OUTPUTS, STRANGERS_TEXTS } from "./strangers.data.ts";
import { eventsAmong } from "./strangers-reach.ts";

/** A step, and all that its expressions may refer to. */
export interface Within {
  readonly pipeline: Pipeline;
  readonly job: PipelineJob;
  readonly step: Step | null;
}

/** A text of strangers that becomes part of another. */
export interface StrangersText {
  /** As it is written: `github.event.issue.title`. */
  readonly name: string;
  /** By which it gets there; never empty. */
  readonly events: readonly string[];
}

const TEXTS = STRANGERS_TEXTS.map(([path, events]) => ({ keys: path.split("."), events }));
const EVENTS: ReadonlySet<string> = new Set(STRANGERS_TEXTS.flatMap(([, events]) => events));
/** Variables that name variables: nobody's are deeper. */
const DEPTH_MAX = 8;

/** Texts that strangers write and that the platform puts into this one before it is run. */
export function strangersTextsIn(template: Template, within: Within): StrangersText[] {
  if (template.holes.length === 0) return [];
  const { pipeline, job, step } = within;
  const possible = [...eventsAmong(REACHING, pipeline, job, step)];
  if (possible.length === 0) return [];
  const found = new Map<string, StrangersText>();
  for (const { expression } of template.holes) {
    if (expression === null) continue;
    for (const path of valuesIn(expression)) {
      const carried = eventsFor(path, within, 0);
      const isOfCaller = possible.includes("workflow_call");
      const events = possible.filter((event) => carried.has(event));
      if (isOfCaller && carried.size > 0) events.push("workflow_call");
      if (events.length > 0) found.set(path.join("."), { name: path.join("."), events });
    }
  }
  return [...found.values()];
}

const REACHING: ReadonlySet<string> = new Set([...EVENTS, "workflow_call"]);

/** Events that carry a stranger's text to a path, directly or through variables and outputs. */
function eventsFor(path: ContextPath, within: Within, depth: number): ReadonlySet<string> {
  if (depth > DEPTH_MAX) return NONE;
  const [context, name = "", kind, output = ""] = path;
  switch (context) {
    case "github":
      return new Set(TEXTS.filter(({ keys }) => leads(path, keys)).flatMap((text) => text.events));
    case "env":
      return inTemplate(variable(name, within)?.value, within, depth);
    case "needs": {
      const job = within.pipeline.jobs.find(({ id }) => id.toLowerCase() === name);
      if (job === undefined || kind !== "outputs") return NONE;
      const value = named(job.outputs, output)?.value;
      return inTemplate(value, { ...within, job, step: null }, depth);
    }
    case "steps":
      return kind === "outputs" ? ofStep(name, output, within, depth + 1) : NONE;
    default:
      return NONE;
  }
}

const NONE: ReadonlySet<string> = new Set();

/** Whether a path is one of a text, or of something that holds it, as toJSON shows. */
function leads(path: ContextPath, text: readonly string[]): boolean {
  return (
    path.length <= text.length &&
    path.length > 1 &&
    path.every((key, i) => key === "*" || text[i] === "*" || key === text[i])
  );
}

function inTemplate(
  template: Template | undefined,
  within: Within,
  depth: number,
): ReadonlySet<string> {
  const paths = template?.holes.flatMap(({ expression }) =>
    expression === null ? [] : valuesIn(expression),
  );
  return new Set(paths?.flatMap((path) => [...eventsFor(path, within, depth + 1)]));
}

/** What an action lists, or a script of this file writes. */
function ofStep(name: string, output: string, within: Within, depth: number): ReadonlySet<string> {
  const { pipeline, job } = within;
  const step = job.steps.find(({ id }) => id.toLowerCase() === name);
  if (step === undefined) return NONE;
  const outputs = STRANGERS_OUTPUTS.get(actionName(step.uses) ?? "");
  if (outputs?.includes(output) === true) return PULLS;
  const written = (step.script?.commands ?? []).filter(
    ({ words, into }) =>
      into.some(({ value }) => value.includes("GITHUB_OUTPUT")) &&
      words.some(({ value }) => value.toLowerCase().startsWith(`${output}=`)),
  );
  const names = written.flatMap(({ words }) => words.flatMap(variablesIn));
  const there = { pipeline, job, step };
  return new Set(names.flatMap((one) => [...ofVariable(one, there, depth)]));
}

/** Variables that a word of a script expands. */
export function variablesIn({ value, isStatic }: ShellWord): string[] {
  if (isStatic) return [];
  return [...value.matchAll(/\$\{?[#!]?([A-Za-z_]\w*)/g)].map(([, name = ""]) => name);
}

/** Events that carry a stranger's text to a variable of a script. */
function ofVariable(name: string, within: Within, depth: number): ReadonlySet<string> {
  if (name === "GITHUB_HEAD_REF") return eventsFor(["github", "head_ref"], within, depth);
  return inTemplate(variable(name, within)?.value, within, depth);
}

/** Events by which strangers write a variable of a step's script; none when they do not. */
export function strangersEventsOf(name: string, within: Within): readonly string[] {
  const { pipeline, job, step } = within;
  if (pipeline.platform === "gitlab") return GITLAB_TEXTS.has(name) ? ["merge_request"] : [];
  const carried = ofVariable(name, within, 0);
  if (carried.size === 0) return [];
  return eventsAmong(REACHING, pipeline, job, step).filter(
    (event) => carried.has(event) || event === "workflow_call",
  );
}

const PULLS: ReadonlySet<string> = new Set([
  "pull_request",
  "pull_request_target",
  "issue_comment",
  "workflow_run",
]);

/** The nearest variable of a name. */
export function variable(name: string, { pipeline, job, step }: Within): Variable | undefined {
  return (
    named(step?.environment ?? [], name) ??
    named(job.environment, name) ??
    named(pipeline.environment, name)
  );
}

function named(variables: readonly Variable[], name: string): Variable | undefined {
  return variables.find((one) => one.name.toLowerCase() === name.toLowerCase());
}
