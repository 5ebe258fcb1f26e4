import type { Check } from "../../../stages/check/contract.ts";
import { kubernetesObject } from "../shared/cluster-examples.ts";
import { controls, Said } from "../shared/said.ts";

export const endpointsOfPods: Check = {
  id: "endpoints-of-pods",
  title: "a service is not made to lead to the host or the metadata of a cloud",
  severity: "high",
  why: "endpoints that are written by hand let the cluster talk to an address on behalf of whoever wrote them, past network policies",
  fix: "remove the address; let a selector find the pods, or use a service of type ExternalName for what lies outside",
  controls: controls({ attack: ["T1557"] }),
  needs: [],
  state: "stable",
  appliesTo: "object",
  examples: {
    bad: [
      kubernetesObject("v1", "Endpoints", {
        subsets: [{ addresses: [{ ip: "169.254.169.254" }] }],
      }),
      kubernetesObject("discovery.k8s.io/v1", "EndpointSlice", {
        endpoints: [{ addresses: ["127.0.0.1"] }],
      }),
    ],
    good: [kubernetesObject("v1", "Endpoints", { subsets: [{ addresses: [{ ip: "10.0.0.7" }] }] })],
  },
  versions: [
    {
      from: 0,
      run: ({ endpoints }) => {
        if (endpoints === null) return "not-applicable";
        const said = new Said();
        for (const address of endpoints)
          said.of(null, address, (is) =>
            /^(?:127\.|169\.254\.|::1$|fe80:)/i.test(is) ? `leads to ${is}` : null,
          );
        return said.all;
      },
    },
  ],
};
