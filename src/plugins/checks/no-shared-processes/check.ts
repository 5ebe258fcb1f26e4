import type { Check } from "../../../stages/check/contract.ts";
import { pod } from "../shared/examples.ts";
import { controls, Said } from "../shared/said.ts";

export const noSharedProcesses: Check = {
  id: "no-shared-processes",
  title: "containers of a pod do not see each other's processes",
  severity: "low",
  why: "a container that sees its neighbour's processes reads their variables and, through /proc, their files",
  fix: "remove shareProcessNamespace",
  controls: controls({ attack: ["T1080"] }),
  needs: [],
  state: "stable",
  appliesTo: "workload",
  examples: {
    bad: [pod({ shareProcessNamespace: true })],
    good: [pod({}), pod({ shareProcessNamespace: false })],
  },
  versions: [
    {
      from: 0,
      run: ({ sharesProcesses }) => {
        const said = new Said();
        said.of(null, sharesProcesses, (is) =>
          is ? "shares one process namespace among its containers" : null,
        );
        return said.all;
      },
    },
  ],
};
