import type { Container } from "../../../model/workload.ts";
import type { Check } from "../../../stages/check/contract.ts";
import { pod, podOf } from "../shared/examples.ts";
import { controls, type Offence, Said } from "../shared/said.ts";

export const noClusterAdminTools: Check = {
  id: "no-cluster-admin-tools",
  title: "no Tiller and no Kubernetes dashboard is deployed",
  severity: "high",
  why: "Tiller does whatever anybody in the cluster asks of it, and the dashboard has been the way into many clusters",
  fix: "remove it: Helm 3 has no Tiller, and kubectl or a client on the own machine does what the dashboard does",
  controls: controls({ attack: ["T1133"] }),
  aspects: { dashboard: {}, tiller: {}, "tiller-inside": { severity: "medium" } },
  needs: [],
  state: "stable",
  appliesTo: "workload",
  examples: {
    bad: [
      podOf({ image: "gcr.io/kubernetes-helm/tiller:v2.17.0" }),
      podOf({
        image: "gcr.io/kubernetes-helm/tiller:v2.17.0",
        args: ["--listen=localhost:44134"],
      }),
      podOf({ image: "kubernetesui/dashboard:v2.7.0" }),
      pod({}, { labels: { "k8s-app": "kubernetes-dashboard" } }),
    ],
    good: [podOf({ image: "grafana/grafana:11.0.0" })],
  },
  versions: [
    {
      from: 0,
      run: ({ containers, labels, at }) => {
        const said = new Said();
        for (const container of containers)
          said.of(container, container.image, (image) => toolOf(image, container));
        const label = labels.find(({ name, value }) => APP.has(name) && DASHBOARDS.has(value));
        if (label !== undefined && said.all.every(({ kind }) => kind !== "fault"))
          said.fault(at, `is the Kubernetes dashboard, by its label ${label.name}`, {
            aspect: "dashboard",
            value: label.value,
          });
        return said.all;
      },
    },
  ],
};

function toolOf(image: string, container: Container): Offence {
  const name = image.split("@", 1)[0] ?? "";
  if (DASHBOARD.test(name)) return { state: "runs the Kubernetes dashboard", aspect: "dashboard" };
  if (!TILLER.test(name)) return null;
  return listensToItself(container)
    ? { state: "runs Tiller, which listens to its own pod only", aspect: "tiller-inside" }
    : { state: "runs Tiller", aspect: "tiller" };
}

const TILLER = /(?:^|\/)tiller(?::|$)/;
const DASHBOARD = /(?:^|\/)(?:kubernetesui\/dashboard|kubernetes-dashboard)(?:-[a-z0-9]+)?(?::|$)/;

/** Labels by which the dashboard's own manifests and charts name it; images are copied to other names. */
const APP: ReadonlySet<string> = new Set(["app", "app.kubernetes.io/name", "k8s-app"]);
const DASHBOARDS: ReadonlySet<string> = new Set(["kubernetes-dashboard"]);

/** `--listen=localhost:44134`, in one word or two. */
function listensToItself({ command }: Container): boolean {
  const words = command.map((fact) => (fact.state === "known" ? fact.value : ""));
  return /(?:^| )-{1,2}listen[= ](?:localhost|127\.0\.0\.1|\[::1\]):/.test(words.join(" "));
}
