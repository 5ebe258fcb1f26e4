import type { Pipeline, PipelineJob, Step } from "../../../model/pipeline.ts";
import type { CheckOf } from "../../../stages/check/contract.ts";
import { actionName } from "../shared/action-name.ts";
import { steps } from "../shared/pipeline-examples.ts";
import { PipelineSaid } from "../shared/pipeline-said.ts";
import { controls } from "../shared/said.ts";

const CHECKOUT = { uses: "actions/checkout@v4" };
const CAREFUL = { ...CHECKOUT, with: { "persist-credentials": false } };
const UPLOAD = { uses: "actions/upload-artifact@v3", with: { name: "all", path: "." } };

export const noUploadedCredentials: CheckOf<Pipeline> = {
  id: "no-uploaded-credentials",
  title: "the folder with the job's token is not uploaded",
  severity: "high",
  why: "checkout leaves the token in .git/config, and whoever may read the repository can download the artifact while the token is good",
  fix: "set persist-credentials: false for checkout, and upload only what was built",
  controls: controls({ "owasp-cicd": ["CICD-SEC-6"], attack: ["T1552.001"] }),
  needs: [],
  state: "stable",
  appliesTo: "pipeline",
  examples: {
    bad: [
      steps("push", CHECKOUT, UPLOAD),
      steps("push", CHECKOUT, {
        uses: "actions/upload-artifact@v4",
        with: { path: "${{ github.workspace }}", "include-hidden-files": true },
      }),
    ],
    good: [
      steps("push", CAREFUL, UPLOAD),
      steps("push", CHECKOUT, { ...UPLOAD, with: { path: "dist" } }),
      steps("push", CHECKOUT, { uses: "actions/upload-artifact@v4", with: { path: "." } }),
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ platform, jobs }) => {
        if (platform !== "github") return "not-applicable";
        const said = new PipelineSaid();
        for (const job of jobs) look(job, said);
        return said.all;
      },
    },
  ],
};

function look(job: PipelineJob, said: PipelineSaid): void {
  const kept = job.steps.findIndex(keepsToken);
  if (kept === -1) return;
  for (const step of job.steps.slice(kept + 1)) {
    const path = uploaded(step);
    if (path === undefined) continue;
    const at = job.steps[kept]?.at ?? job.at;
    const state = "leaves the token in .git/config, which a later step uploads";
    said.fault(job, at, state, {
      value: path.value,
      repair: [{ kind: "set", at: `${at}/with/persist-credentials`, value: false }],
    });
    return;
  }
}

function keepsToken({ uses, with: inputs }: Step): boolean {
  if (actionName(uses) !== "actions/checkout") return false;
  const given = inputs.find(({ name }) => name === "persist-credentials")?.value.value;
  return given === undefined || given === "true";
}

/** The first path of an upload that has .git in it. Since version 4.4 hidden files are left out unless asked for. */
function uploaded({ uses, with: inputs }: Step): { readonly value: string } | undefined {
  if (actionName(uses) !== "actions/upload-artifact") return undefined;
  const input = (wanted: string): string =>
    inputs.find(({ name }) => name === wanted)?.value.value.trim() ?? "";
  const isOld = /@v[123](?:\.|$)/.test(uses?.value ?? "");
  if (!isOld && input("include-hidden-files") !== "true") return undefined;
  const whole = input("path")
    .split("\n")
    .find((path) => WHOLE.test(path.trim()));
  return whole === undefined ? undefined : { value: whole.trim() };
}

const WHOLE = /^(?:\.\/?|\*\*?|\.\/\*\*?|\.git\/?|\$\{\{ *github\.workspace *\}\}\/?)$/;
