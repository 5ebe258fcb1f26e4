import type { Condition, Pipeline, PipelineJob, Step } from "../../../model/pipeline.ts";
import { type Expression, pathOf } from "../../../model/pipeline-expression.ts";
import type { CheckOf } from "../../../stages/check/contract.ts";
import { steps } from "../shared/pipeline-examples.ts";
import { PipelineSaid } from "../shared/pipeline-said.ts";
import { controls } from "../shared/said.ts";
import { areHarmless, openEvents } from "../shared/strangers-reach.ts";

export const noSpoofableCondition: CheckOf<Pipeline> = {
  id: "no-spoofable-condition",
  title: "a bot is known by who opened the pull request, not by who acted last",
  severity: "medium",
  why: "a stranger who makes a bot act last on their pull request, with a command in a comment for instance, passes for the bot",
  fix: "compare github.event.pull_request.user.login, and the repository of the branch",
  controls: controls({ "owasp-cicd": ["CICD-SEC-1", "CICD-SEC-4"], attack: ["T1078"] }),
  needs: [],
  state: "stable",
  appliesTo: "pipeline",
  examples: {
    bad: [
      steps("pull_request_target", {
        if: "github.actor == 'dependabot[bot]'",
        run: "gh pr merge --auto",
      }),
    ],
    good: [
      steps("pull_request_target", {
        if: "github.event.pull_request.user.login == 'dependabot[bot]'",
        run: "gh pr merge --auto",
      }),
      steps("pull_request_target", { if: "github.actor != 'dependabot[bot]'", run: "make" }),
      steps("push", { if: "github.actor == 'dependabot[bot]'", run: "make" }),
    ],
  },
  versions: [
    {
      from: 0,
      run: (pipeline) => {
        if (pipeline.kind !== "workflow" || pipeline.platform !== "github") return "not-applicable";
        const said = new PipelineSaid();
        for (const job of pipeline.jobs) {
          look(pipeline, job, null, said);
          for (const step of job.steps) look(pipeline, job, step, said);
        }
        return said.all;
      },
    },
  ],
};

function look(pipeline: Pipeline, job: PipelineJob, step: Step | null, said: PipelineSaid): void {
  const condition = step === null ? job.condition : step.condition;
  const bot = condition === null ? null : botIn(condition);
  if (condition === null || bot === null) return;
  const events = openEvents(pipeline, job, step);
  if (events.length === 0 || areHarmless(events)) return;
  said.fault(job, condition.at, `takes whoever acted last for ${bot}`, { value: condition.value });
}

function botIn({ expression }: Condition): string | null {
  return expression === null ? null : botDemanded(expression);
}

/** The bot that has to have acted last; what is only ruled out lets nobody in. */
function botDemanded(expression: Expression): string | null {
  if (expression.kind !== "binary") return null;
  const { operator, left, right } = expression;
  if (operator === "&&" || operator === "||") return botDemanded(left) ?? botDemanded(right);
  return operator === "==" ? (botIs(left, right) ?? botIs(right, left)) : null;
}

function botIs(who: Expression, name: Expression): string | null {
  const path = pathOf(who)?.join(".");
  const isActor = path === "github.actor" || path === "github.triggering_actor";
  const isBot = name.kind === "literal" && typeof name.value === "string";
  return isActor && isBot && String(name.value).endsWith("[bot]") ? String(name.value) : null;
}
