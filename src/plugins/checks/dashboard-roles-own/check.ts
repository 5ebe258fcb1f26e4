import { list } from "../../../kit/phrase.ts";
import type { GrantSubject } from "../../../model/cluster-object.ts";
import type { Check, Example } from "../../../stages/check/contract.ts";
import { kubernetesObject } from "../shared/cluster-examples.ts";
import { controls, Said } from "../shared/said.ts";

const VERSION = "rbac.authorization.k8s.io/v1";
const DASHBOARD = "kubernetes-dashboard";
const account = { kind: "ServiceAccount", name: DASHBOARD, namespace: DASHBOARD };

export const dashboardRolesOwn: Check = {
  id: "dashboard-roles-own",
  title: "the Kubernetes dashboard has its own roles, and nobody else has them",
  severity: "high",
  why: "whoever reaches the dashboard does what its account may do, and who has its roles reads its secrets and sessions",
  fix: "bind the dashboard's account to the roles that come with it only, and let people sign in as themselves",
  controls: controls({ attack: ["T1133", "T1078"] }),
  aspects: { "of-others": { severity: "medium" }, "more-for-it": {} },
  needs: [],
  state: "stable",
  appliesTo: "object",
  examples: {
    bad: [bound("cluster-admin", account), bound(DASHBOARD, { kind: "User", name: "jane" })],
    good: [bound(DASHBOARD, account), bound("view", { kind: "User", name: "jane" })],
  },
  versions: [
    {
      from: 0,
      run: ({ binding, at }) => {
        if (binding === null) return "not-applicable";
        const said = new Said();
        const isItsRole = binding.role.name.startsWith(DASHBOARD);
        const others = binding.subjects.filter((one) => !isItsAccount(one));
        if (isItsRole && others.length > 0) {
          const whom = list(others.slice(0, 3).map(({ kind, name }) => `${kind} ${name}`));
          said.fault(at, `gives ${whom} the role of the dashboard, ${binding.role.name}`, {
            aspect: "of-others",
          });
        }
        if (!isItsRole && binding.subjects.some(isItsAccount))
          said.fault(
            at,
            `gives the dashboard's account ${binding.role.kind} ${binding.role.name}`,
            {
              aspect: "more-for-it",
            },
          );
        return said.all;
      },
    },
  ],
};

function bound(role: string, subject: Readonly<Record<string, string>>): Example {
  return kubernetesObject(VERSION, "ClusterRoleBinding", {
    roleRef: { kind: "ClusterRole", name: role },
    subjects: [subject],
  });
}

/** Its chart gives its parts accounts of their own: `kubernetes-dashboard-api`. */
function isItsAccount({ kind, name }: GrantSubject): boolean {
  return kind === "ServiceAccount" && name.startsWith(DASHBOARD);
}
