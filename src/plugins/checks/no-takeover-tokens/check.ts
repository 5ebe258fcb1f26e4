import { ABSENT, effective, type Fact } from "../../../kit/fact.ts";
import { firstOf } from "../../../kit/phrase.ts";
import type { Binding, ClusterObject, Role } from "../../../model/cluster-object.ts";
import type { Pointer, Workload } from "../../../model/workload.ts";
import type { Check } from "../../../stages/check/contract.ts";
import { boundEverywhere, cluster, clusterRole, runsAs } from "../shared/cluster-examples.ts";
import { dangersOf, isReservedName } from "../shared/grants.ts";
import { controls, Said } from "../shared/said.ts";

const SECRETS = { apiGroups: [""], resources: ["secrets"], verbs: ["get"] };
const PODS = { apiGroups: [""], resources: ["pods"], verbs: ["create"] };
const own = { kind: "ServiceAccount", metadata: { name: "app", namespace: "shop" } };

export const noTakeoverTokens: Check = {
  id: "no-takeover-tokens",
  title: "no pod has a token that leads to every secret, every node or the whole cluster",
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
        const pods = new Map<string, Workload[]>();
        for (const about of workloads) {
          const key = accountOf(said, about);
          if (key === null) continue;
          const known = pods.get(key);
          if (known === undefined) pods.set(key, [about]);
          else known.push(about);
        }
        for (const grant of grants)
          judge(said, grant, { pods: pods.get(grant.key) ?? [], account: accounts.get(grant.key) });
        return said.all;
      },
    },
  ],
};

/** What an account may do everywhere that leads to the cluster. */
interface Grant {
  /** `namespace/name` of the account. */
  readonly key: string;
  readonly binding: ClusterObject;
  readonly at: Pointer;
  readonly account: string;
  readonly what: string;
}

/** One for each account, however many bindings there are. */
function grantsIn(objects: readonly ClusterObject[]): Grant[] {
  const roles = new Map(
    objects.flatMap((one) => (one.role?.isClusterWide === true ? [[one.name, one.role]] : [])) as [
      string,
      Role,
    ][],
  );
  const grants = new Map<string, Grant>();
  for (const about of objects) {
    // The control plane's own are what they are.
    if (about.binding?.isClusterWide !== true || isReservedName(about.name)) continue;
    const what = dangerOf(about.binding, roles.get(about.binding.role.name));
    if (what === null) continue;
    for (const { kind, namespace, name, at } of about.binding.subjects) {
      if (kind !== "ServiceAccount") continue;
      const key = `${namespace ?? "default"}/${name}`;
      if (!grants.has(key)) grants.set(key, { key, binding: about, at, account: name, what });
    }
  }
  return [...grants.values()];
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

/** `namespace/name`; null where it cannot be told, which is said. */
function accountOf(said: Said, about: Workload): string | null {
  const { name } = about.account;
  if (name.state === "unknown") {
    said.all.push({ kind: "doubt", at: name.at, container: null, why: name.why, about });
    return null;
  }
  return `${about.namespace ?? "default"}/${name.state === "known" ? name.value : "default"}`;
}

/** One grant is one cause, however many pods have the token. */
function judge(
  said: Said,
  { binding, at, account: name, what }: Grant,
  {
    pods,
    account,
  }: { readonly pods: readonly Workload[]; readonly account: ClusterObject | undefined },
): void {
  const holders: string[] = [];
  for (const about of pods) {
    const fact: Fact<boolean> = effective(
      about.account.mountsToken,
      account?.mountsToken ?? ABSENT,
    );
    if (fact.state === "unknown")
      said.all.push({ kind: "doubt", at: fact.at, container: null, why: fact.why, about });
    else if (fact.state === "absent" || fact.value) holders.push(`${about.kind} ${about.name}`);
  }
  if (holders.length === 0) return;
  const who = firstOf([...new Set(holders)].sort(), NAMED_MAX);
  const state = `gives a role that ${what} in all namespaces to ServiceAccount ${name}, whose token ${who} ${holders.length === 1 ? "has" : "have"}`;
  said.fault(at, state, { about: binding });
}

const NAMED_MAX = 3;
