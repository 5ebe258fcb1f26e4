import { liesInNamespace } from "../../../formats/workload/cluster-parts.ts";
import type { ClusterObject } from "../../../model/cluster-object.ts";
import type { Check } from "../../../stages/check/contract.ts";
import { cluster } from "../shared/cluster-examples.ts";
import { controls, Said } from "../shared/said.ts";

const DEFAULT = { namespace: "default" };
const UNPLACED = {
  kind: "Deployment",
  metadata: { name: "web" },
  spec: { template: { spec: { containers: [{ name: "web", image: "web" }] } } },
};

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
      cluster({ kind: "Role", metadata: { name: "app" } }),
    ],
    good: [
      cluster({ kind: "ServiceAccount", metadata: { name: "web" } }, UNPLACED),
      cluster({ kind: "Service", metadata: { name: "kubernetes", ...DEFAULT } }),
      cluster({ kind: "ConfigMap", metadata: { name: "app", namespace: "shop" } }),
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ objects, workloads }) => {
        // What names none goes where the workloads beside it go, of which that is told.
        const isAlone = workloads.length === 0;
        const found = objects.filter(
          (object) =>
            (object.namespace === "default" || (isAlone && object.namespace === null)) &&
            liesInNamespace(object) &&
            !isKubernetesOwn(object),
        );
        const [about] = found;
        if (about === undefined) return [];
        const said = new Said();
        // One cause, one finding, however much lies there.
        const others = found.length - 1;
        const beside =
          others === 0 ? "" : `, and so ${others === 1 ? "does one more" : `do ${others} more`}`;
        const state =
          about.namespace === null
            ? `names no namespace, and lies in the default one unless something else says where${beside}`
            : `lies in the default namespace${beside}`;
        said.fault(about.at, state, { about });
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
