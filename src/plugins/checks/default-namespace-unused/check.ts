import { liesInNamespace } from "../../../formats/workload/cluster-parts.ts";
import type { ClusterObject } from "../../../model/cluster-object.ts";
import type { Check } from "../../../stages/check/contract.ts";
import { cluster } from "../shared/cluster-examples.ts";
import { controls, Said } from "../shared/said.ts";

const DEFAULT = { namespace: "default" };

export const defaultNamespaceUnused: Check = {
  id: "default-namespace-unused",
  title: "grants, settings, services and claims are not put into the default namespace",
  severity: "low",
  why: "whoever may use the default namespace, the first that is handed out, may use everything in it",
  fix: "name a namespace for each application or team, and move the objects there",
  controls: controls({ "cis-kubernetes-1.12": ["5.6.4"], "nsa-kubernetes": ["Namespaces"] }),
  needs: [],
  state: "stable",
  appliesTo: "cluster",
  examples: {
    bad: [
      cluster({ kind: "ConfigMap", metadata: { name: "app", ...DEFAULT } }),
      cluster({ kind: "ServiceAccount", metadata: { name: "app", ...DEFAULT } }),
    ],
    good: [
      cluster({ kind: "Service", metadata: { name: "kubernetes", ...DEFAULT } }),
      cluster({ kind: "ConfigMap", metadata: { name: "app", namespace: "shop" } }),
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ objects }) => {
        const found = objects.filter(
          (object) =>
            object.namespace === "default" && liesInNamespace(object) && !isKubernetesOwn(object),
        );
        const [about] = found;
        if (about === undefined) return [];
        const said = new Said();
        // One cause, one finding, however much lies there.
        const others = found.length - 1;
        const beside =
          others === 0 ? "" : `, and so ${others === 1 ? "does one more" : `do ${others} more`}`;
        said.fault(about.at, `lies in the default namespace${beside}`, { about });
        return said.all;
      },
    },
  ],
};

/** What Kubernetes itself puts there. */
function isKubernetesOwn({ kind, name }: ClusterObject): boolean {
  return OWN.has(`${kind} ${name}`);
}

const OWN: ReadonlySet<string> = new Set([
  "ConfigMap kube-root-ca.crt",
  "Endpoints kubernetes",
  "EndpointSlice kubernetes",
  "Service kubernetes",
  "ServiceAccount default",
]);
