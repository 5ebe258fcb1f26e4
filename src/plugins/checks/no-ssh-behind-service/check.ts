import type { Check } from "../../../stages/check/contract.ts";
import { kubernetesObject } from "../shared/cluster-examples.ts";
import { controls, Said } from "../shared/said.ts";

const PORTS: ReadonlySet<number> = new Set([22, 2222]);

export const noSshBehindService: Check = {
  id: "no-ssh-behind-service",
  title: "no service leads to an SSH server in a pod",
  severity: "medium",
  why: "it is a second way into containers, with accounts and keys of its own, past the cluster's rights and its log",
  fix: "remove the port and the server behind it: kubectl exec gets people in, and leaves a trace",
  controls: controls({ attack: ["T1021.004"] }),
  needs: [],
  state: "stable",
  appliesTo: "object",
  examples: {
    bad: [
      kubernetesObject("v1", "Service", {
        spec: { selector: { app: "a" }, ports: [{ port: 2222, targetPort: 22 }] },
      }),
      kubernetesObject("v1", "Service", {
        spec: { selector: { app: "a" }, ports: [{ port: 22 }] },
      }),
    ],
    good: [
      kubernetesObject("v1", "Service", {
        spec: { selector: { app: "a" }, ports: [{ port: 80 }] },
      }),
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ service, at }) => {
        if (service === null || service.selector === null) return "not-applicable";
        const said = new Said();
        const port = service.ports.find((one) => one.state === "known" && PORTS.has(one.value));
        for (const one of service.ports)
          if (one.state === "unknown")
            said.all.push({ kind: "doubt", at: one.at, container: null, why: one.why });
        if (port?.state === "known")
          said.fault(port.at || at, `leads to port ${port.value}, that of SSH`, {
            value: port.value,
          });
        return said.all;
      },
    },
  ],
};
