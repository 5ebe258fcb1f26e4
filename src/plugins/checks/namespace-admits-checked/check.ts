import type { Check } from "../../../stages/check/contract.ts";
import { kubernetesObject } from "../shared/cluster-examples.ts";
import { controls, Said } from "../shared/said.ts";

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
  appliesTo: "object",
  examples: {
    bad: [
      kubernetesObject("v1", "Namespace", {}),
      kubernetesObject(
        "v1",
        "Namespace",
        {},
        { labels: { "pod-security.kubernetes.io/enforce": "privileged" } },
      ),
    ],
    good: [
      kubernetesObject(
        "v1",
        "Namespace",
        {},
        { labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
      ),
      kubernetesObject("v1", "Namespace", {}, { name: "kube-system" }),
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ kind, name, labels, at }) => {
        if (kind !== "Namespace") return "not-applicable";
        const said = new Said();
        const level =
          labels.find((label) => label.name === "pod-security.kubernetes.io/enforce")?.value ??
          null;
        if (OWN.has(name) || level === "baseline" || level === "restricted") return said.all;
        said.fault(
          at,
          level === null
            ? "enforces no level of Pod Security"
            : `enforces the level ${level} of Pod Security`,
        );
        return said.all;
      },
    },
  ],
};

const OWN: ReadonlySet<string> = new Set(["kube-system", "kube-public", "kube-node-lease"]);
