import type { Pipeline, PipelineJob, Variable } from "../../../model/pipeline.ts";
import type { CheckOf } from "../../../stages/check/contract.ts";
import { job, steps, workflow } from "../shared/pipeline-examples.ts";
import { PipelineSaid } from "../shared/pipeline-said.ts";
import { controls } from "../shared/said.ts";

const NAME = "ACTIONS_ALLOW_UNSECURE_COMMANDS";

export const noUnsecureCommands: CheckOf<Pipeline> = {
  id: "no-unsecure-commands",
  title: "what a step prints sets no variables of later steps",
  severity: "high",
  why: "with it every line that a step prints, also one out of a stranger's file, may set PATH or NODE_OPTIONS for the steps after it",
  fix: `remove ${NAME}, and write to the file that GITHUB_ENV names`,
  controls: controls({ "owasp-cicd": ["CICD-SEC-4", "CICD-SEC-7"], attack: ["T1574"] }),
  needs: [],
  state: "stable",
  appliesTo: "pipeline",
  examples: {
    bad: [
      workflow({ env: { [NAME]: true } }),
      job("push", { env: { [NAME]: "true" } }),
      steps("push", { run: "make", env: { [NAME]: "1" } }),
    ],
    good: [workflow({ env: { [NAME]: false } }), job("push", { env: { OTHER: true } })],
  },
  versions: [
    {
      from: 0,
      run: ({ platform, environment, jobs }) => {
        if (platform !== "github") return "not-applicable";
        const said = new PipelineSaid();
        look(null, environment, said);
        for (const one of jobs) {
          look(one, one.environment, said);
          for (const step of one.steps) look(one, step.environment, said);
        }
        return said.all;
      },
    },
  ],
};

function look(job: PipelineJob | null, environment: readonly Variable[], said: PipelineSaid): void {
  for (const { name, value, at } of environment)
    if (name.toUpperCase() === NAME && !/^(?:false|0|no|off)?$/i.test(value.value.trim()))
      said.fault(job, at, `${NAME} is ${value.value}`, {
        value: value.value,
        repair: [{ kind: "remove", at }],
      });
}
