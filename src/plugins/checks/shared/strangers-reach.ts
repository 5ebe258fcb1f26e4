import type { Pipeline, PipelineJob, Step } from "../../../model/pipeline.ts";
import { type ContextPath, type Expression, pathOf } from "../../../model/pipeline-expression.ts";
import { HARMLESS_EVENTS, OPEN_EVENTS } from "./strangers.data.ts";

/** What is known of a value in a run that a stranger has started; undefined when nothing is. */
type Worth = string | number | boolean | null | undefined;

/**
 * The events by which somebody without any right can have a step of a pipeline run, by all that its conditions say: those of
 * the step, of its job, and of the jobs that must have succeeded before.
 *
 * @param step null for the job as a whole.
 */
export function openEvents(
  pipeline: Pipeline,
  job: PipelineJob,
  step: Step | null = null,
): readonly string[] {
  return eventsAmong(OPEN_EVENTS, pipeline, job, step);
}

/** The same for any set of events. An action is run by whatever its callers are. */
export function eventsAmong(
  wanted: ReadonlySet<string>,
  pipeline: Pipeline,
  job: PipelineJob,
  step: Step | null = null,
): readonly string[] {
  const events =
    pipeline.kind === "action" ? ["workflow_call"] : pipeline.triggers.map(({ event }) => event);
  return events.filter(
    (event) =>
      wanted.has(event) &&
      isReached(pipeline, job, event, new Set()) &&
      mayHold(step?.condition?.expression ?? null, event),
  );
}

/** Whether secrets and a token that may write are withheld after all of these events. */
export function areHarmless(events: readonly string[]): boolean {
  return events.every((event) => HARMLESS_EVENTS.has(event));
}

function isReached(
  { jobs }: Pipeline,
  { id, needs, condition }: PipelineJob,
  event: string,
  seen: Set<string>,
): boolean {
  const expression = condition?.expression ?? null;
  if (!mayHold(expression, event)) return false;
  seen.add(id);
  if (needs.length === 0 || (expression !== null && runsAnyway(expression))) return true;
  return jobs
    .filter((job) => needs.includes(job.id) && !seen.has(job.id))
    .every((job) => isReached({ jobs } as Pipeline, job, event, seen));
}

/** A condition that asks for the state of the run is not held back by jobs that were skipped. */
function runsAnyway(expression: Expression): boolean {
  switch (expression.kind) {
    case "call":
      return ["always", "cancelled", "failure"].includes(expression.name);
    case "not":
      return runsAnyway(expression.operand);
    case "binary":
      return runsAnyway(expression.left) || runsAnyway(expression.right);
    default:
      return false;
  }
}

/** Whether a condition can hold in a stranger's run; one that is not there, or cannot be read, can. */
function mayHold(expression: Expression | null, event: string): boolean {
  if (expression === null) return true;
  const worth = worthOf(expression, event);
  return worth === undefined || isTrue(worth);
}

function isTrue(worth: string | number | boolean | null): boolean {
  return worth !== "" && worth !== 0 && worth !== false && worth !== null;
}

function worthOf(expression: Expression, event: string): Worth {
  switch (expression.kind) {
    case "literal":
      return expression.value;
    case "not": {
      const worth = worthOf(expression.operand, event);
      return worth === undefined ? undefined : !isTrue(worth);
    }
    case "binary":
      return worthOfBinary(expression, event);
    case "call":
      return worthOfCall(expression, event);
    default:
      return worthOfPath(pathOf(expression), event);
  }
}

type Binary = Extract<Expression, { kind: "binary" }>;

function worthOfBinary({ operator, left, right }: Binary, event: string): Worth {
  const [one, other] = [worthOf(left, event), worthOf(right, event)];
  if (operator === "&&" || operator === "||") return joined(operator, one, other);
  if (operator !== "==" && operator !== "!=") return undefined;
  const isSame =
    one === undefined || other === undefined
      ? isSameForStranger(left, right)
      : String(one).toLowerCase() === String(other).toLowerCase();
  if (isSame === undefined) return undefined;
  return operator === "==" ? isSame : !isSame;
}

