import type { Pipeline } from "../../../model/pipeline.ts";
import type { CheckOf } from "../../../stages/check/contract.ts";
import { isPinned } from "../shared/image-name.ts";
import { job } from "../shared/pipeline-examples.ts";
import { PipelineSaid } from "../shared/pipeline-said.ts";
import { controls } from "../shared/said.ts";

const PINNED = `postgres:17@sha256:${"0".repeat(64)}`;

export const pipelineImagePinned: CheckOf<Pipeline> = {
  id: "pipeline-image-pinned",
  title: "images of a pipeline's jobs and services are named by their digest",
  severity: "low",
  why: "whoever may write to the registry can put another image under the tag, and the next run builds in it",
  fix: "append the digest to the image's name: bulwark pin does it",
  controls: controls({ "owasp-cicd": ["CICD-SEC-3"], attack: ["T1195.001", "T1525"] }),
  needs: [],
  state: "stable",
  appliesTo: "pipeline",
  examples: {
    bad: [
      job("push", { container: "node:24" }),
      job("push", { services: { db: { image: "postgres:17" } } }),
    ],
    good: [
      job("push", { container: { image: PINNED }, services: { db: { image: PINNED } } }),
      job("push", {}),
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ jobs }) => {
        const said = new PipelineSaid();
        for (const one of jobs)
          for (const { role, name } of one.images) {
            const { value, at, holes } = name;
            if (value === "" || isPinned(value)) continue;
            if (holes.length > 0 || value.includes("$"))
              said.doubt(one, at, `the image ${value} depends on a variable`);
            else said.fault(one, at, `its ${role} ${value} is named by a tag`, { value });
          }
        return said.all;
      },
    },
  ],
};
