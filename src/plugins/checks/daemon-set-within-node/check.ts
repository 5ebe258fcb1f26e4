import { firstOf } from "../../../kit/phrase.ts";
import {
  DEFAULT_NAMESPACE,
  type Grant,
  type Identity,
  identityKey,
  impliedGroups,
  Rbac,
} from "../../../model/rbac.ts";
import type { Check } from "../../../stages/check/contract.ts";
import { boundEverywhere, cluster, clusterRole, runsAs } from "../shared/cluster-examples.ts";
import { dangersOf, GRANT_ASPECTS } from "../shared/grants.ts";
import { controls, Said } from "../shared/said.ts";

const SYSTEM = "kube-system";
const TOLD_MAX = 3;

export const daemonSetWithinNode: Check = {
  id: "daemon-set-within-node",
  title: "a DaemonSet's service account does not reach beyond the node",
  severity: "high",
  why: "its token is on every node, so that whoever breaks out of any container of the cluster has what it may do",
  fix: "leave to the DaemonSet what it needs on its node, and do the rest from a Deployment with an account of its own",
  controls: controls({ "nsa-kubernetes": ["RBAC"], attack: ["T1528", "T1098.006"] }),
  needs: [],
  state: "stable",
  appliesTo: "cluster",
  examples: {
    bad: [
      cluster(
        runsAs("DaemonSet", "agent", "agent"),
        clusterRole("agent", { apiGroups: [""], resources: ["secrets"], verbs: ["list"] }),
        boundEverywhere("agent", "agent"),
      ),
      cluster(runsAs("DaemonSet", "agent", "agent"), boundEverywhere("cluster-admin", "agent")),
      cluster(runsAs("DaemonSet", "agent", "agent"), {
        kind: "ClusterRoleBinding",
        metadata: { name: "everybody" },
        roleRef: { kind: "ClusterRole", name: "edit" },
        subjects: [{ kind: "Group", name: "system:serviceaccounts:shop" }],
      }),
    ],
    good: [
      cluster(
        runsAs("DaemonSet", "agent", "agent"),
        clusterRole("agent", { apiGroups: [""], resources: ["pods"], verbs: ["list", "watch"] }),
        boundEverywhere("agent", "agent"),
      ),
      cluster(
        runsAs("DaemonSet", "agent", "agent"),
        runsAs("Deployment", "controller", "controller"),
        boundEverywhere("cluster-admin", "controller"),
      ),
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ workloads, objects }) => {
        const sets = workloads.filter(({ kind }) => kind === "DaemonSet");
        if (sets.length === 0) return "not-applicable";
        const rbac = new Rbac(objects);
        const unknown = unknownBy(rbac);
        const said = new Said();
        for (const about of sets) {
          const { account, podAt } = about;
          if (account.name.state === "unknown") {
            const { at, why } = account.name;
            said.all.push({ kind: "doubt", at, container: null, why, about });
            continue;
          }
          const name = account.name.state === "known" ? account.name.value : "default";
          const namespace = about.namespace ?? DEFAULT_NAMESPACE;
          const identity = { kind: "ServiceAccount", name, namespace } as const;
          const reach = reachOf(rbac, identity);
          const at = account.name.state === "known" ? account.name.at : podAt;
          if (reach.length === 0) {
            for (const why of unknownOf(unknown, identity))
              said.all.push({ kind: "doubt", at, container: null, why, about });
            continue;
          }
          const state = `runs on every node as ${namespace}/${name}, which ${firstOf(reach, TOLD_MAX)}`;
          said.fault(at, state, { about });
        }
        return said.all;
      },
    },
  ],
};

/** What an account may do by which others fall: in all namespaces, or in the one where the cluster's own parts run. */
function reachOf(rbac: Rbac, identity: Identity): string[] {
  const found = new Set<string>();
  for (const grant of rbac.grantsOf(identity))
    if (grant.namespace === null || grant.namespace === SYSTEM)
      for (const what of dangersBy(grant)) found.add(what);
  return [...found];
}

/** What is bound to somebody beyond the node and not among what is read, by whom. */
function unknownBy({ missing }: Rbac): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const { binding: object, kind: roleKind, name: role } of missing) {
    const { binding } = object;
    if (binding === null || !(binding.isClusterWide || object.namespace === SYSTEM)) continue;
    for (const { kind, name, namespace } of binding.subjects) {
      if (kind !== "ServiceAccount" && kind !== "Group") continue;
      const key = identityKey({ kind, name, namespace: namespace ?? object.namespace });
      const known = found.get(key) ?? new Set();
      found.set(key, known.add(`${roleKind} ${role} is bound to it, and not among what is read`));
    }
  }
  return found;
}

function unknownOf(unknown: ReadonlyMap<string, Set<string>>, identity: Identity): Set<string> {
  const groups = impliedGroups(identity).map((name) =>
    identityKey({ kind: "Group", name, namespace: null }),
  );
  return new Set(
    [identityKey(identity), ...groups].flatMap((key) => [...(unknown.get(key) ?? [])]),
  );
}

function dangersBy({ role, namespace, binding }: Grant): string[] {
  const where = namespace === null ? "" : ` in ${namespace}`;
  return role.rules.flatMap(({ rule }) =>
    dangersOf(rule, namespace === null)
      .filter(({ aspect }) => aspect !== "wildcard" && GRANT_ASPECTS[aspect]?.severity !== "medium")
      .map(({ what }) => `${binding.kind} ${binding.name} ${what}${where}`),
  );
}
