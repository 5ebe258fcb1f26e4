// Workflows and actions of GitHub in the normal form of pipelines.
// @see https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax and …/metadata-syntax
import { ABSENT, unknown } from "../../kit/fact.ts";
import { pointerTo } from "../../kit/json-pointer.ts";
import type { Call, JobImage, Pipeline, PipelineJob, Step, Trigger } from "../../model/pipeline.ts";
import {
  booleanAt,
  type Gaps,
  isPlain,
  kindOf,
  membersAt,
  nameAt,
  type Place,
  placeAt,
  placesAt,
} from "../workload/facts.ts";
import {
  conditionAt,
  memberPlace,
  namesAt,
  permissionsAt,
  templateAt,
  templateIn,
  templatesAt,
  variablesAt,
} from "./members.ts";
import { scriptOf } from "./template.ts";

/** Steps of a file, together; aliases may repeat them. */
const STEPS_MAX = 20_000;

/** Whether a value is a workflow: it says what starts it, and has jobs. */
export function isWorkflow(value: unknown): boolean {
  return isPlain(value) && "on" in value && isPlain(value["jobs"]);
}

/** Whether a value is what `action.yml` holds. */
export function isAction(value: unknown): boolean {
  return isPlain(value) && isPlain(value["runs"]) && typeof value["runs"]["using"] === "string";
}

/** @param object As `JSON.parse` gives it; may be anything. Never throws. */
export function readWorkflow(object: unknown): Pipeline {
  const top: Place = { value: isPlain(object) ? object : null, at: "" };
  const gaps: Gaps = [];
  const reader = new Reader(gaps, shellOf(top, []) ?? "bash");
  return {
    ...pipelineOf(top, "workflow", gaps),
    triggers: triggersIn(top, gaps),
    permissions: permissionsAt(top),
    environment: variablesAt(top, "env", gaps),
    jobs: membersAt(top, "jobs", gaps).map(({ name, value }) =>
      reader.job(name, memberPlace({ value: null, at: "/jobs" }, name, value), value),
    ),
  };
}

/** @param object As `JSON.parse` gives it; may be anything. Never throws. */
export function readAction(object: unknown): Pipeline {
  const top: Place = { value: isPlain(object) ? object : null, at: "" };
  const gaps: Gaps = [];
  const runs = placeAt(top, "runs", gaps);
  const steps = new Reader(gaps, "bash").steps(runs, "");
  const image = nameAt(runs, "image");
  // Anything else is a Dockerfile beside the action.
  const images: JobImage[] = image.startsWith("docker://")
    ? [imageOf("container", templateAt(runs, "image", gaps), null)].filter((i) => i !== null)
    : [];
  return {
    ...pipelineOf(top, "action", gaps),
    jobs: [{ ...NO_JOB, id: "", at: runs.at, images, steps }],
  };
}

function pipelineOf(top: Place, kind: "workflow" | "action", gaps: Gaps): Pipeline {
  return {
    form: "pipeline",
    platform: "github",
    kind,
    name: nameAt(top, "name"),
    namespace: null,
    gaps,
    triggers: [],
    permissions: ABSENT,
    environment: [],
    jobs: [],
    includes: [],
  };
}

/** One event, a list of them, or a mapping of them to what they are restricted to. */
function triggersIn(top: Place, gaps: Gaps): Trigger[] {
  const found = top.value?.["on"];
  const at = `${top.at}/on`;
  if (typeof found === "string") return [{ event: found, refs: [], at }];
  if (Array.isArray(found))
    return namesAt(top, "on").map((event, i) => ({ event, refs: [], at: `${at}/${i}` }));
  if (!isPlain(found)) {
    gaps.push(unknown(at, `what starts it is ${kindOf(found)}`));
    return [];
  }
  return Object.keys(found).map((event) => {
    const place = memberPlace({ value: null, at }, event, found[event]);
    const tags = namesAt(place, "tags").map((tag) => `tags:${tag}`);
    return { event, refs: [...namesAt(place, "branches"), ...tags], at: place.at };
  });
}

const NO_JOB: Omit<PipelineJob, "id" | "at"> = {
  needs: [],
  condition: null,
  runners: [],
  permissions: ABSENT,
  environment: [],
  images: [],
  calls: null,
  outputs: [],
  steps: [],
  mayFail: ABSENT,
};

class Reader {
  readonly #gaps: Gaps;
  readonly #usual: string;
  #stepsLeft = STEPS_MAX;

