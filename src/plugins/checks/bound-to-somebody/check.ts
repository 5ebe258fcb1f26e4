import type { Check } from "../../../stages/check/contract.ts";
import { kubernetesObject } from "../shared/cluster-examples.ts";
import { controls, Said } from "../shared/said.ts";

export const boundToSomebody: Check = {
  id: "bound-to-somebody",
  title: "a role is bound to somebody in particular",
  severity: "critical",
  why: "what is granted to everybody is granted to whoever reaches the API server, or to every pod that gets in there",
  fix: "bind the role to the one service account or group that needs it",
  controls: controls({ "nsa-kubernetes": ["RBAC"] }),
  aspects: {
    anonymous: {
      controls: controls({ attack: ["T1078"], "nsa-kubernetes": ["Anonymous authentication"] }),
    },
    everybody: { controls: controls({ attack: ["T1078"] }) },
    masters: { severity: "high", controls: controls({ "cis-kubernetes-1.12": ["5.1.7"] }) },
    default: {
      severity: "high",
      controls: controls({ "cis-kubernetes-1.12": ["5.1.5"], attack: ["T1078.001"] }),
    },
  },
  needs: [],
  state: "stable",
  appliesTo: "object",
  examples: {
    bad: [
      kubernetesObject("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", {
        roleRef: { kind: "ClusterRole", name: "view" },
        subjects: [{ kind: "User", name: "system:anonymous" }],
      }),
      kubernetesObject("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", {
        roleRef: { kind: "ClusterRole", name: "view" },
        subjects: [{ kind: "Group", name: "system:unauthenticated" }],
      }),
      kubernetesObject("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", {
        roleRef: { kind: "ClusterRole", name: "edit" },
        subjects: [{ kind: "Group", name: "system:authenticated" }],
      }),
      kubernetesObject("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", {
        roleRef: { kind: "ClusterRole", name: "edit" },
        subjects: [{ kind: "Group", name: "system:masters" }],
      }),
      kubernetesObject("rbac.authorization.k8s.io/v1", "RoleBinding", {
        roleRef: { kind: "ClusterRole", name: "edit" },
        subjects: [{ kind: "ServiceAccount", name: "default", namespace: "shop" }],
      }),
    ],
    good: [
      kubernetesObject("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", {
        roleRef: { kind: "ClusterRole", name: "edit" },
        subjects: [{ kind: "ServiceAccount", name: "app", namespace: "shop" }],
      }),
      kubernetesObject("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", {
        roleRef: { kind: "ClusterRole", name: "system:public-info-viewer" },
        subjects: [{ kind: "Group", name: "system:unauthenticated" }],
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
        const { role, subjects } = binding;
        const said = new Said();
        for (const { at, kind, name } of subjects) {
          const aspect = aspectOf(kind, name);
          if (
            aspect === null ||
            GIVEN.has(role.name) ||
            (aspect === "masters" && role.name === "cluster-admin")
          )
            continue;
          said.fault(at, `binds ${role.kind} ${role.name} to ${kind} ${name}`, {
            aspect,
            value: name,
          });
        }
        return said.all;
      },
    },
  ],
};

function aspectOf(kind: string, name: string): string | null {
  if (name === "system:anonymous" || name === "system:unauthenticated") return "anonymous";
  if (kind === "Group" && /^system:(?:authenticated|serviceaccounts)(?::|$)/.test(name))
    return "everybody";
  if (kind === "Group" && name === "system:masters") return "masters";
  return kind === "ServiceAccount" && name === "default" ? "default" : null;
}

/** What Kubernetes and kubeadm themselves grant to everybody. */
const GIVEN: ReadonlySet<string> = new Set([
  "system:public-info-viewer",
  "system:basic-user",
  "system:discovery",
  "system:service-account-issuer-discovery",
  "kubeadm:bootstrap-signer-clusterinfo",
]);
