import type { Pipeline } from "../../../model/pipeline.ts";
import type { CheckOf } from "../../../stages/check/contract.ts";
import { COMMIT, job } from "../shared/pipeline-examples.ts";
import { PipelineSaid } from "../shared/pipeline-said.ts";
import { controls } from "../shared/said.ts";

const THEIRS = `someone/workflows/.github/workflows/build.yml@${COMMIT}`;

export const noInheritedSecrets: CheckOf<Pipeline> = {
  id: "no-inherited-secrets",
  title: "a called workflow of another repository gets only the secrets that it needs",
  severity: "medium",
  why: "with secrets: inherit the other repository has every secret of this one, also those that are added later",
  fix: "name the secrets that it needs under secrets",
  controls: controls({ "owasp-cicd": ["CICD-SEC-2", "CICD-SEC-6"], attack: ["T1552"] }),
  needs: [],
  state: "stable",
  appliesTo: "pipeline",
  examples: {
    bad: [job("push", { uses: THEIRS, secrets: "inherit" })],
    good: [
      job("push", { uses: THEIRS, secrets: { token: "${{ secrets.DEPLOY_TOKEN }}" } }),
      job("push", { uses: "./.github/workflows/build.yml", secrets: "inherit" }),
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ kind, jobs }) => {
        if (kind !== "workflow") return "not-applicable";
        const said = new PipelineSaid();
        for (const one of jobs) {
          const { calls } = one;
          if (calls === null || calls.secrets !== "inherit") continue;
          const { value } = calls.uses;
          if (!value.startsWith("./"))
            said.fault(one, calls.secretsAt, `hands all secrets to ${value}`, { value: "inherit" });
        }
        return said.all;
      },
    },
  ],
};
