import type { AdmissionHook, AskedOf } from "../../../model/admission-hook.ts";
import type { Check, Example } from "../../../stages/check/contract.ts";
import { isLeftOutAlways } from "../shared/admission.ts";
import { kubernetesObject } from "../shared/cluster-examples.ts";
import { controls, Said } from "../shared/said.ts";

const PODS = { apiGroups: [""], apiVersions: ["v1"], resources: ["pods"], operations: ["CREATE"] };
const SERVICE = { clientConfig: { service: { namespace: "policy", name: "policy" } } };
const leavingOut = (...values: readonly string[]): object => ({
  namespaceSelector: {
    matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "NotIn", values }],
  },
});

export const admissionFailsClosed: Check = {
  id: "admission-fails-closed",
  title: "a webhook that decides what may run lets nothing past it",
  severity: "medium",
  why: "whoever keeps the webhook from answering, or may write into a namespace that is left out, starts whatever they like",
  fix: "set failurePolicy to Fail, run the webhook on several nodes, and leave out kube-system and its own namespace only",
  controls: controls({ "cis-kubernetes-1.12": ["5.5.1"] }),
  aspects: {
    ignored: {},
    // Something is missing from the pod then, and the pod runs.
    unchanged: { severity: "low" },
    exempt: { severity: "low" },
  },
  needs: [],
  state: "stable",
  appliesTo: "object",
  examples: {
    bad: [
      hook({ failurePolicy: "Ignore" }),
      hook({ failurePolicy: "Ignore" }, "MutatingWebhookConfiguration"),
      hook(leavingOut("kube-system", "shop")),
      kubernetesObject("admissionregistration.k8s.io/v1beta1", "ValidatingWebhookConfiguration", {
        webhooks: [{ name: "a.example", ...SERVICE, rules: [PODS] }],
      }),
    ],
    good: [hook({}), hook(leavingOut("kube-system", "policy"))],
  },
  versions: [
    {
      from: 0,
      run: ({ admission }) => {
        const hooks = (admission ?? []).filter(({ rules }) => rules.some(decides));
        if (hooks.length === 0) return "not-applicable";
        const said = new Said();
        for (const one of hooks) judge(said, one);
        return said.all;
      },
    },
  ],
};

/** Whether it is about what runs, or about who may do what. */
function decides({ groups, resources }: AskedOf): boolean {
  return (
    groups.some((name) => GROUPS.has(name)) &&
    resources.some((name) => RESOURCES.has(name.split("/", 1)[0] ?? ""))
  );
}

const GROUPS: ReadonlySet<string> = new Set([
  "",
  "*",
  "apps",
  "batch",
  "rbac.authorization.k8s.io",
]);
const RESOURCES: ReadonlySet<string> = new Set([
  ...["*", "pods", "replicationcontrollers", "deployments", "replicasets", "statefulsets"],
  ...["daemonsets", "jobs", "cronjobs", "roles", "rolebindings", "clusterroles"],
  "clusterrolebindings",
]);

function judge(said: Said, hook: AdmissionHook): void {
  const { name, role, failurePolicy, exempt } = hook;
  said.of(null, failurePolicy, (policy) => {
    if (policy !== "Ignore") return null;
    return role === "judges"
      ? { state: `webhook ${name} is passed over while it does not answer`, aspect: "ignored" }
      : { state: `webhook ${name} changes nothing while it does not answer`, aspect: "unchanged" };
  });
  for (const { name: left, at } of exempt)
    if (!isLeftOutAlways(hook, left))
      said.fault(at, `webhook ${name} is not asked about the namespace ${left}`, {
        aspect: "exempt",
        value: left,
      });
}

function hook(members: object, kind = "ValidatingWebhookConfiguration"): Example {
  return kubernetesObject("admissionregistration.k8s.io/v1", kind, {
    webhooks: [{ name: "policy.example", ...SERVICE, rules: [PODS], ...members }],
  });
}
