import type { Check } from "../../../stages/check/contract.ts";
import { kubernetesObject } from "../shared/cluster-examples.ts";
import { controls, Said } from "../shared/said.ts";

const network = (...types: readonly string[]): string =>
  JSON.stringify({ name: "pods", cniVersion: "1.0.0", plugins: types.map((type) => ({ type })) });

export const networkPoliciesEnforced: Check = {
  id: "network-policies-enforced",
  title: "the network of pods is one that enforces network policies",
  severity: "high",
  why: "a policy that nobody enforces is written down and lets everything through",
  fix: "use a network that enforces policies, or run a program beside it that does",
  controls: controls({
    "cis-kubernetes-1.12": ["5.3.1"],
    "nsa-kubernetes": ["Network policies"],
    attack: ["T1046"],
  }),
  needs: [],
  state: "stable",
  appliesTo: "object",
  examples: {
    bad: [
      kubernetesObject("v1", "ConfigMap", {
        data: { "cni-conf.json": network("flannel", "portmap") },
      }),
    ],
    good: [
      kubernetesObject("v1", "ConfigMap", { data: { conf: network("calico", "bandwidth") } }),
      kubernetesObject("v1", "ConfigMap", { data: { conf: network("cilium-cni") } }),
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ podNetworks }) => {
        if (podNetworks === null) return "not-applicable";
        const said = new Said();
        for (const { at, plugins } of podNetworks) {
          if (plugins.some((type) => ENFORCING.has(type))) continue;
          if (plugins.includes("flannel"))
            said.fault(at, "joins pods with flannel, which enforces no network policy");
          else if (plugins.length > 0)
            said.all.push({
              kind: "doubt",
              at,
              container: null,
              why: "whether a program beside the plugins enforces network policies is not told here",
            });
        }
        return said.all;
      },
    },
  ],
};

const ENFORCING: ReadonlySet<string> = new Set([
  "antrea",
  "calico",
  "cilium-cni",
  "kube-router",
  "ovn-k8s-cni-overlay",
  "weave-net",
]);
