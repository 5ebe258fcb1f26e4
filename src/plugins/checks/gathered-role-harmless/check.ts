import { BUILT_IN_ROLES } from "../../../model/built-in-roles.data.ts";
import type { Label } from "../../../model/workload.ts";
import type { Check } from "../../../stages/check/contract.ts";
import { kubernetesObject } from "../shared/cluster-examples.ts";
import { dangersOf, GRANT_ASPECTS, isGiven } from "../shared/grants.ts";
import { controls, Said } from "../shared/said.ts";

const GATHERED = "rbac.authorization.k8s.io/aggregate-to-";
const API = "rbac.authorization.k8s.io/v1";

export const gatheredRoleHarmless: Check = {
  id: "gathered-role-harmless",
  title:
    "a role that becomes part of admin, edit or view adds nothing that these are meant to be without",
  severity: "high",
  why: "everybody who has the role of Kubernetes' own has this from the moment on, and no binding shows it",
  fix: "remove the label, and bind the role to those who need it",
  controls: controls({ "nsa-kubernetes": ["RBAC"], attack: ["T1098.006"] }),
  aspects: GRANT_ASPECTS,
  needs: [],
  state: "stable",
  appliesTo: "object",
  examples: {
    bad: [
      kubernetesObject(
        API,
        "ClusterRole",
        { rules: [{ apiGroups: [""], resources: ["secrets"], verbs: ["get"] }] },
        { labels: { [`${GATHERED}view`]: "true" } },
      ),
      kubernetesObject(
        API,
        "ClusterRole",
        { rules: [{ apiGroups: [""], resources: ["nodes/proxy"], verbs: ["get"] }] },
        { labels: { [`${GATHERED}admin`]: "true" } },
      ),
    ],
    good: [
      kubernetesObject(
        API,
        "ClusterRole",
        { rules: [{ apiGroups: ["example.org"], resources: ["widgets"], verbs: ["get", "list"] }] },
        { labels: { [`${GATHERED}view`]: "true" } },
      ),
      // Whoever has admin or edit has this already.
      kubernetesObject(
        API,
        "ClusterRole",
        { rules: [{ apiGroups: [""], resources: ["pods/exec"], verbs: ["create"] }] },
        { labels: { [`${GATHERED}edit`]: "true", [`${GATHERED}admin`]: "true" } },
      ),
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ role, name, labels }) => {
        const targets = targetsOf(labels);
        if (role === null || targets.length === 0 || isGiven(name, labels)) return "not-applicable";
        const said = new Said();
        for (const rule of role.rules)
          for (const { aspect, what } of dangersOf(rule, true)) {
            const into = targets.filter((target) => !dangersIn(target).has(aspect));
            if (into.length === 0) continue;
            said.fault(rule.at, `as a part of ${into.join(", ")}, ${what}`, { aspect });
          }
        return said.all;
      },
    },
  ],
};

/** The roles of Kubernetes' own that take up one with these labels. What edit takes up admin has as well, and so for view. */
function targetsOf(labels: readonly Label[]): string[] {
  return ["view", "edit", "admin"].filter((target) =>
    labels.some(({ name, value }) => name === `${GATHERED}${target}` && value === "true"),
  );
}

/** Kinds of danger that a role has as Kubernetes makes it. */
function dangersIn(target: string): Set<string> {
  const rules = BUILT_IN_ROLES.get(target)?.rules ?? [];
  return new Set(rules.flatMap((rule) => dangersOf(rule, true).map(({ aspect }) => aspect)));
}
