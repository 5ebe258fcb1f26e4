import type { ImageBuild } from "../../../model/image-build.ts";
import type { CheckOf } from "../../../stages/check/contract.ts";
import { building } from "../shared/build-examples.ts";
import { ofFiles, stepsOf } from "../shared/build-said.ts";
import { controls } from "../shared/said.ts";

export const buildConfined: CheckOf<ImageBuild> = {
  id: "build-confined",
  title: "no step of a build leaves the builder's sandbox",
  severity: "high",
  why: "what a build fetches and runs then has the builder's host and its network within reach",
  fix: "remove --security=insecure and --network=host, and do in the pipeline what needs them",
  controls: controls({ attack: ["T1611", "T1612"] }),
  needs: [],
  state: "stable",
  appliesTo: "image",
  examples: {
    bad: [building("RUN --security=insecure make"), building("RUN --network=host make")],
    good: [building("RUN --network=none make"), building("RUN --security=sandbox make")],
  },
  versions: [
    {
      from: 0,
      run: ofFiles((build, said) => {
        for (const { stage, step } of stepsOf(build, "RUN"))
          for (const { name, value, at } of step.flags)
            if (value !== null && ALLOWED.get(name)?.includes(value) === false)
              said.fault(stage, at, `runs with --${name}=${value}`, { value });
      }),
    },
  ],
};

const ALLOWED: ReadonlyMap<string, readonly string[]> = new Map([
  ["security", ["sandbox"]],
  ["network", ["default", "none"]],
]);
