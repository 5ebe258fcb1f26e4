// Pipelines of GitLab in the normal form. Its jobs stand beside its settings, and what one shell runs is a step.
// @see https://docs.gitlab.com/ci/yaml/
import { ABSENT, known, unknown } from "../../kit/fact.ts";
import type {
  Include,
  JobImage,
  Pipeline,
  PipelineJob,
  Step,
  Template,
  Variable,
} from "../../model/pipeline.ts";
import { readShell } from "../shell.ts";
import {
  type Gaps,
  isPlain,
  kindOf,
  membersAt,
  nameAt,
  type Place,
  placeAt,
} from "../workload/facts.ts";
import { memberPlace, namesAt, templateIn } from "./members.ts";

/** Lines of scripts of a file, together; aliases may repeat them. */
const LINES_MAX = 50_000;
const NESTED_MAX = 10;

/** Names at the top that are no jobs. */
const SETTINGS: ReadonlySet<string> = new Set([
  "after_script",
  "before_script",
  "cache",
  "default",
  "image",
  "include",
  "services",
  "spec",
  "stages",
  "types",
  "variables",
  "workflow",
]);

/**
 * Reads a pipeline. Which file is one is told by its name alone, because any mapping could be one.
 *
 * @param object As `JSON.parse` gives it; may be anything. Never throws.
 */
export function readGitlab(object: unknown): Pipeline {
  const top: Place = { value: isPlain(object) ? object : null, at: "" };
  const gaps: Gaps = [];
  const reader = new Reader(gaps);
  const names = Object.keys(top.value ?? {}).filter((name) => !SETTINGS.has(name));
  const shared = [top, placeAt(top, "default", gaps)].map((place) => reader.job("", place));
  return {
    form: "pipeline",
    platform: "gitlab",
    kind: "pipeline",
    name: "",
    namespace: null,
    gaps,
    triggers: [],
    permissions: ABSENT,
    environment: variablesIn(top, gaps),
    jobs: [
      ...shared.filter(({ images, steps }) => images.length + steps.length > 0),
      ...names.flatMap((name) => {
        const value = top.value?.[name];
        // Other things may stand at the top, as values for anchors.
        return isPlain(value) ? [reader.job(name, memberPlace(top, name, value))] : [];
      }),
    ],
    includes: includesIn(top, gaps),
  };
}

class Reader {
  readonly #gaps: Gaps;
  #linesLeft = LINES_MAX;

  constructor(gaps: Gaps) {
    this.#gaps = gaps;
  }

  /** @param id `""` for what holds for all jobs. */
  job(id: string, place: Place): PipelineJob {
    const gaps = this.#gaps;
    const mayFail = place.value?.["allow_failure"];
    return {
      id,
      at: place.at,
      needs: [],
      condition: null,
      runners: namesAt(place, "tags").map((tag) => text(tag, `${place.at}/tags`)),
      permissions: ABSENT,
      environment: id === "" ? [] : variablesIn(place, gaps),
      images: imagesIn(place, gaps),
      calls: null,
      outputs: [],
      steps: [
        this.#step(place, ["before_script", "script"]),
        this.#step(place, ["after_script"]),
      ].filter((step) => step !== null),
      mayFail: typeof mayFail === "boolean" ? known(mayFail, `${place.at}/allow_failure`) : ABSENT,
    };
  }

