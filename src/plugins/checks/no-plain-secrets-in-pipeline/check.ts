import type { Pipeline, PipelineJob, Variable } from "../../../model/pipeline.ts";
import type { CheckOf } from "../../../stages/check/contract.ts";
import { gitlab, job, steps } from "../shared/pipeline-examples.ts";
import { PipelineSaid } from "../shared/pipeline-said.ts";
import { controls } from "../shared/said.ts";
import { isSecret } from "../shared/secret.ts";

export const noPlainSecretsInPipeline: CheckOf<Pipeline> = {
  id: "no-plain-secrets-in-pipeline",
  title: "no secret is written into a pipeline's file",
  severity: "high",
  why: "whoever may read the repository, or any old commit of it, has the secret, and no log masks it",
  fix: "store it as a secret or a masked and protected variable of the platform, and change the one that was written here",
  controls: controls({ "owasp-cicd": ["CICD-SEC-6"], attack: ["T1552.001"] }),
  needs: [],
  state: "stable",
  appliesTo: "pipeline",
  examples: {
    bad: [
      gitlab({ variables: { DEPLOY_TOKEN: "0123abcd" } }),
      job("push", { env: { DB_PASSWORD: "hunter2" } }),
      steps("push", { uses: "someone/deploy@v1", with: { password: "hunter2" } }),
    ],
    good: [
      gitlab({ variables: { DEPLOY_TOKEN: "$PRODUCTION_TOKEN", TOKEN_PATH: "/run/token" } }),
      job("push", { env: { DB_PASSWORD: "${{ secrets.DB_PASSWORD }}" } }),
      job("push", { services: { db: { image: "postgres", env: { POSTGRES_PASSWORD: "test" } } } }),
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ environment, jobs }) => {
        const said = new PipelineSaid();
        look(null, environment, said);
        for (const one of jobs) {
          look(one, one.environment, said);
          for (const step of one.steps) look(one, [...step.environment, ...step.with], said);
        }
        return said.all;
      },
    },
  ],
};

/** What tests give to a database that lives as long as the job. */
const FOR_TESTS =
  /^(?:test|tests|testing|root|postgres|postgresql|mysql|admin|example|changeme|password|secret|dummy|fake|ci|guest|foobar|runner)(?:[_-]?\w{0,12})?$/i;

function look(job: PipelineJob | null, variables: readonly Variable[], said: PipelineSaid): void {
  for (const { name, value, at } of variables)
    if (value.holes.length === 0 && isSecret(name, value.value) && !FOR_TESTS.test(value.value))
      said.fault(job, at, `has a secret in ${name}`);
}
