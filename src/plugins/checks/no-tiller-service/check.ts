import type { ClusterObject } from "../../../model/cluster-object.ts";
import type { Label } from "../../../model/workload.ts";
import type { Check } from "../../../stages/check/contract.ts";
import { kubernetesObject } from "../shared/cluster-examples.ts";
import { controls, Said } from "../shared/said.ts";

export const noTillerService: Check = {
  id: "no-tiller-service",
  title: "no service leads to Tiller",
  severity: "high",
  why: "a service of Tiller is how every pod of the cluster finds the program that installs whatever it is asked to",
  fix: "remove the service, and Tiller with its account and binding: Helm 3 has none",
  controls: controls({ attack: ["T1133"] }),
  needs: [],
  state: "stable",
  appliesTo: "object",
  examples: {
    bad: [
      kubernetesObject(
        "v1",
        "Service",
        { spec: { selector: { app: "helm", name: "tiller" }, ports: [{ port: 44134 }] } },
        { name: "tiller-deploy" },
      ),
      kubernetesObject("v1", "Service", {
        spec: { selector: { app: "tiller" }, ports: [{ port: 80 }] },
      }),
      kubernetesObject(
        "v1",
        "Service",
        { spec: { selector: { app: "a" }, ports: [{ port: 44134 }] } },
        { labels: { "app.kubernetes.io/name": "tiller" } },
      ),
    ],
    good: [
      kubernetesObject("v1", "Service", {
        spec: { selector: { app: "helm-controller" }, ports: [{ port: 80 }] },
      }),
      // A port is not enough to know it by.
      kubernetesObject("v1", "Service", {
        spec: { selector: { app: "till" }, ports: [{ port: 44134 }] },
      }),
    ],
  },
  versions: [
    {
      from: 0,
      run: (object) => {
        if (object.service === null) return "not-applicable";
        const said = new Said();
        const by = signOf(object);
        if (by !== null) said.fault(object.at, `is the service of Tiller, by its ${by}`);
        return said.all;
      },
    },
  ],
};

/** What `helm init` wrote, and what charts of Tiller write. */
const NAME = "tiller-deploy";
const NAMING: ReadonlySet<string> = new Set(["app", "app.kubernetes.io/name", "name"]);

function signOf({ name, labels, service }: ClusterObject): string | null {
  if (name === NAME) return "name";
  const isTiller = (label: Label): boolean => NAMING.has(label.name) && label.value === "tiller";
  if (labels.some(isTiller)) return "labels";
  return service?.selector?.some(isTiller) === true ? "selector" : null;
}
