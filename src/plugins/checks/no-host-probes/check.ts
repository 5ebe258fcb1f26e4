import type { Check } from "../../../stages/check/contract.ts";
import { podOf } from "../shared/examples.ts";
import { removed } from "../shared/repairs.ts";
import { controls, Said } from "../shared/said.ts";

export const noHostProbes: Check = {
  id: "no-host-probes",
  title: "probes and hooks ask the pod itself",
  severity: "low",
  why: "the kubelet calls the host that a probe names, from the node's network, so a pod can make it knock at doors that the pod cannot reach",
  fix: "remove host from the probe or hook",
  controls: controls({ "pss-baseline": ["Host Probes / Lifecycle Hooks"] }),
  needs: [],
  state: "stable",
  appliesTo: "workload",
  examples: {
    bad: [
      podOf({ livenessProbe: { httpGet: { host: "169.254.169.254", port: 80 } } }),
      podOf({ lifecycle: { preStop: { tcpSocket: { host: "127.0.0.1", port: 80 } } } }),
    ],
    good: [podOf({ livenessProbe: { httpGet: { port: 8080 } } })],
  },
  versions: [
    {
      from: 0,
      run: ({ containers, platform }) => {
        if (platform !== "kubernetes") return "not-applicable";
        const said = new Said();
        for (const container of containers)
          for (const host of container.handlerHosts)
            said.of(
              container,
              host,
              (name) => (name === "" ? null : `has a probe or hook that calls ${name}`),
              removed,
            );
        return said.all;
      },
    },
  ],
};
