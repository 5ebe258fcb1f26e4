import type { Pipeline, PipelineJob, Variable } from "../../../model/pipeline.ts";
import type { CheckOf } from "../../../stages/check/contract.ts";
import { gitlab } from "../shared/pipeline-examples.ts";
import { PipelineSaid } from "../shared/pipeline-said.ts";
import { controls } from "../shared/said.ts";

export const noDebugTrace: CheckOf<Pipeline> = {
  id: "no-debug-trace",
  title: "a pipeline's log does not show its variables",
  severity: "high",
  why: "the log then has every variable of the job, secrets among them, for everybody who may read logs",
  fix: "remove CI_DEBUG_TRACE and CI_DEBUG_SERVICES, and set them for a single run when there is no other way",
  controls: controls({ "owasp-cicd": ["CICD-SEC-6"], attack: ["T1552"] }),
  needs: [],
  state: "stable",
  appliesTo: "pipeline",
  examples: {
    bad: [
      gitlab({ variables: { CI_DEBUG_TRACE: "true" } }),
      gitlab({}, { variables: { CI_DEBUG_SERVICES: { value: "true", description: "debug" } } }),
    ],
    good: [gitlab({ variables: { CI_DEBUG_TRACE: "false" } }), gitlab({})],
  },
  versions: [
    {
      from: 0,
      run: ({ platform, environment, jobs }) => {
        if (platform !== "gitlab") return "not-applicable";
        const said = new PipelineSaid();
        look(null, environment, said);
        for (const job of jobs) look(job, job.environment, said);
        return said.all;
      },
    },
  ],
};

function look(job: PipelineJob | null, environment: readonly Variable[], said: PipelineSaid): void {
  for (const { name, value, at } of environment)
    if (/^CI_DEBUG_(?:TRACE|SERVICES)$/.test(name) && /^(?:true|1)$/i.test(value.value))
      said.fault(job, at, `${name} is ${value.value}`, {
        value: value.value,
        repair: [{ kind: "remove", at }],
      });
}
