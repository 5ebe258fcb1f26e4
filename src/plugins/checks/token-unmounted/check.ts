import { ABSENT, effective, type Fact } from "../../../kit/fact.ts";
import type { ClusterObject } from "../../../model/cluster-object.ts";
import type { Workload } from "../../../model/workload.ts";
import type { Check } from "../../../stages/check/contract.ts";
import { cluster } from "../shared/cluster-examples.ts";
import { controls, Said } from "../shared/said.ts";

export const tokenUnmounted: Check = {
  id: "token-unmounted",
  title: "a pod gets the token of its service account only where that is said to be needed",
  severity: "medium",
  why: "the token is a file in every container, and lets whoever reads it talk to the API server as the pod",
  fix: "set automountServiceAccountToken: false for the service account, and true only for pods that talk to the API server",
  controls: controls({
    "cis-kubernetes-1.12": ["5.1.6"],
    "nsa-kubernetes": ["Service account tokens"],
    attack: ["T1528", "T1552.007"],
  }),
  aspects: { pod: {}, account: { controls: controls({ "cis-kubernetes-1.12": ["5.1.5"] }) } },
  needs: [],
  state: "stable",
  appliesTo: "cluster",
  examples: {
    bad: [
      cluster({
        kind: "Pod",
        metadata: { name: "a", labels: { app: "a" } },
        spec: { containers: [] },
      }),
      cluster(
        {
          kind: "Pod",
          metadata: { name: "a", labels: { app: "a" } },
          spec: { automountServiceAccountToken: true, containers: [] },
        },
        {
          kind: "ServiceAccount",
          metadata: { name: "default" },
          automountServiceAccountToken: false,
        },
      ),
      cluster({ kind: "ServiceAccount", metadata: { name: "default" } }),
    ],
    good: [
      cluster({
        kind: "Pod",
        metadata: { name: "a", labels: { app: "a" } },
        spec: { automountServiceAccountToken: false, containers: [] },
      }),
      cluster(
        { kind: "Pod", metadata: { name: "a", labels: { app: "a" } }, spec: { containers: [] } },
        {
          kind: "ServiceAccount",
          metadata: { name: "default" },
          automountServiceAccountToken: false,
        },
      ),
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ workloads, objects }) => {
        const said = new Said();
        const accounts = objects.filter(({ kind }) => kind === "ServiceAccount");
        const byKey = new Map(accounts.map((one) => [keyOf(one.namespace, one.name), one]));
        for (const about of workloads) judge(said, about, byKey);
        for (const about of accounts)
          if (about.name === "default" && isGiven(about.mountsToken))
            said.fault(about.at, "gives its token to every pod that names no account", {
              about,
              aspect: "account",
            });
        return said.all;
      },
    },
  ],
};

function judge(said: Said, about: Workload, accounts: ReadonlyMap<string, ClusterObject>): void {
  const { name, mountsToken } = about.account;
  const own = accounts.get(keyOf(about.namespace, name.state === "known" ? name.value : "default"));
  const fact = effective(mountsToken, own?.mountsToken ?? ABSENT);
  if (fact.state === "unknown")
    said.all.push({ kind: "doubt", at: fact.at, container: null, why: fact.why, about });
  else if (isGiven(fact))
    said.fault(about.podAt, "mounts the token of its service account", { about, aspect: "pod" });
}

/** Kubernetes gives it where nobody says anything. */
function isGiven(fact: Fact<boolean>): boolean {
  return fact.state === "absent" || (fact.state === "known" && fact.value);
}

function keyOf(namespace: string | null, name: string): string {
  return `${namespace ?? "default"}/${name}`;
}