/** Either side decides alone where it can. */
function joined(operator: "&&" | "||", one: Worth, other: Worth): Worth {
  const decides = (worth: Worth): boolean =>
    worth !== undefined && isTrue(worth) === (operator === "||");
  if (decides(one)) return one;
  if (decides(other)) return other;
  return one === undefined || other === undefined ? undefined : other;
}

type Call = Extract<Expression, { kind: "call" }>;

function worthOfCall({ name, args }: Call, event: string): Worth {
  const [first, second] = args;
  if (first === undefined || second === undefined) return name === "cancelled" ? false : undefined;
  if (name === "contains" && isAssociation(second)) return isForAnybody(first) ? undefined : false;
  const [text, part] = [worthOf(first, event), worthOf(second, event)];
  if (typeof text !== "string" || typeof part !== "string") return undefined;
  const [whole, piece] = [text.toLowerCase(), part.toLowerCase()];
  if (name === "startswith") return whole.startsWith(piece);
  if (name === "endswith") return whole.endsWith(piece);
  return name === "contains" ? whole.includes(piece) : undefined;
}

function worthOfPath(path: ContextPath | null, event: string): Worth {
  const name = path?.join(".");
  if (event === "workflow_call") return undefined;
  switch (name) {
    case "github.event_name":
      return event;
    case "github.event.pull_request.head.repo.fork":
    case "github.event.workflow_run.head_repository.fork":
      return true;
    // The run before, of which a stranger is the cause, is the one of a pull request.
    case "github.event.workflow_run.event":
      return "pull_request";
    case "github.ref":
      return HARMLESS_EVENTS.has(event) ? "refs/pull/1/merge" : undefined;
    default:
      return undefined;
  }
}

const OWN: ReadonlySet<string> = new Set([
  "github.repository",
  "github.repository_owner",
  "github.repository_id",
  "github.event.repository.full_name",
  "github.event.repository.id",
  "github.event.repository.owner.login",
  "github.event.pull_request.base.repo.full_name",
  "github.event.pull_request.base.repo.id",
  "github.event.pull_request.base.repo.owner.login",
]);
const THEIRS =
  /^github\.event\.(?:pull_request\.head\.repo|workflow_run\.head_repository)\.(?:full_name|id|owner\.login)$|^github\.event\.pull_request\.head\.user\.login$/;
const WHO =
  /^github\.(?:event\.(?:pull_request|issue|comment|review|discussion|sender)\.(?:user\.)?login|actor|triggering_actor)$/;
const SPOOFABLE = /^github\.(?:actor|triggering_actor)$/;

/** What a comparison says that no stranger can turn round: whose repository it is, and who they are. */
function isSameForStranger(left: Expression, right: Expression): boolean | undefined {
  return isSameTo(left, right) ?? isSameTo(right, left);
}

function isSameTo(one: Expression, other: Expression): false | undefined {
  const name = pathOf(one)?.join(".") ?? "";
  const compared = pathOf(other)?.join(".") ?? "";
  const word = other.kind === "literal" ? String(other.value) : null;
  if (THEIRS.test(name)) return word !== null || OWN.has(compared) ? false : undefined;
  if (isAssociation(one)) return word !== null && TRUSTED.test(word) ? false : undefined;
  return WHO.test(name) && isSomebodyElse(name, word ?? compared) ? false : undefined;
}

/** Whoever pushes last to a bot's branch is the actor. */
function isSomebodyElse(name: string, who: string): boolean {
  const isPath = who.startsWith("github.");
  return isPath ? who === "github.repository_owner" : !(SPOOFABLE.test(name) && isBot(who));
}

function isBot(who: string): boolean {
  return who === "" || who.endsWith("[bot]");
}

const TRUSTED = /^(?:OWNER|MEMBER|COLLABORATOR)$/i;

function isAssociation(expression: Expression): boolean {
  return pathOf(expression)?.at(-1) === "author_association";
}

/** Whether a list of associations has one that anybody can have. */
function isForAnybody(expression: Expression): boolean {
  const text = expression.kind === "call" ? expression.args[0] : expression;
  if (text?.kind !== "literal" || typeof text.value !== "string") return true;
  return /NONE|CONTRIBUTOR|FIRST_TIME|MANNEQUIN/i.test(text.value);
}
