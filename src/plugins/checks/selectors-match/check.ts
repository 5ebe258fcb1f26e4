import { selects } from "../../../model/selector.ts";
import type { Label } from "../../../model/workload.ts";
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
          const pods = workloads.filter(
            ({ namespace }) => (namespace ?? "default") === (about.namespace ?? "default"),
          );
          // Where nothing of the namespace runs, what is read is a part only.
          if (pods.length === 0) continue;
          const { policy, service } = about;
          if (
            policy?.hasSelector === true &&
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

function hasAll(labels: readonly Label[], wanted: readonly Label[]): boolean {
  return wanted.every(({ name, value }) =>
    labels.some((label) => label.name === name && label.value === value),
  );
}
