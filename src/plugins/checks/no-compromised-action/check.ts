import type { Pipeline, PipelineJob, Template } from "../../../model/pipeline.ts";
import type { CheckOf } from "../../../stages/check/contract.ts";
import { actionUse } from "../shared/action-name.ts";
import { COMPROMISED_ACTIONS, type CompromisedAction } from "../shared/compromised-actions.data.ts";
import { COMMIT, steps } from "../shared/pipeline-examples.ts";
import { PipelineSaid } from "../shared/pipeline-said.ts";
import { controls } from "../shared/said.ts";

export const noCompromisedAction: CheckOf<Pipeline> = {
  id: "no-compromised-action",
  title: "no version of an action is used that is known to be bad",
  severity: "high",
  why: "these versions have stolen the secrets of the jobs that ran them, or let strangers do it",
  fix: "name the commit of a later version, and change every secret that a job with the bad one had",
  controls: controls({ "owasp-cicd": ["CICD-SEC-3"], attack: ["T1195.002", "T1554"] }),
  aspects: { malicious: { severity: "critical" } },
  needs: [],
  state: "stable",
  appliesTo: "pipeline",
  examples: {
    bad: [
      steps("push", {
        uses: "tj-actions/changed-files@0e58ed8671d6b60d0890c21b07f8835ace038e67",
      }),
      steps("push", { uses: "aquasecurity/trivy-action@0.28.0" }),
      steps("push", { uses: "actions/download-artifact@v4.1.2" }),
    ],
    good: [
      steps("push", { uses: `tj-actions/changed-files@${COMMIT}` }),
      steps("push", { uses: "aquasecurity/trivy-action@v0.35.0" }),
      steps("push", { uses: "actions/download-artifact@v4" }),
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ platform, jobs }) => {
        if (platform !== "github") return "not-applicable";
        const said = new PipelineSaid();
        for (const job of jobs)
          for (const { uses } of job.steps) if (uses !== null) look(job, uses, said);
        return said.all;
      },
    },
  ],
};

function look(job: PipelineJob, uses: Template, said: PipelineSaid): void {
  const use = actionUse(uses);
  if (use === null) return;
  for (const action of COMPROMISED_ACTIONS) {
    if (action.repository !== use.repository || !isOneOf(use.ref, action)) continue;
    const aspect = action.isMalicious ? { aspect: "malicious" } : {};
    const { value, at } = uses;
    said.fault(job, at, `uses ${value}; ${action.what}`, { value, ...aspect });
    return;
  }
}

function isOneOf(ref: string, { commits, tags }: CompromisedAction): boolean {
  if (commits.includes(ref)) return true;
  const [, digits] = /^v?(\d{1,4}(?:\.\d{1,4}){0,2})$/.exec(ref) ?? [];
  if (tags === null || digits === undefined) return false;
  const version = digits.split(".").map(Number);
  // A tag of fewer parts is moved to the newest of its kind: it is at least all that it names.
  const newest = [...version, ...Array(3 - version.length).fill(Number.POSITIVE_INFINITY)];
  const [from, before] = tags;
  return compared(newest, from) >= 0 && compared(newest, before) < 0;
}

function compared(one: readonly number[], other: readonly number[]): number {
  for (let i = 0; i < 3; i += 1) {
    const difference = (one[i] ?? 0) - (other[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
