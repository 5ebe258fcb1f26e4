import type { Pipeline, PipelineJob, Template } from "../../../model/pipeline.ts";
import { type Expression, pathOf, valuesIn } from "../../../model/pipeline-expression.ts";
import type { CheckOf } from "../../../stages/check/contract.ts";
import { job, steps } from "../shared/pipeline-examples.ts";
import { PipelineSaid } from "../shared/pipeline-said.ts";
import { controls } from "../shared/said.ts";

export const noDumpedSecrets: CheckOf<Pipeline> = {
  id: "no-dumped-secrets",
  title: "secrets are not handed over all at once, nor as outputs of a job",
  severity: "high",
  why: "a step that has all secrets can lose all of them, and outputs are kept in plain text with the run",
  fix: "name the one secret that a step needs, in env of that step",
  controls: controls({ "owasp-cicd": ["CICD-SEC-6"], attack: ["T1552"] }),
  needs: [],
  state: "stable",
  appliesTo: "pipeline",
  examples: {
    bad: [
      steps("push", { run: "./deploy", env: { SECRETS: "${{ toJSON(secrets) }}" } }),
      job("push", { env: { TOKEN: "${{ secrets[github.ref_name] }}" } }),
      job("push", { outputs: { token: "${{ secrets.DEPLOY_TOKEN }}" } }),
    ],
    good: [
      steps("push", { run: "./deploy", env: { TOKEN: "${{ secrets.DEPLOY_TOKEN }}" } }),
      steps("push", { run: "./deploy", env: { HAS: "${{ secrets.DEPLOY_TOKEN != '' }}" } }),
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ platform, environment, jobs }) => {
        if (platform !== "github") return "not-applicable";
        const said = new PipelineSaid();
        for (const { value } of environment) look(null, value, said);
        for (const one of jobs) {
          for (const template of templatesOf(one)) look(one, template, said);
          for (const { value, name } of one.outputs)
            if (secretsIn(value).length > 0)
              said.fault(one, value.at, `its output ${name} is a secret`, { value: value.value });
        }
        return said.all;
      },
    },
  ],
};

function templatesOf({ environment, steps: all, calls }: PipelineJob): Template[] {
  const variables = [...environment, ...(calls?.with ?? [])];
  const ofSteps = all.flatMap(({ environment: own, with: inputs, run }) => [
    ...[...own, ...inputs].map(({ value }) => value),
    ...(run === null ? [] : [run]),
  ]);
  return [...variables.map(({ value }) => value), ...ofSteps];
}

function look(job: PipelineJob | null, template: Template, said: PipelineSaid): void {
  for (const { expression, start, end } of template.holes) {
    if (expression === null || !isAll(expression)) continue;
    const value = template.value.slice(start, end).slice(0, 200);
    said.fault(job, template.at, `hands over every secret by ${value}`, { value });
  }
}

function isAll(expression: Expression): boolean {
  return valuesIn(expression).some(
    (path) => path[0] === "secrets" && (path.length === 1 || path[1] === "*"),
  );
}

function secretsIn({ holes }: Template): readonly string[] {
  return holes.flatMap(({ expression }) =>
    expression === null || pathOf(expression)?.[0] !== "secrets" ? [] : ["secret"],
  );
}
