import type { Check } from "../../../stages/check/contract.ts";
import { kubernetesObject } from "../shared/cluster-examples.ts";
import { dangersOf, GRANT_ASPECTS, isGiven } from "../shared/grants.ts";
import { controls, Said } from "../shared/said.ts";

export const leastGrants: Check = {
  id: "least-grants",
  title: "a role grants nothing by which its holder becomes more than it was meant to be",
  severity: "high",
  why: "each of these permissions is a known way from a service account to the secrets, the nodes or the administration of a cluster",
  fix: "name the verbs, resources and, where it is possible, the objects that are really used, and leave out the rest",
  controls: controls({ "nsa-kubernetes": ["RBAC"], attack: ["T1098.006"] }),
  aspects: GRANT_ASPECTS,
  needs: [],
  state: "stable",
  appliesTo: "object",
  examples: {
    bad: [
      kubernetesObject("rbac.authorization.k8s.io/v1", "ClusterRole", {
        rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }],
      }),
      kubernetesObject("rbac.authorization.k8s.io/v1", "ClusterRole", {
        rules: [{ apiGroups: [""], resources: ["*"], verbs: ["*"] }],
      }),
      kubernetesObject("rbac.authorization.k8s.io/v1", "ClusterRole", {
        rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["*"] }],
      }),
      kubernetesObject("rbac.authorization.k8s.io/v1", "ClusterRole", {
        rules: [{ apiGroups: [""], resources: ["secrets"], verbs: ["list"] }],
      }),
      kubernetesObject("rbac.authorization.k8s.io/v1", "ClusterRole", {
        rules: [
          {
            apiGroups: ["rbac.authorization.k8s.io"],
            resources: ["clusterroles"],
            verbs: ["escalate"],
          },
        ],
      }),
      kubernetesObject("rbac.authorization.k8s.io/v1", "ClusterRole", {
        rules: [{ apiGroups: [""], resources: ["pods/exec"], verbs: ["get"] }],
      }),
      kubernetesObject("rbac.authorization.k8s.io/v1", "ClusterRole", {
        rules: [{ apiGroups: [""], resources: ["users"], verbs: ["impersonate"] }],
      }),
      kubernetesObject("rbac.authorization.k8s.io/v1", "Role", {
        rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["create"] }],
      }),
      kubernetesObject("rbac.authorization.k8s.io/v1", "ClusterRole", {
        rules: [{ apiGroups: [""], resources: ["nodes/proxy"], verbs: ["get"] }],
      }),
      kubernetesObject("rbac.authorization.k8s.io/v1", "ClusterRole", {
        rules: [{ apiGroups: [""], resources: ["serviceaccounts/token"], verbs: ["create"] }],
      }),
      kubernetesObject("rbac.authorization.k8s.io/v1", "ClusterRole", {
        rules: [
          {
            apiGroups: ["certificates.k8s.io"],
            resources: ["certificatesigningrequests/approval"],
            verbs: ["update"],
          },
        ],
      }),
      kubernetesObject("rbac.authorization.k8s.io/v1", "Role", {
        rules: [{ apiGroups: ["argoproj.io"], resources: ["applications"], verbs: ["create"] }],
      }),
    ],
    good: [
      kubernetesObject("rbac.authorization.k8s.io/v1", "ClusterRole", {
        rules: [{ apiGroups: [""], resources: ["configmaps"], verbs: ["get"] }],
      }),
      kubernetesObject("rbac.authorization.k8s.io/v1", "ClusterRole", {
        rules: [
          { apiGroups: [""], resources: ["secrets"], verbs: ["get"], resourceNames: ["app"] },
        ],
      }),
      kubernetesObject("rbac.authorization.k8s.io/v1", "ClusterRole", {
        rules: [
          { apiGroups: ["apps"], resources: ["deployments"], verbs: ["get", "list", "watch"] },
        ],
      }),
      kubernetesObject("rbac.authorization.k8s.io/v1", "Role", {
        rules: [{ apiGroups: ["argoproj.io"], resources: ["applications"], verbs: ["list"] }],
      }),
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ role, name, labels }) => {
        if (role === null || isGiven(name, labels)) return "not-applicable";
        const said = new Said();
        for (const rule of role.rules)
          for (const { aspect, what } of dangersOf(rule, role.isClusterWide))
            said.fault(rule.at, what, { aspect });
        return said.all;
      },
    },
  ],
};
