import type { Check } from "../../../stages/check/contract.ts";
import { kubernetesObject } from "../shared/cluster-examples.ts";
import { controls, Said } from "../shared/said.ts";

export const serviceKeptInside: Check = {
  id: "service-kept-inside",
  title: "a service is not reachable from outside without a word about who may come",
  severity: "medium",
  why: "a balancer or a port on every node makes a program public, and nobody sees it in the list of ingresses",
  fix: "use ClusterIP behind an ingress, or name who may come in loadBalancerSourceRanges",
  controls: controls({ attack: ["T1133"] }),
  aspects: {
    balancer: { severity: "high", controls: controls({ attack: ["T1190"] }) },
    node: {},
    external: {
      severity: "high",
      controls: controls({ "cis-kubernetes-1.12": ["1.2.3"], attack: ["T1557"] }),
    },
  },
  needs: [],
  state: "stable",
  appliesTo: "object",
  examples: {
    bad: [
      kubernetesObject("v1", "Service", {
        spec: { selector: { app: "a" }, ports: [{ port: 80 }], type: "LoadBalancer" },
      }),
      kubernetesObject("v1", "Service", {
        spec: { selector: { app: "a" }, ports: [{ port: 80 }], type: "NodePort" },
      }),
      kubernetesObject("v1", "Service", {
        spec: { selector: { app: "a" }, ports: [{ port: 80 }], externalIPs: ["203.0.113.7"] },
      }),
    ],
    good: [
      kubernetesObject("v1", "Service", {
        spec: { selector: { app: "a" }, ports: [{ port: 80 }], type: "ClusterIP" },
      }),
      kubernetesObject("v1", "Service", {
        spec: {
          selector: { app: "a" },
          ports: [{ port: 80 }],
          type: "LoadBalancer",
          loadBalancerSourceRanges: ["10.0.0.0/8"],
        },
      }),
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ service, annotations }) => {
        if (service === null) return "not-applicable";
        const said = new Said();
        const isInside = annotations.some(
          ({ name, value }) =>
            INTERNAL.test(name) &&
            value.state === "known" &&
            /^(?:true|internal|0\.0\.0\.0\/0)$/i.test(value.value),
        );
        said.of(null, service.type, (type) => {
          if (type === "NodePort") return { state: "opens a port on every node", aspect: "node" };
          const isOpen =
            service.sources.length === 0 ||
            service.sources.some(
              (source) => source.state === "known" && source.value === "0.0.0.0/0",
            );
          return type === "LoadBalancer" && isOpen && !isInside
            ? { state: "is open to everybody through a load balancer", aspect: "balancer" }
            : null;
        });
        for (const address of service.externalAddresses)
          said.of(null, address, (is) => ({
            state: `claims the external address ${is}`,
            aspect: "external",
          }));
        return said.all;
      },
    },
  ],
};

/** By which clouds keep a balancer inside. */
const INTERNAL = /internal$|load-balancer-scheme$|load-balancer-type$|vpc-internal/;