  /** Lines that one shell runs, one after the other. */
  #step(place: Place, names: readonly string[]): Step | null {
    const lines = names.flatMap((name) =>
      this.#lines(place.value?.[name], `${place.at}/${name}`, 0),
    );
    const [first] = lines;
    if (first === undefined) return null;
    const starts: { offset: number; at: string }[] = [];
    let length = 0;
    for (const { value, at } of lines) {
      starts.push({ offset: length, at });
      length += value.length + 1;
    }
    const placeOf = (offset: number): string => startBefore(starts, offset)?.at ?? first.at;
    const run = text(lines.map(({ value }) => value).join("\n"), first.at);
    return { ...NO_STEP, at: first.at, run, script: readShell(run.value, placeOf) };
  }

  /** A line, or lists of lines in one another. */
  #lines(found: unknown, at: string, depth: number): { value: string; at: string }[] {
    if (found === undefined || found === null) return [];
    if (Array.isArray(found) && depth < NESTED_MAX)
      return found.flatMap((item: unknown, i) => this.#lines(item, `${at}/${i}`, depth + 1));
    this.#linesLeft -= 1;
    if (this.#linesLeft === -1) this.#gaps.push(unknown(at, `only ${LINES_MAX} lines are read`));
    if (this.#linesLeft < 0) return [];
    if (typeof found === "string") return [{ value: found, at }];
    this.#gaps.push(unknown(at, `a line of a script is ${kindOf(found)}`));
    return [];
  }
}

/** The last of those that begin at or before an offset. */
function startBefore<T extends { readonly offset: number }>(
  starts: readonly T[],
  offset: number,
): T | undefined {
  let [low, high] = [0, starts.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((starts[middle]?.offset ?? 0) <= offset) low = middle;
    else high = middle;
  }
  return starts[low];
}

const NO_STEP: Omit<Step, "at" | "run" | "script"> = {
  id: "",
  condition: null,
  uses: null,
  with: [],
  shell: null,
  environment: [],
};

/** Its variables are the shell's; nothing is filled in before. */
function text(value: string, at: string): Template {
  return { value, at, holes: [] };
}

function variablesIn(place: Place, gaps: Gaps): Variable[] {
  return membersAt(place, "variables", gaps).flatMap(({ name, value, at }) => {
    const given = isPlain(value) ? value["value"] : value;
    const found = templateIn(given, at, gaps);
    return found === null ? [] : [{ name, value: text(found.value, at), at }];
  });
}

function imagesIn(place: Place, gaps: Gaps): JobImage[] {
  const found = place.value?.["services"];
  const services: readonly unknown[] = Array.isArray(found) ? found : [];
  return [
    imageIn("container", place.value?.["image"], `${place.at}/image`, gaps),
    ...services.map((service, i) => imageIn("service", service, `${place.at}/services/${i}`, gaps)),
  ].filter((image) => image !== null);
}

function imageIn(role: JobImage["role"], found: unknown, at: string, gaps: Gaps): JobImage | null {
  const place: Place = { value: isPlain(found) ? found : null, at };
  const name =
    place.value === null
      ? templateIn(found, at, gaps)
      : templateIn(place.value["name"], `${at}/name`, gaps);
  if (name === null) return null;
  const command = [...namesAt(place, "entrypoint"), ...namesAt(place, "command")];
  return { role, name: text(name.value, name.at), options: null, command };
}

const KINDS = ["local", "remote", "project", "template", "component"] as const;

function includesIn(top: Place, gaps: Gaps): Include[] {
  const found = top.value?.["include"];
  const items: readonly unknown[] = Array.isArray(found) ? found : [found];
  return items
    .map((item, i) => includeIn(item, Array.isArray(found) ? `/include/${i}` : "/include", gaps))
    .filter((include) => include !== null);
}

function includeIn(item: unknown, at: string, gaps: Gaps): Include | null {
  if (item === undefined || item === null) return null;
  if (typeof item === "string") {
    const kind = /^https?:\/\//.test(item) ? "remote" : "local";
    return { kind, name: item, ref: null, isDigested: false, at };
  }
  const place: Place = { value: isPlain(item) ? item : null, at };
  const kind = KINDS.find((one) => nameAt(place, one) !== "");
  if (kind === undefined) {
    gaps.push(unknown(at, `what is included is ${kindOf(item)} without a name`));
    return null;
  }
  const ref = nameAt(place, "ref");
  const isDigested = nameAt(place, "integrity").startsWith("sha256-");
  return { kind, name: nameAt(place, kind), ref: ref === "" ? null : ref, isDigested, at };
}
