import type { Check } from "../../../stages/check/contract.ts";
import { pod } from "../shared/examples.ts";
import { controls, Said } from "../shared/said.ts";

export const ownNamespace: Check = {
  id: "own-namespace",
  title: "a workload has a namespace that is its own",
  severity: "low",
  why: "in the default namespace nothing is separated: neither grants, nor network policies, nor quotas",
  fix: "name a namespace for the workload, and put grants and policies there",
  controls: controls({ "nsa-kubernetes": ["Namespaces"] }),
  aspects: {
    default: { controls: controls({ "cis-kubernetes-1.12": ["5.6.4"] }) },
    system: { severity: "medium", controls: controls({ "cis-kubernetes-1.12": ["5.6.1"] }) },
  },
  needs: [],
  state: "stable",
  appliesTo: "workload",
  examples: {
    bad: [pod({}), pod({}, { namespace: "default" }), pod({}, { namespace: "kube-system" })],
    good: [
      pod({}, { namespace: "shop" }),
      pod({}, { namespace: "kube-system", labels: { "k8s-app": "kube-dns" } }),
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ platform, namespace, labels, at }) => {
        if (platform !== "kubernetes") return "not-applicable";
        const said = new Said();
        if (namespace === null)
          said.fault(at, "names no namespace, so it lands in the default one", {
            aspect: "default",
          });
        if (namespace === "default")
          said.fault(`${at}/metadata/namespace`, "runs in the default namespace", {
            aspect: "default",
          });
        if (namespace === "kube-system" && !labels.some(({ name }) => OWN.has(name)))
          said.fault(
            `${at}/metadata/namespace`,
            "runs among the cluster's own programs in kube-system",
            { aspect: "system" },
          );
        return said.all;
      },
    },
  ],
};

/** Labels of the cluster's own programs. */
const OWN: ReadonlySet<string> = new Set([
  "k8s-app",
  "component",
  "addonmanager.kubernetes.io/mode",
  "kubernetes.io/cluster-service",
]);
