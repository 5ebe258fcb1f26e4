import type { Fact } from "../../../kit/fact.ts";
import type { Edit } from "../../../model/edit.ts";
import type {
  Permissions,
  Pipeline,
  PipelineJob,
  Step,
  Template,
  Variable,
} from "../../../model/pipeline.ts";
import { valuesIn } from "../../../model/pipeline-expression.ts";
import type { CheckOf } from "../../../stages/check/contract.ts";
import { actionName } from "../shared/action-name.ts";
import { job, workflow } from "../shared/pipeline-examples.ts";
import { PipelineSaid } from "../shared/pipeline-said.ts";
import { controls } from "../shared/said.ts";

const BUILD = { "runs-on": "ubuntu-24.04", steps: [{ run: "make" }] };

export const leastTokenPermissions: CheckOf<Pipeline> = {
  id: "least-token-permissions",
  title: "the token of a workflow may do no more than is said",
  severity: "medium",
  why: "every step, and every action in it, has the job's token, and with it may push code, publish packages and approve pull requests",
  fix: "set permissions: {contents: read} for the workflow, and what is needed beyond it for single jobs",
  controls: controls({ "owasp-cicd": ["CICD-SEC-5"], attack: ["T1078.004"] }),
  aspects: { all: { severity: "high" }, wide: { severity: "low" } },
  needs: [],
  state: "stable",
  appliesTo: "pipeline",
  examples: {
    bad: [
      workflow({ permissions: "write-all" }),
      job("push", { permissions: "write-all" }),
      { format: "github-workflow", document: { on: "push", jobs: { build: BUILD } } },
      workflow({
        permissions: { contents: "write" },
        jobs: { build: BUILD, release: { ...BUILD, needs: "build" } },
      }),
    ],
    good: [
      workflow({ permissions: { contents: "read" } }),
      job("push", { permissions: { contents: "write" } }),
      {
        format: "github-workflow",
        document: {
          on: "push",
          jobs: { build: { ...BUILD, permissions: { contents: "read" } } },
        },
      },
    ],
  },
  versions: [
    {
      from: 0,
      run: (pipeline) => {
        if (pipeline.kind !== "workflow" || pipeline.platform !== "github") return "not-applicable";
        const said = new PipelineSaid();
        look(null, pipeline.permissions, said);
        for (const one of pipeline.jobs) look(one, one.permissions, said);
        const own = pipeline.permissions;
        if (own.state === "absent") lookAtSilent(pipeline, said);
        else if (own.state === "known") lookAtWide(own.value, own.at, pipeline, said);
        return said.all;
      },
    },
  ],
};

function look(job: PipelineJob | null, fact: Fact<Permissions>, said: PipelineSaid): void {
  if (fact.state === "unknown") said.doubt(job, fact.at, fact.why);
  else if (fact.state === "known" && fact.value.get("*") === "write")
    said.fault(job, fact.at, "its token may write everything", {
      value: "write-all",
      aspect: "all",
    });
}

/** A workflow that is only called has what its caller's job has. */
function lookAtSilent({ triggers, jobs }: Pipeline, said: PipelineSaid): void {
  if (triggers.length > 0 && triggers.every(({ event }) => event === "workflow_call")) return;
  const silent = jobs.filter(({ permissions }) => permissions.state === "absent");
  if (silent.length === 0) return;
  const some = silent.length === jobs.length ? "" : ` for ${silent.map(({ id }) => id).join(", ")}`;
  const repair = silent.every(onlyReads) ? { repair: READING } : {};
  said.fault(null, "", `does not say what its token may do${some}`, repair);
}

const READING: readonly Edit[] = [
  { kind: "set", at: "/permissions", value: { contents: "read" }, before: "jobs" },
];

/** Actions that ask for nothing but the repository's files, and scripts that do not have the token. */
const READERS =
  /^(?:actions\/(?:checkout|cache|upload-artifact|download-artifact|setup-[a-z]+)|docker\/setup-[a-z-]+)$/;

/** Whether all that a job does is known to work with a token that only reads. */
function onlyReads({ calls, steps, environment }: PipelineJob): boolean {
  return calls === null && !environment.some(hasToken) && steps.every(stepOnlyReads);
}

function stepOnlyReads({ uses, with: inputs, environment, run, script }: Step): boolean {
  if ([...inputs, ...environment].some(hasToken)) return false;
  if (uses !== null) return READERS.test(actionName(uses) ?? "");
  if (run !== null && isToken(run)) return false;
  if (script === null || script.unread !== null) return run === null;
  return !script.commands.some(
    ({ name, words }) =>
      name === "gh" || (name === "git" && words.some(({ value }) => value === "push")),
  );
}

function hasToken({ value }: Variable): boolean {
  return isToken(value);
}

function isToken({ holes }: Template): boolean {
  return holes.some(
    ({ expression }) =>
      expression === null ||
      valuesIn(expression).some((path) => /^(?:secrets|github\.token$)/.test(path.join("."))),
  );
}

/** Rights to write for all jobs, when there are several that take them over. */
function lookAtWide(rights: Permissions, at: string, { jobs }: Pipeline, said: PipelineSaid): void {
  const heirs = jobs.filter(({ permissions }) => permissions.state === "absent");
  if (heirs.length < 2) return;
  for (const [name, right] of rights)
    if (right === "write" && name !== "*") {
      const state = `its token may write ${name} in all ${heirs.length} jobs`;
      said.fault(null, `${at}/${name}`, state, { value: `${name}: write`, aspect: "wide" });
    }
}
