import type { Pipeline, PipelineJob, Template } from "../../../model/pipeline.ts";
import type { CheckOf } from "../../../stages/check/contract.ts";
import { actionUse, isCommit } from "../shared/action-name.ts";
import { isPinned } from "../shared/image-name.ts";
import { COMMIT, job, steps } from "../shared/pipeline-examples.ts";
import { PipelineSaid } from "../shared/pipeline-said.ts";
import { controls } from "../shared/said.ts";

export const actionPinnedByCommit: CheckOf<Pipeline> = {
  id: "action-pinned-by-commit",
  title: "an action or a called workflow is named by its commit",
  severity: "medium",
  why: "whoever may move the tag, or has stolen that right, runs code with the job's token and secrets in the next run",
  fix: "write the commit after the @, and the tag in a comment behind it: bulwark pin --git does it",
  controls: controls({ "owasp-cicd": ["CICD-SEC-3", "CICD-SEC-8"], attack: ["T1195.001"] }),
  aspects: { platform: { severity: "low" } },
  needs: [],
  state: "stable",
  appliesTo: "pipeline",
  examples: {
    bad: [
      steps("push", { uses: "someone/deploy@v2" }),
      steps("push", { uses: "actions/checkout@v4" }),
      steps("push", { uses: "docker://alpine:3.20" }),
      job("push", { uses: "someone/workflows/.github/workflows/build.yml@main" }),
    ],
    good: [
      steps("push", { uses: `someone/deploy@${COMMIT}` }),
      steps("push", { uses: "./.github/actions/build" }),
      steps("push", { uses: `docker://alpine@sha256:${"0".repeat(64)}` }),
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ platform, jobs }) => {
        if (platform !== "github") return "not-applicable";
        const said = new PipelineSaid();
        for (const one of jobs) {
          if (one.calls !== null) look(one, one.calls.uses, said);
          for (const { uses } of one.steps) if (uses !== null) look(one, uses, said);
        }
        return said.all;
      },
    },
  ],
};

const IMAGE = "docker://";
/** Who takes the platform's own actions for a risk takes the platform for one. */
const PLATFORM = /^(?:actions|github)\//;

function look(job: PipelineJob, uses: Template, said: PipelineSaid): void {
  const { value, at } = uses;
  if (value.startsWith(IMAGE)) {
    if (!isPinned(value)) said.fault(job, at, `uses ${value}, a tag that can be moved`, { value });
    return;
  }
  const use = actionUse(uses);
  if (use === null) {
    if (!value.startsWith(".")) said.doubt(job, at, `uses ${value}, which names no action`);
    return;
  }
  if (isCommit(use.ref)) return;
  const aspect = PLATFORM.test(use.repository) ? { aspect: "platform" } : {};
  said.fault(job, at, `uses ${value}, which is no commit`, { value, ...aspect });
}
