import type { Check } from "../../../stages/check/contract.ts";
import { kubernetesObject } from "../shared/cluster-examples.ts";
import { controls, Said } from "../shared/said.ts";

export const ingressNamesHosts: Check = {
  id: "ingress-names-hosts",
  title: "an ingress says for which host it is",
  severity: "low",
  why: "a rule without a host answers for every name that leads to the balancer, and takes over names that others forgot",
  fix: "write the host of each rule",
  controls: controls({ attack: ["T1190"] }),
  needs: [],
  state: "stable",
  appliesTo: "object",
  examples: {
    bad: [
      kubernetesObject("networking.k8s.io/v1", "Ingress", {
        spec: { rules: [{ http: { paths: [] } }] },
      }),
      kubernetesObject("networking.k8s.io/v1", "Ingress", {
        spec: { defaultBackend: { service: { name: "app" } } },
      }),
      kubernetesObject("networking.k8s.io/v1", "Ingress", { spec: { rules: [{ host: "*" }] } }),
    ],
    good: [
      kubernetesObject("networking.k8s.io/v1", "Ingress", {
        spec: { rules: [{ host: "a.example" }] },
      }),
      kubernetesObject("networking.k8s.io/v1", "Ingress", {
        spec: { rules: [{ host: "*.a.example" }] },
      }),
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ ingress }) => {
        if (ingress === null) return "not-applicable";
        const said = new Said();
        for (const { host, at } of ingress.hosts)
          if (host === "" || host === "*") said.fault(at, "answers for every host");
        return said.all;
      },
    },
  ],
};