  /** @param usual The shell of steps that name none, nor does their job. */
  constructor(gaps: Gaps, usual: string) {
    this.#gaps = gaps;
    this.#usual = usual;
  }

  job(id: string, place: Place, value: unknown): PipelineJob {
    const gaps = this.#gaps;
    if (place.value === null) gaps.push(unknown(place.at, `the job is ${kindOf(value)}`));
    const runners = runnersIn(place, gaps);
    return {
      id,
      at: place.at,
      needs: namesAt(place, "needs"),
      condition: conditionAt(place, "if", gaps),
      runners,
      permissions: permissionsAt(place),
      environment: variablesAt(place, "env", gaps),
      images: imagesIn(place, gaps),
      calls: callIn(place, gaps),
      outputs: variablesAt(place, "outputs", gaps),
      steps: this.steps(place, shellOf(place, runners) ?? this.#usual),
      mayFail: booleanAt(place, "continue-on-error"),
    };
  }

  /** @param usual The shell of steps that name none. */
  steps(place: Place, usual: string): Step[] {
    const steps: Step[] = [];
    for (const step of placesAt(place, "steps", this.#gaps)) {
      this.#stepsLeft -= 1;
      if (this.#stepsLeft < 0) {
        this.#gaps.push(unknown(step.at, `only ${STEPS_MAX} steps are read`));
        break;
      }
      steps.push(stepOf(step, usual, this.#gaps));
    }
    return steps;
  }
}

/** @param usual The shell of steps that name none. */
function stepOf(place: Place, usual: string, gaps: Gaps): Step {
  const run = templateAt(place, "run", gaps);
  const shell = templateAt(place, "shell", gaps);
  return {
    id: nameAt(place, "id"),
    at: place.at,
    condition: conditionAt(place, "if", gaps),
    uses: templateAt(place, "uses", gaps),
    // Names of inputs have no case.
    with: variablesAt(place, "with", gaps).map((input) => ({
      ...input,
      name: input.name.toLowerCase(),
    })),
    run,
    shell,
    script: run === null || !isPosix(shell?.value ?? usual) ? null : scriptOf(run),
    environment: variablesAt(place, "env", gaps),
  };
}

/** `defaults.run.shell`, or what the machine has; null when neither is said. */
function shellOf({ value }: Place, runners: PipelineJob["runners"]): string | null {
  const defaults = value?.["defaults"];
  const run = isPlain(defaults) ? defaults["run"] : null;
  const shell = isPlain(run) ? run["shell"] : null;
  if (typeof shell === "string") return shell;
  return runners.some((label) => /windows/i.test(label.value)) ? "pwsh" : null;
}

function isPosix(shell: string): boolean {
  return /^(?:ba|da|a)?sh(?:\s|$)/.test(shell.trim());
}

/** Labels, or a mapping of a group and labels. */
function runnersIn(place: Place, gaps: Gaps): PipelineJob["runners"] {
  const found = place.value?.["runs-on"];
  if (!isPlain(found)) return templatesAt(place, "runs-on", gaps);
  return templatesAt({ value: found, at: `${place.at}/runs-on` }, "labels", gaps);
}

function imagesIn(place: Place, gaps: Gaps): JobImage[] {
  const container = place.value?.["container"];
  const named = isPlain(container)
    ? imageIn("container", { value: container, at: `${place.at}/container` }, gaps)
    : imageOf("container", templateIn(container, `${place.at}/container`, gaps), null);
  const services = membersAt(place, "services", gaps).map(({ name, value }) => {
    const at = pointerTo(`${place.at}/services`, name);
    return imageIn("service", { value: isPlain(value) ? value : null, at }, gaps);
  });
  return [named, ...services].filter((image) => image !== null);
}

function imageIn(role: JobImage["role"], place: Place, gaps: Gaps): JobImage | null {
  const options = templateAt(place, "options", gaps);
  return imageOf(role, templateAt(place, "image", gaps), options);
}

function imageOf(
  role: JobImage["role"],
  name: JobImage["name"] | null,
  options: JobImage["options"],
): JobImage | null {
  return name === null ? null : { role, name, options, command: [] };
}

function callIn(place: Place, gaps: Gaps): Call | null {
  const uses = templateAt(place, "uses", gaps);
  if (uses === null) return null;
  const given = place.value?.["secrets"];
  const named = isPlain(given) && Object.keys(given).length > 0;
  return {
    uses,
    secrets: given === "inherit" ? "inherit" : named ? "named" : "none",
    secretsAt: `${place.at}/secrets`,
    with: variablesAt(place, "with", gaps),
  };
}
