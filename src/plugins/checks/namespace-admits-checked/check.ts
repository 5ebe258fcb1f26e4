import type { ClusterObject } from "../../../model/cluster-object.ts";
import type { Check } from "../../../stages/check/contract.ts";
import { type PodJudge, podJudgesIn } from "../shared/admission.ts";
import { cluster, webhook } from "../shared/cluster-examples.ts";
import { controls, Said } from "../shared/said.ts";

const LABEL = "pod-security.kubernetes.io/enforce";

export const namespaceAdmitsChecked: Check = {
  id: "namespace-admits-checked",
  title: "a namespace enforces at least the baseline of Pod Security",
  severity: "high",
  why: "without it whoever may make a pod in the namespace may make a privileged one, and so has the node",
  fix: "label the namespace with pod-security.kubernetes.io/enforce: baseline or restricted",
  controls: controls({
    "cis-kubernetes-1.12": ["5.2.1"],
    "nsa-kubernetes": ["Pod security enforcement"],
    attack: ["T1610"],
  }),
  needs: [],
  state: "stable",
  appliesTo: "cluster",
  examples: {
    bad: [
      cluster(namespace({})),
      cluster(namespace({ labels: { [LABEL]: "privileged" } })),
      // What changes pods is no policy.
      cluster(namespace({}), webhook("MutatingWebhookConfiguration", "pods")),
      cluster(namespace({}), webhook("ValidatingWebhookConfiguration", "configmaps")),
    ],
    good: [
      cluster(namespace({ labels: { [LABEL]: "restricted" } })),
      cluster(namespace({ name: "kube-system" })),
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ objects }) => {
        const namespaces = objects.filter(({ kind }) => kind === "Namespace");
        if (namespaces.length === 0) return "not-applicable";
        const [judge] = podJudgesIn(objects);
        const said = new Said();
        for (const about of namespaces) {
          const { name, labels, at } = about;
          const level = labels.find((label) => label.name === LABEL)?.value ?? null;
          if (OWN.has(name) || level === "baseline" || level === "restricted") continue;
          if (level !== null)
            said.fault(at, `enforces the level ${level} of Pod Security`, { about });
          else if (judge === undefined)
            said.fault(at, "enforces no level of Pod Security", { about });
          else said.all.push(doubtOf(about, judge));
        }
        return said.all;
      },
    },
  ],
};

const OWN: ReadonlySet<string> = new Set(["kube-system", "kube-public", "kube-node-lease"]);

/** Another program may refuse what the label would. */
function doubtOf(about: ClusterObject, { hook }: PodJudge): Said["all"][number] {
  const why = `it enforces no level of Pod Security, and what the webhook ${hook.name}, which is asked about pods, refuses stands in no object`;
  return { kind: "doubt", at: about.at, container: null, why, about };
}

function namespace(metadata: object): Readonly<Record<string, unknown>> {
  return { kind: "Namespace", metadata: { name: "shop", ...metadata } };
}
