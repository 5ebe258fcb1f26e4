import { list } from "../../../kit/phrase.ts";
import type { ClusterObject, NetworkPolicy } from "../../../model/cluster-object.ts";
import { selects } from "../../../model/selector.ts";
import type { Workload } from "../../../model/workload.ts";
import type { Check } from "../../../stages/check/contract.ts";
import { cluster } from "../shared/cluster-examples.ts";
import { policiesFor } from "../shared/policed.ts";
import { controls, Said } from "../shared/said.ts";

export const namespacePoliced: Check = {
  id: "namespace-policed",
  title: "every pod is selected by a network policy, in both directions",
  severity: "medium",
  why: "without a policy every pod of the cluster may talk to every other, and one that is taken reaches all",
  fix: "add a policy that denies everything for the namespace, and one for each connection that is needed",
  controls: controls({
    "cis-kubernetes-1.12": ["5.3.2"],
    "nsa-kubernetes": ["Network policies"],
    attack: ["T1046", "T1210"],
  }),
  aspects: {
    ingress: {},
    egress: { controls: controls({ attack: ["T1048"] }) },
    // Nothing runs there that was read.
    namespace: { severity: "low" },
  },
  needs: [],
  state: "stable",
  appliesTo: "cluster",
  examples: {
    bad: [
      cluster(
        { kind: "Pod", metadata: { name: "a", labels: { app: "a" } }, spec: { containers: [] } },
        {
          kind: "NetworkPolicy",
          metadata: { name: "p" },
          spec: { podSelector: { matchLabels: { app: "b" } }, policyTypes: ["Ingress", "Egress"] },
        },
      ),
      cluster(
        { kind: "Pod", metadata: { name: "a", labels: { app: "a" } }, spec: { containers: [] } },
        { kind: "Namespace", metadata: { name: "default" } },
      ),
      // An empty list polices nothing in Cilium.
      cluster(
        { kind: "Pod", metadata: { name: "a", labels: { app: "a" } }, spec: { containers: [] } },
        cilium("CiliumNetworkPolicy", { endpointSelector: {}, ingress: [], egress: [{}] }),
      ),
      cluster(
        { kind: "Namespace", metadata: { name: "shop" } },
        cilium("CiliumNetworkPolicy", { endpointSelector: {}, ingress: [{}], egress: [{}] }),
      ),
    ],
    good: [
      cluster(
        { kind: "Pod", metadata: { name: "a", labels: { app: "a" } }, spec: { containers: [] } },
        {
          kind: "NetworkPolicy",
          metadata: { name: "p" },
          spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
        },
      ),
      cluster(
        { kind: "Pod", metadata: { name: "a", labels: { app: "a" } }, spec: { containers: [] } },
        {
          kind: "NetworkPolicy",
          metadata: { name: "p" },
          spec: {
            podSelector: { matchExpressions: [{ key: "app", operator: "In", values: ["a"] }] },
            policyTypes: ["Ingress", "Egress"],
          },
        },
      ),
      cluster(
        { kind: "Namespace", metadata: { name: "shop" } },
        { kind: "Pod", metadata: { name: "a", labels: { app: "a" } }, spec: { containers: [] } },
        cilium("CiliumClusterwideNetworkPolicy", {
          endpointSelector: {},
          ingress: [{}],
          egress: [{}],
        }),
      ),
      cluster(
        { kind: "Pod", metadata: { name: "a", labels: { app: "a" } }, spec: { containers: [] } },
        cilium("CiliumNetworkPolicy", {
          endpointSelector: {
            matchLabels: { "k8s:app": "a", "k8s:io.kubernetes.pod.namespace": "default" },
          },
          ingress: [{}],
          egress: [{}],
        }),
      ),
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ workloads, objects }) => {
        const policies = objects.filter(({ policy }) => policy !== null);
        const namespaces = objects.filter(({ kind }) => kind === "Namespace");
        // One manifest alone does not show which policies there are.
        if (policies.length + namespaces.length === 0) return "not-applicable";
        const said = new Said();
        for (const about of withoutPolicy(namespaces, policies, workloads))
          said.fault(about.at, "has no network policy", { about, aspect: "namespace" });
        for (const direction of ["ingress", "egress"] as const)
          for (const [namespace, pods] of openPods(workloads, policies, direction)) {
            const about = namespaces.find(({ name }) => name === namespace) ?? pods[0];
            if (about === undefined) continue;
            const names = list(pods.slice(0, 5).map(({ kind, name }) => `${kind} ${name}`));
            const more = pods.length > 5 ? ` and ${pods.length - 5} more` : "";
            said.fault(about.at, `no network policy of ${direction} selects ${names}${more}`, {
              about,
              aspect: direction,
            });
          }
        return said.all;
      },
    },
  ],
};

function cilium(kind: string, spec: object): Record<string, unknown> {
  return { apiVersion: "cilium.io/v2", kind, metadata: { name: "p" }, spec };
}

/** Where no policy at all was read, its lack is told of pods alone. */
function withoutPolicy(
  namespaces: readonly ClusterObject[],
  policies: readonly ClusterObject[],
  workloads: readonly Workload[],
): ClusterObject[] {
  if (policies.length === 0) return [];
  return namespaces.filter(({ name }) => !isKnownIn(name, policies, workloads));
}

/** Whether a namespace has a policy, or pods, of which more is said. */
function isKnownIn(
  namespace: string,
  policies: readonly ClusterObject[],
  workloads: readonly Workload[],
): boolean {
  const has = (one: { readonly namespace: string | null }): boolean =>
    (one.namespace ?? "default") === namespace;
  return (
    workloads.some(has) ||
    policies.some((one) => (one.policy?.isClusterWide === true ? isForAll(one.policy) : has(one)))
  );
}

function isForAll({ selector }: NetworkPolicy): boolean {
  return selects(selector, []);
}

/** Pods of each namespace that no policy of the direction selects. */
function openPods(
  workloads: readonly Workload[],
  policies: readonly ClusterObject[],
  direction: "ingress" | "egress",
): Map<string, Workload[]> {
  const found = new Map<string, Workload[]>();
  for (const workload of workloads) {
    const namespace = workload.namespace ?? "default";
    const isSelected = policiesFor(workload, policies, direction).length > 0;
    const isHost = workload.host.network.state === "known" && workload.host.network.value;
    if (!isSelected && !isHost) found.set(namespace, [...(found.get(namespace) ?? []), workload]);
  }
  return found;
}
