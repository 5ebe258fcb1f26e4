import type { Check } from "../../../stages/check/contract.ts";
import { podOf, podWith } from "../shared/examples.ts";
import { removed } from "../shared/repairs.ts";
import { controls, Said } from "../shared/said.ts";

export const noPrivileged: Check = {
  id: "no-privileged",
  title: "a container is not privileged",
  severity: "critical",
  why: "a privileged container has every capability and every device of its host, so whoever is inside is root outside",
  fix: "remove privileged, and add the single capability or device that is really needed",
  controls: controls({
    "pss-baseline": ["Privileged Containers"],
    "cis-kubernetes-1.12": ["5.2.2"],
    "cis-docker-1.6": ["5.5"],
    "nsa-kubernetes": ["Privileged containers"],
    attack: ["T1611"],
  }),
  needs: [],
  state: "stable",
  appliesTo: "workload",
  examples: {
    bad: [
      podWith({ privileged: true }),
      { format: "compose", document: { services: { app: { image: "app", privileged: true } } } },
      {
        format: "engine",
        document: { Image: "app", HostConfig: { Privileged: true } },
      },
    ],
    good: [podOf({}), podWith({ privileged: false })],
  },
  versions: [
    {
      from: 0,
      run: ({ containers }) => {
        const said = new Said();
        for (const container of containers)
          said.of(
            container,
            container.security.privileged,
            (is) => (is ? "is privileged" : null),
            removed,
          );
        return said.all;
      },
    },
  ],
};
