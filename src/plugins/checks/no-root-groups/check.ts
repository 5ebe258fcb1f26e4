import type { Check } from "../../../stages/check/contract.ts";
import { pod, podWith } from "../shared/examples.ts";
import { controls, Said } from "../shared/said.ts";

export const noRootGroups: Check = {
  id: "no-root-groups",
  title: "no process of a container belongs to group 0",
  severity: "low",
  why: "group 0 owns files of the image and of mounted folders, and whoever is in it reads and often writes them",
  fix: "set runAsGroup, fsGroup and supplementalGroups to numbers other than 0",
  controls: controls({ "nsa-kubernetes": ["Non-root containers"] }),
  needs: [],
  state: "stable",
  appliesTo: "workload",
  examples: {
    bad: [
      podWith({ runAsGroup: 0 }),
      pod({ securityContext: { fsGroup: 0 } }),
      pod({ securityContext: { supplementalGroups: [10, 0] } }),
    ],
    good: [pod({}), podWith({ runAsGroup: 1000 })],
  },
  versions: [
    {
      from: 0,
      run: ({ security, groups, containers }) => {
        const said = new Said();
        const isRoot = (group: number): string | null =>
          group === 0 ? "belongs to group 0" : null;
        for (const group of [security.runAsGroup, ...groups]) said.of(null, group, isRoot);
        for (const container of containers)
          said.of(container, container.security.runAsGroup, isRoot);
        return said.all;
      },
    },
  ],
};
