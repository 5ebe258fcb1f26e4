import type { Pipeline } from "../../../model/pipeline.ts";
import { valuesIn } from "../../../model/pipeline-expression.ts";
import type { CheckOf } from "../../../stages/check/contract.ts";
import { steps } from "../shared/pipeline-examples.ts";
import { PipelineSaid, stepsOf } from "../shared/pipeline-said.ts";
import { controls } from "../shared/said.ts";

export const noSecretsInScripts: CheckOf<Pipeline> = {
  id: "no-secrets-in-scripts",
  title: "no secret is written into a script",
  severity: "low",
  why: "it lies in the script's file and in the list of processes, where every other program of the job can read it, and its letters are read as shell",
  fix: 'hand it over in a variable of env, and write "$TOKEN" in the script',
  controls: controls({ "owasp-cicd": ["CICD-SEC-6"], attack: ["T1552"] }),
  needs: [],
  state: "stable",
  appliesTo: "pipeline",
  examples: {
    bad: [
      steps("push", { run: "curl -H 'Authorization: ${{ secrets.TOKEN }}' https://api.example" }),
      steps("push", { run: "echo '${{ secrets.KEY }}' | base64 -d > key" }),
    ],
    good: [
      steps("push", { run: 'deploy --token "$TOKEN"', env: { TOKEN: "${{ secrets.TOKEN }}" } }),
      steps("push", { run: "echo ${{ secrets.TOKEN != '' }}" }),
    ],
  },
  versions: [
    {
      from: 0,
      run: (pipeline) => {
        if (pipeline.platform !== "github") return "not-applicable";
        const said = new PipelineSaid();
        for (const { job, step } of stepsOf(pipeline)) {
          const names = (step.run?.holes ?? []).flatMap(({ expression }) =>
            expression === null
              ? []
              : valuesIn(expression).filter(([first]) => first === "secrets"),
          );
          for (const name of new Set(names.map((path) => path.join(".")))) {
            const state = `writes ${name} into its script`;
            said.fault(job, step.run?.at ?? step.at, state, { value: `\${{ ${name} }}` });
          }
        }
        return said.all;
      },
    },
  ],
};
