import { list } from "../../../kit/phrase.ts";
import type { Check } from "../../../stages/check/contract.ts";
import { kubernetesObject } from "../shared/cluster-examples.ts";
import { controls, Said } from "../shared/said.ts";

export const noClusterAdmin: Check = {
  id: "no-cluster-admin",
  title: "nobody but the cluster itself is bound to cluster-admin",
  severity: "critical",
  why: "whoever is bound to cluster-admin, or takes the pod that is, owns every namespace, node and secret",
  fix: "bind a role with the permissions that are really used, in the namespaces where they are",
  controls: controls({
    "cis-kubernetes-1.12": ["5.1.1"],
    "nsa-kubernetes": ["RBAC"],
    attack: ["T1078", "T1098.006"],
  }),
  aspects: { cluster: {}, namespace: { severity: "high" } },
  needs: [],
  state: "stable",
  appliesTo: "object",
  examples: {
    bad: [
      kubernetesObject("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", {
        roleRef: { kind: "ClusterRole", name: "cluster-admin" },
        subjects: [{ kind: "ServiceAccount", name: "app", namespace: "shop" }],
      }),
      kubernetesObject("rbac.authorization.k8s.io/v1", "RoleBinding", {
        roleRef: { kind: "ClusterRole", name: "cluster-admin" },
        subjects: [{ kind: "ServiceAccount", name: "app", namespace: "shop" }],
      }),
    ],
    good: [
      kubernetesObject("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", {
        roleRef: { kind: "ClusterRole", name: "view" },
        subjects: [{ kind: "ServiceAccount", name: "app", namespace: "shop" }],
      }),
      kubernetesObject("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", {
        roleRef: { kind: "ClusterRole", name: "cluster-admin" },
        subjects: [{ kind: "Group", name: "system:masters" }],
      }),
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ binding }) => {
        if (binding === null) return "not-applicable";
        const { role, subjects, isClusterWide } = binding;
        const said = new Said();
        const isAdmin = role.kind === "ClusterRole" && role.name === "cluster-admin";
        const others = subjects.filter(
          ({ kind, name }) => !(kind === "Group" && name === "system:masters"),
        );
        if (!isAdmin || (others.length === 0 && subjects.length > 0)) return said.all;
        const names = others.slice(0, 3).map(({ kind, name }) => `${kind} ${name}`);
        const whom = names.length === 0 ? "" : ` to ${list(names)}`;
        const aspect = isClusterWide ? "cluster" : "namespace";
        said.fault(role.at, `gives cluster-admin${whom}`, { aspect });
        return said.all;
      },
    },
  ],
};
