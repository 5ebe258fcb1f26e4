import type { Pipeline, PipelineJob } from "../../../model/pipeline.ts";
import type { CheckOf } from "../../../stages/check/contract.ts";
import { actionName } from "../shared/action-name.ts";
import { gitlab, job } from "../shared/pipeline-examples.ts";
import { PipelineSaid } from "../shared/pipeline-said.ts";
import { controls } from "../shared/said.ts";

export const noIgnoredScanner: CheckOf<Pipeline> = {
  id: "no-ignored-scanner",
  title: "a job that looks for flaws may not fail unnoticed",
  severity: "low",
  why: "what it finds, and that it no longer finds anything because it breaks, stops nobody",
  fix: "take allow_failure or continue-on-error away, and set the scanner's own threshold instead",
  controls: controls({ "owasp-cicd": ["CICD-SEC-1"], attack: ["T1562.001"] }),
  needs: [],
  state: "stable",
  appliesTo: "pipeline",
  examples: {
    bad: [
      {
        format: "gitlab-ci",
        document: { container_scanning: { script: ["scan"], allow_failure: true } },
      },
      gitlab({ image: "aquasec/trivy:0.66.0", allow_failure: true }),
      job("push", {
        "continue-on-error": true,
        steps: [{ uses: "anchore/scan-action@v6" }],
      }),
    ],
    good: [
      gitlab({ allow_failure: true }),
      { format: "gitlab-ci", document: { container_scanning: { script: ["scan"] } } },
      job("push", { steps: [{ uses: "anchore/scan-action@v6" }] }),
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ jobs }) => {
        const said = new PipelineSaid();
        for (const one of jobs) {
          const { mayFail } = one;
          if (mayFail.state === "absent" || (mayFail.state === "known" && !mayFail.value)) continue;
          const scanner = scannerIn(one);
          if (scanner === null) continue;
          if (mayFail.state === "unknown") said.doubt(one, mayFail.at, mayFail.why);
          else said.fault(one, mayFail.at, `may fail, and runs ${scanner}`, { value: true });
        }
        return said.all;
      },
    },
  ],
};

/** GitLab's own names of such jobs. */
const JOBS =
  /^(?:[\w-]+[_-])?(?:sast|dast|secret[_-]detection|dependency[_-]scanning|container[_-]scanning|iac[_-]scanning)(?:[_-][\w-]+)?$/i;
const IMAGES =
  /(?:^|\/)(?:trivy|grype|gitleaks|trufflehog|semgrep|checkov|kics|snyk|hadolint|dockle)(?=[:@]|$)/i;
const ACTIONS: ReadonlySet<string> = new Set([
  "anchore/scan-action",
  "aquasecurity/trivy-action",
  "bridgecrewio/checkov-action",
  "checkmarx/kics-github-action",
  "github/codeql-action",
  "gitleaks/gitleaks-action",
  "semgrep/semgrep-action",
  "snyk/actions",
  "trufflesecurity/trufflehog",
]);

function scannerIn({ id, images, steps }: PipelineJob): string | null {
  if (JOBS.test(id)) return id;
  const image = images.find(({ name }) => IMAGES.test(name.value))?.name.value;
  if (image !== undefined) return image;
  const action = steps.map(({ uses }) => actionName(uses)).find((name) => ACTIONS.has(name ?? ""));
  return action ?? null;
}
