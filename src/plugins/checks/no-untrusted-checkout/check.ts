import type { Pipeline, PipelineJob, Step, Template } from "../../../model/pipeline.ts";
import { valuesIn } from "../../../model/pipeline-expression.ts";
import type { ShellCommand } from "../../../model/shell.ts";
import type { CheckOf } from "../../../stages/check/contract.ts";
import { actionName } from "../shared/action-name.ts";
import { steps } from "../shared/pipeline-examples.ts";
import { commandsOf, PipelineSaid, stepsOf } from "../shared/pipeline-said.ts";
import { controls } from "../shared/said.ts";
import { eventsAmong } from "../shared/strangers-reach.ts";

const HEAD = {
  uses: "actions/checkout@v4",
  with: { ref: "${{ github.event.pull_request.head.sha }}" },
};

export const noUntrustedCheckout: CheckOf<Pipeline> = {
  id: "no-untrusted-checkout",
  title: "a privileged workflow does not check out what strangers wrote",
  severity: "high",
  why: "these events run with the repository's secrets and a token that may write, and any build of checked out files runs what the stranger put into them",
  fix: "use the event pull_request, or hand what an unprivileged workflow made to a privileged one that runs none of it",
  controls: controls({ "owasp-cicd": ["CICD-SEC-4"], attack: ["T1195.002", "T1552"] }),
  aspects: { run: { severity: "critical" } },
  needs: [],
  state: "stable",
  appliesTo: "pipeline",
  examples: {
    bad: [
      steps("pull_request_target", HEAD, { run: "npm ci && npm test" }),
      steps("pull_request_target", HEAD),
      steps(["issue_comment"], {
        uses: "actions/checkout@v4",
        with: { ref: "refs/pull/${{ github.event.issue.number }}/merge" },
      }),
      steps(
        { workflow_run: { workflows: ["ci"], types: ["completed"] } },
        { uses: "actions/checkout@v4", with: { ref: "${{ github.event.workflow_run.head_sha }}" } },
        { run: "make" },
      ),
      steps("issue_comment", { run: 'gh pr checkout "$NUMBER" && make' }),
    ],
    good: [
      steps("pull_request", HEAD, { run: "npm test" }),
      steps("pull_request_target", { uses: "actions/checkout@v4" }, { run: "make label" }),
      steps("pull_request_target", {
        ...HEAD,
        if: "${{ !github.event.pull_request.head.repo.fork }}",
      }),
    ],
  },
  versions: [
    {
      from: 0,
      run: (pipeline) => {
        if (pipeline.kind !== "workflow" || pipeline.platform !== "github") return "not-applicable";
        const said = new PipelineSaid();
        lookAtActions(pipeline, said);
        lookAtCommands(pipeline, said);
        return said.all;
      },
    },
  ],
};

function lookAtActions(pipeline: Pipeline, said: PipelineSaid): void {
  for (const { job, step } of stepsOf(pipeline)) {
    const source = strangersSource(step);
    if (source === null) continue;
    const [event] = eventsAmong(PRIVILEGED, pipeline, job, step);
    if (event === undefined) continue;
    const runs = isRunAfter(job, step) ? { aspect: "run" } : {};
    const then = "aspect" in runs ? ", and runs more in it" : "";
    const state = `checks out ${source.value} on ${event}${then}`;
    said.fault(job, source.at, state, { value: source.value, ...runs });
  }
}

function lookAtCommands(pipeline: Pipeline, said: PipelineSaid): void {
  for (const { job, step, command } of commandsOf(pipeline, said)) {
    const what = checkedOut(command);
    const [event] = what === null ? [] : eventsAmong(PRIVILEGED, pipeline, job, step);
    if (what === null || event === undefined) continue;
    const state = `checks out a pull request by ${what} on ${event}`;
    said.fault(job, command.at, state, { value: what, aspect: "run" });
  }
}

/** `gh pr checkout 1`, `git fetch origin pull/1/head`. */
function checkedOut({ name, words }: ShellCommand): string | null {
  const texts = words.map(({ value }) => value);
  if (name === "gh" && texts[0] === "pr" && texts[1] === "checkout") return "gh pr checkout";
  const isFetched = name === "git" && texts.some((text) => text === "fetch" || text === "pull");
  return isFetched && texts.some((text) => /^\+?(?:refs\/)?pull\//.test(text)) ? "git fetch" : null;
}

const PRIVILEGED: ReadonlySet<string> = new Set([
  "pull_request_target",
  "workflow_run",
  "issue_comment",
  "issues",
]);

/** Ways to a stranger's branch, commit or repository. */
const STRANGERS: readonly RegExp[] = [
  /^github\.event\.pull_request\.(?:head\.(?:ref|sha|label|repo\.full_name|repo\.clone_url)|merge_commit_sha|number)$/,
  /^github\.event\.(?:number|issue\.number)$/,
  /^github\.head_ref$/,
  /^github\.event\.workflow_run\.(?:head_sha|head_branch|head_commit\.id|head_repository\.full_name|pull_requests\.\*\.head\.(?:ref|sha))$/,
];

/** What a step checks out, when strangers wrote it. */
function strangersSource(step: Step): Template | null {
  if (actionName(step.uses) !== "actions/checkout") return null;
  const asked = ["ref", "repository"].map((wanted) =>
    step.with.find(({ name }) => name === wanted),
  );
  return asked.find((input) => input !== undefined && isStrangers(input.value))?.value ?? null;
}

function isStrangers({ value, holes }: Template): boolean {
  // A number alone is no ref; it is one of refs/pull/.
  const isPull = value.includes("refs/pull/") || value.includes("pull/");
  return holes.some(
    ({ expression }) =>
      expression !== null &&
      valuesIn(expression).some((path) => {
        const name = path.join(".");
        return STRANGERS.some((way) => way.test(name)) && (isPull || !name.endsWith("number"));
      }),
  );
}

function isRunAfter({ steps: all }: PipelineJob, step: Step): boolean {
  return all
    .slice(all.indexOf(step) + 1)
    .some(({ run, uses }) => run !== null || uses?.value.startsWith("./") === true);
}
