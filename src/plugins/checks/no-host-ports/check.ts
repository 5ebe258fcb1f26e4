import type { Check } from "../../../stages/check/contract.ts";
import { podOf } from "../shared/examples.ts";
import { controls, Said } from "../shared/said.ts";

export const noHostPorts: Check = {
  id: "no-host-ports",
  title: "a container takes no port of its host",
  severity: "medium",
  why: "a port of the host is reached past network policies and services, and can stand in the way of what the host offers there",
  fix: "remove hostPort, and reach the container through a service",
  controls: controls({
    "pss-baseline": ["Host Ports"],
    "cis-kubernetes-1.12": ["5.2.12"],
    "nsa-kubernetes": ["hostPort"],
  }),
  needs: [],
  state: "stable",
  appliesTo: "workload",
  examples: {
    bad: [podOf({ ports: [{ containerPort: 8080, hostPort: 8080 }] })],
    good: [
      podOf({ ports: [{ containerPort: 8080 }] }),
      podOf({ ports: [{ containerPort: 8080, hostPort: 0 }] }),
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ containers }) => {
        const said = new Said();
        for (const container of containers)
          for (const port of container.hostPorts)
            said.of(container, port, (number) =>
              number === 0 ? null : `takes port ${number} of the host`,
            );
        return said.all;
      },
    },
  ],
};
