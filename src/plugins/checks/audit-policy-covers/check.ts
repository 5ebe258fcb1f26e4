import type { AuditRule } from "../../../model/cluster-object.ts";
import type { Check } from "../../../stages/check/contract.ts";
import { kubernetesObject } from "../shared/cluster-examples.ts";
import { controls, Said } from "../shared/said.ts";

const VERSION = "audit.k8s.io/v1";
const SECRETS = { group: "", resources: ["secrets", "configmaps"] };
const TOKENS = { group: "authentication.k8s.io", resources: ["tokenreviews"] };
const metadata = (...resources: readonly unknown[]): unknown => ({ level: "Metadata", resources });

export const auditPolicyCovers: Check = {
  id: "audit-policy-covers",
  title: "the audit policy writes down what matters, and no secrets",
  severity: "high",
  why: "who read a secret or opened a shell in a pod is never known, or the log itself holds the secrets",
  fix: "record secrets, config maps and token reviews as Metadata, and everything else at least so",
  controls: controls({ "cis-kubernetes-1.12": ["3.2.2"], attack: ["T1562.008"] }),
  aspects: { unrecorded: {}, bodies: {} },
  needs: [],
  state: "stable",
  appliesTo: "object",
  examples: {
    bad: [
      kubernetesObject(VERSION, "Policy", { rules: [] }),
      kubernetesObject(VERSION, "Policy", { rules: [metadata(SECRETS, TOKENS)] }),
      kubernetesObject(VERSION, "Policy", { rules: [{ level: "RequestResponse" }] }),
    ],
    good: [
      kubernetesObject(VERSION, "Policy", { rules: [{ level: "Metadata" }] }),
      kubernetesObject(VERSION, "Policy", {
        rules: [metadata(SECRETS, TOKENS), { level: "Request" }],
      }),
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ auditRules, at }) => {
        if (auditRules === null) return "not-applicable";
        const said = new Said();
        const unrecorded = WANTED.filter((name) => !isRecorded(auditRules, name));
        if (unrecorded.length > 0)
          said.fault(`${at}/rules`, `does not record ${unrecorded.join(", ")}`, {
            aspect: "unrecorded",
          });
        for (const name of SECRET) judgeBodies(said, auditRules, name);
        return said.all;
      },
    },
  ],
};

/** By group and resource, as the API server has them. */
const SECRET = ["/secrets", "/configmaps", "authentication.k8s.io/tokenreviews"] as const;
const WANTED = [
  ...SECRET,
  "/pods",
  "apps/deployments",
  "/pods/exec",
  "/pods/portforward",
  "/pods/proxy",
  "/services/proxy",
] as const;

/** The first rule that is for everybody decides; one for some only leaves the rest to those after it. */
function isRecorded(rules: readonly AuditRule[], wanted: string): boolean {
  const decisive = rules.find((rule) => !rule.isNarrow && covers(rule, wanted));
  return decisive !== undefined && decisive.level !== "None";
}

function judgeBodies(said: Said, rules: readonly AuditRule[], wanted: string): void {
  for (const rule of rules) {
    if (!covers(rule, wanted)) continue;
    if (/^Request/.test(rule.level)) {
      const name = wanted.slice(wanted.indexOf("/") + 1);
      said.fault(`${rule.at}/level`, `records the bodies of ${name}`, {
        aspect: "bodies",
        value: rule.level,
      });
    }
    if (!rule.isNarrow) return;
  }
}

function covers({ resources }: AuditRule, wanted: string): boolean {
  if (resources.length === 0) return true;
  const [group = "", ...rest] = wanted.split("/");
  const name = rest.join("/");
  const subresource = rest[1];
  return resources.some(
    (one) =>
      one.group === group &&
      (one.names.length === 0 ||
        one.names.some(
          (own) =>
            own === name ||
            own === "*" ||
            own === `${rest[0]}/*` ||
            (subresource !== undefined && own === `*/${subresource}`),
        )),
  );
}
