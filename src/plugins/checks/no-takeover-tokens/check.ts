import { ABSENT, effective, type Fact } from "../../../kit/fact.ts";
import type { Binding, ClusterObject, Role } from "../../../model/cluster-object.ts";
import type { Workload } from "../../../model/workload.ts";
import type { Check } from "../../../stages/check/contract.ts";
import { boundEverywhere, cluster, clusterRole, runsAs } from "../shared/cluster-examples.ts";
import { dangersOf, isReservedName } from "../shared/grants.ts";
import { controls, Said } from "../shared/said.ts";

const SECRETS = { apiGroups: [""], resources: ["secrets"], verbs: ["get"] };
const PODS = { apiGroups: [""], resources: ["pods"], verbs: ["create"] };
const own = { kind: "ServiceAccount", metadata: { name: "app", namespace: "shop" } };

export const noTakeoverTokens: Check = {
  id: "no-takeover-tokens",
  title: "no pod has a token that leads to the whole cluster",
  severity: "high",
  why: "whoever gets into the program has the token, and with it every secret or every node",
  fix: "give the service account a role of its namespace with what the program uses, or mount no token",
  controls: controls({
    "cis-kubernetes-1.12": ["5.1.6"],
    "nsa-kubernetes": ["RBAC"],
    attack: ["T1528", "T1098.006"],
  }),
  needs: [],
  state: "stable",
  appliesTo: "cluster",
  examples: {
    bad: [
      cluster(
        runsAs("Deployment", "web", "app"),
        clusterRole("r", SECRETS),
        boundEverywhere("r", "app"),
      ),
      cluster(
        runsAs("DaemonSet", "web", "app"),
        clusterRole("r", PODS),
        boundEverywhere("r", "app"),
      ),
    ],
    good: [
      cluster(
        runsAs("Deployment", "web", "app"),
        clusterRole("r", { ...PODS, verbs: ["list"] }),
        boundEverywhere("r", "app"),
      ),
      cluster(
        runsAs("Deployment", "web", "app"),
        { ...own, automountServiceAccountToken: false },
        clusterRole("r", SECRETS),
        boundEverywhere("r", "app"),
      ),
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ workloads, objects }) => {
        const isBound = objects.some(({ binding }) => binding?.isClusterWide === true);
        if (!isBound || workloads.length === 0) return "not-applicable";
        const grants = grantsIn(objects);
        const accounts = new Map(
          objects
            .filter(({ kind }) => kind === "ServiceAccount")
            .map((one) => [`${one.namespace ?? "default"}/${one.name}`, one]),
        );
        const said = new Said();
        for (const about of workloads) judge(said, about, { grants, accounts });
        return said.all;
      },
    },
  ],
};

interface Grant {
  readonly binding: string;
  readonly what: string;
}

/** What accounts may do everywhere that leads to the cluster, by `namespace/name`. */
function grantsIn(objects: readonly ClusterObject[]): Map<string, Grant> {
  const roles = new Map(
    objects.flatMap((one) => (one.role?.isClusterWide === true ? [[one.name, one.role]] : [])) as [
      string,
      Role,
    ][],
  );
  const grants = new Map<string, Grant>();
  for (const { binding, name } of objects) {
    // The control plane's own are what they are.
    if (binding?.isClusterWide !== true || isReservedName(name)) continue;
    const what = dangerOf(binding, roles.get(binding.role.name));
    if (what === null) continue;
    for (const subject of binding.subjects) {
      if (subject.kind !== "ServiceAccount") continue;
      const key = `${subject.namespace ?? "default"}/${subject.name}`;
      if (!grants.has(key)) grants.set(key, { binding: name, what });
    }
  }
  return grants;
}

function dangerOf({ role }: Binding, found: Role | undefined): string | null {
  if (role.name === "cluster-admin") return "grants everything there is";
  const dangers = (found?.rules ?? []).flatMap((rule) => dangersOf(rule, true));
  return dangers.find(({ aspect }) => TAKEOVERS.has(aspect))?.what ?? null;
}

/** Each of them, in all namespaces, ends in whatever the control plane's own accounts may do. */
const TAKEOVERS: ReadonlySet<string> = new Set([
  ...["everything", "core", "secrets", "escalate", "bind", "impersonate", "pods", "workloads"],
  ...["exec", "ephemeral", "kubelet", "tokens", "certificates", "admission"],
]);

function judge(
  said: Said,
  about: Workload,
  {
    grants,
    accounts,
  }: {
    readonly grants: ReadonlyMap<string, Grant>;
    readonly accounts: ReadonlyMap<string, ClusterObject>;
  },
): void {
  const { name, mountsToken } = about.account;
  if (name.state === "unknown") {
    said.all.push({ kind: "doubt", at: name.at, container: null, why: name.why, about });
    return;
  }
  const account = name.state === "known" ? name.value : "default";
  const key = `${about.namespace ?? "default"}/${account}`;
  const grant = grants.get(key);
  if (grant === undefined) return;
  const fact: Fact<boolean> = effective(mountsToken, accounts.get(key)?.mountsToken ?? ABSENT);
  if (fact.state === "unknown")
    said.all.push({ kind: "doubt", at: fact.at, container: null, why: fact.why, about });
  else if (fact.state === "absent" || fact.value)
    said.fault(
      about.podAt,
      `has the token of ServiceAccount ${account}, to which ClusterRoleBinding ${grant.binding} gives a role that ${grant.what} in all namespaces`,
      { about },
    );
}
