import type { Pipeline } from "../../../model/pipeline.ts";
import type { CheckOf } from "../../../stages/check/contract.ts";
import { runnerOfFetched } from "../shared/piped-scripts.ts";
import { gitlab, steps } from "../shared/pipeline-examples.ts";
import { commandsOf, PipelineSaid } from "../shared/pipeline-said.ts";
import { controls } from "../shared/said.ts";

export const noPipedScriptsInPipeline: CheckOf<Pipeline> = {
  id: "no-piped-scripts-in-pipeline",
  title: "no pipeline runs what it fetches unseen",
  severity: "medium",
  why: "whoever controls the server, or takes over its name, runs code with the job's token and secrets in the next run",
  fix: "fetch a release into a file and compare its checksum before it is run, or use an action by its commit",
  controls: controls({ "owasp-cicd": ["CICD-SEC-3", "CICD-SEC-9"], attack: ["T1195.002"] }),
  needs: [],
  state: "stable",
  appliesTo: "pipeline",
  examples: {
    bad: [
      steps("push", { run: "curl -fsSL https://example.org/install.sh | sh -s -- -b bin" }),
      gitlab({ before_script: ['bash -c "$(wget -qO- https://example.org/get.sh)"'] }),
    ],
    good: [
      steps("push", { run: "curl -fsSL https://example.org/data.json | jq .version" }),
      gitlab({ script: ["curl -o get.sh https://example.org/get.sh", "sha256sum -c sums"] }),
    ],
  },
  versions: [
    {
      from: 0,
      run: (pipeline) => {
        const said = new PipelineSaid();
        for (const { job, command, all } of commandsOf(pipeline, said)) {
          const runner = runnerOfFetched(command, all);
          if (runner !== null)
            said.fault(job, command.at, `runs what ${command.name} fetches, by ${runner}`);
        }
        return said.all;
      },
    },
  ],
};
