import type { Cluster } from "../../../model/cluster.ts";
import type { ClusterObject } from "../../../model/cluster-object.ts";
import { DEFAULT_NAMESPACE, Rbac } from "../../../model/rbac.ts";
import type { Pointer } from "../../../model/workload.ts";
import type { Check } from "../../../stages/check/contract.ts";
import { boundEverywhere, cluster, clusterRole } from "../shared/cluster-examples.ts";
import { controls, Said } from "../shared/said.ts";

const READ_SERVICES = { apiGroups: [""], resources: ["services"], verbs: ["get"] };
/** As a dump has it, and hardly a manifest. */
const ADMIN = clusterRole("cluster-admin", { apiGroups: ["*"], resources: ["*"], verbs: ["*"] });

export const grantsLeadSomewhere: Check = {
  id: "grants-lead-somewhere",
  title: "a binding names a role and service accounts that there are",
  severity: "medium",
  why: "whoever may make the role or the account that is missing decides what the binding grants, and to whom",
  fix: "remove the binding, or make what it names",
  controls: controls({ "nsa-kubernetes": ["RBAC"], attack: ["T1098.006"] }),
  aspects: { role: {}, account: {} },
  needs: [],
  state: "stable",
  appliesTo: "cluster",
  examples: {
    bad: [
      cluster(ADMIN, boundEverywhere("gone", "app")),
      cluster(
        { kind: "ServiceAccount", metadata: { name: "default", namespace: "shop" } },
        clusterRole("reader", READ_SERVICES),
        boundEverywhere("reader", "app"),
      ),
    ],
    good: [
      cluster(
        ADMIN,
        { kind: "ServiceAccount", metadata: { name: "default", namespace: "shop" } },
        { kind: "ServiceAccount", metadata: { name: "app", namespace: "shop" } },
        clusterRole("reader", READ_SERVICES),
        boundEverywhere("reader", "app"),
      ),
      // Nothing tells that all accounts of the namespace were read.
      cluster(clusterRole("reader", READ_SERVICES), boundEverywhere("reader", "app")),
    ],
  },
  versions: [
    {
      from: 0,
      run: (subject) => {
        const { objects } = subject;
        if (!objects.some(({ binding }) => binding !== null)) return "not-applicable";
        const said = new Said();
        sayRoles(said, new Rbac(objects), subject);
        sayAccounts(said, objects);
        return said.all;
      },
    },
  ],
};

function sayRoles(said: Said, rbac: Rbac, { objects }: Cluster): void {
  // Every cluster has made this role, so that where it is among the objects the others were read, too.
  const isWhole = objects.some(
    ({ kind, name }) => kind === "ClusterRole" && name === "cluster-admin",
  );
  for (const { binding: about, kind, name } of rbac.missing) {
    const at = about.binding?.role.at ?? about.at;
    const why = `binds ${kind} ${name}, which is not among what is read`;
    if (isWhole) said.fault(at, why, { about, aspect: "role", value: name });
    else said.all.push({ kind: "doubt", at, container: null, why, about, aspect: "role" });
  }
}

function sayAccounts(said: Said, objects: readonly ClusterObject[]): void {
  const accounts = new Set(
    objects
      .filter(({ kind }) => kind === "ServiceAccount")
      .map(({ namespace, name }) => `${namespace ?? DEFAULT_NAMESPACE}/${name}`),
  );
  for (const about of objects)
    for (const { at, name, where } of accountsOf(about)) {
      // Every namespace has this one.
      if (!accounts.has(`${where}/default`) || accounts.has(`${where}/${name}`)) continue;
      const state = `grants to service account ${where}/${name}, which is not among those read of ${where}`;
      said.fault(at, state, { about, aspect: "account", value: name });
    }
}

/** The service accounts that a binding names, as far as it says of which namespace. */
function accountsOf({ binding, namespace }: ClusterObject): {
  readonly at: Pointer;
  readonly name: string;
  readonly where: string;
}[] {
  if (binding === null) return [];
  const own = binding.isClusterWide ? null : (namespace ?? DEFAULT_NAMESPACE);
  return binding.subjects.flatMap((subject) => {
    const where = subject.namespace ?? own;
    if (subject.kind !== "ServiceAccount" || where === null) return [];
    return [{ at: subject.at, name: subject.name, where }];
  });
}
