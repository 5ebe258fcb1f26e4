import type { Pipeline } from "../../../model/pipeline.ts";
import type { CheckOf } from "../../../stages/check/contract.ts";
import { job } from "../shared/pipeline-examples.ts";
import { PipelineSaid } from "../shared/pipeline-said.ts";
import { controls } from "../shared/said.ts";
import { eventsAmong } from "../shared/strangers-reach.ts";

export const noOwnRunnersForStrangers: CheckOf<Pipeline> = {
  id: "no-own-runners-for-strangers",
  title: "strangers' code does not run on machines of one's own",
  severity: "high",
  why: "a pull request runs what it likes on the machine, which stays, stands in the own network, and runs the next job with its secrets",
  fix: "run pull requests on the platform's machines, or on own ones that are thrown away after each job",
  controls: controls({
    "owasp-cicd": ["CICD-SEC-4", "CICD-SEC-7"],
    attack: ["T1195.002", "T1543"],
  }),
  needs: [],
  state: "stable",
  appliesTo: "pipeline",
  examples: {
    bad: [
      job("pull_request", { "runs-on": "self-hosted" }),
      job(["push", "pull_request_target"], { "runs-on": ["self-hosted", "linux"] }),
    ],
    good: [
      job("pull_request", {}),
      job("push", { "runs-on": "self-hosted" }),
      job("pull_request", {
        "runs-on": "self-hosted",
        if: "github.event.pull_request.head.repo.full_name == github.repository",
      }),
    ],
  },
  versions: [
    {
      from: 0,
      run: (pipeline) => {
        if (pipeline.kind !== "workflow" || pipeline.platform !== "github") return "not-applicable";
        const said = new PipelineSaid();
        for (const one of pipeline.jobs) {
          const own = one.runners.find(({ value }) => value.toLowerCase() === "self-hosted");
          const [event] = own === undefined ? [] : eventsAmong(PULLS, pipeline, one);
          if (own !== undefined && event !== undefined)
            said.fault(one, own.at, `runs on a machine of one's own on ${event}`, {
              value: own.value,
            });
        }
        return said.all;
      },
    },
  ],
};

const PULLS: ReadonlySet<string> = new Set(["pull_request", "pull_request_target"]);
