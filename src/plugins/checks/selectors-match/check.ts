import { list } from "../../../kit/phrase.ts";
import type { ClusterObject } from "../../../model/cluster-object.ts";
import { selects } from "../../../model/selector.ts";
import type { Label, Workload } from "../../../model/workload.ts";
import type { Check } from "../../../stages/check/contract.ts";
import { cluster } from "../shared/cluster-examples.ts";
import { controls, Said } from "../shared/said.ts";

export const selectorsMatch: Check = {
  id: "selectors-match",
  title: "a network policy and a service select pods that there are",
  severity: "low",
  why: "a policy that selects nothing protects nothing, and a service without pods waits for whoever labels one so",
  fix: "mend the selector or the labels, or remove the object",
  controls: controls({ attack: ["T1584"] }),
  aspects: { policy: {}, service: {} },
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
        {
          kind: "Pod",
          metadata: { name: "a", namespace: "shop", labels: { app: "a" } },
          spec: { containers: [] },
        },
        {
          kind: "NetworkPolicy",
          metadata: { name: "p" },
          spec: { podSelector: { matchLabels: { app: "a" } }, policyTypes: ["Ingress", "Egress"] },
        },
      ),
      cluster(
        { kind: "Pod", metadata: { name: "a", labels: { app: "a" } }, spec: { containers: [] } },
        { kind: "Service", metadata: { name: "s" }, spec: { selector: { app: "b" } } },
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
        { kind: "Service", metadata: { name: "s" }, spec: { selector: { app: "a" } } },
      ),
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ workloads, objects }) => {
        const said = new Said();
        for (const about of objects) {
          if (sayElsewhere(said, about, workloads)) continue;
          const pods = workloads.filter(
            ({ namespace }) => (namespace ?? "default") === (about.namespace ?? "default"),
          );
          // Where nothing of the namespace runs, what is read is a part only.
          if (pods.length === 0) continue;
          const { policy, service } = about;
          // One for the whole cluster may be for pods of others.
          if (
            policy?.hasSelector === true &&
            !policy.isClusterWide &&
            !pods.some(({ labels }) => selects(policy.selector, labels))
          )
            said.fault(about.at, "selects no pod that is read", { about, aspect: "policy" });
          const selector = service?.selector ?? [];
          if (selector.length > 0 && !pods.some(({ labels }) => hasAll(labels, selector)))
            said.fault(about.at, "leads to no pod that is read", { about, aspect: "service" });
        }
        return said.all;
      },
    },
  ],
};

/** A policy that would select pods, and lies in another namespace than they. */
function sayElsewhere(said: Said, about: ClusterObject, workloads: readonly Workload[]): boolean {
  const { policy, namespace } = about;
  if (policy?.hasSelector !== true || policy.isClusterWide || isEmpty(policy.selector))
    return false;
  const chosen = workloads.filter(({ labels }) => selects(policy.selector, labels));
  const own = namespace ?? "default";
  const where = [...new Set(chosen.map((one) => one.namespace ?? "default"))];
  if (where.length === 0 || where.includes(own)) return false;
  const state = `selects no pod in ${own}; those with its labels are in ${list(where.slice(0, 5))}`;
  said.fault(about.at, state, { about, aspect: "policy" });
  return true;
}

function isEmpty(selector: unknown): boolean {
  return selects(selector, []);
}

function hasAll(labels: readonly Label[], wanted: readonly Label[]): boolean {
  return wanted.every(({ name, value }) =>
    labels.some((label) => label.name === name && label.value === value),
  );
}
