import type { Check } from "../../../stages/check/contract.ts";
import { podOf } from "../shared/examples.ts";
import { controls, Said } from "../shared/said.ts";

export const noClusterAdminTools: Check = {
  id: "no-cluster-admin-tools",
  title: "no Tiller and no Kubernetes dashboard is deployed",
  severity: "high",
  why: "Tiller does whatever anybody in the cluster asks of it, and the dashboard has been the way into many clusters",
  fix: "remove it: Helm 3 has no Tiller, and kubectl or a client on the own machine does what the dashboard does",
  controls: controls({ attack: ["T1133"] }),
  needs: [],
  state: "stable",
  appliesTo: "workload",
  examples: {
    bad: [
      podOf({ image: "gcr.io/kubernetes-helm/tiller:v2.17.0" }),
      podOf({ image: "kubernetesui/dashboard:v2.7.0" }),
    ],
    good: [podOf({ image: "grafana/grafana:11.0.0" })],
  },
  versions: [
    {
      from: 0,
      run: ({ containers }) => {
        const said = new Said();
        for (const container of containers) {
          said.of(container, container.image, (image) => {
            const found = TOOLS.find(([pattern]) => pattern.test(image.split("@", 1)[0] ?? ""));
            return found === undefined ? null : `runs ${found[1]}`;
          });
        }
        return said.all;
      },
    },
  ],
};

const TOOLS = [
  [/(?:^|\/)tiller(?::|$)/, "Tiller"],
  [
    /(?:^|\/)(?:kubernetesui\/dashboard|kubernetes-dashboard)(?:-[a-z0-9]+)?(?::|$)/,
    "the Kubernetes dashboard",
  ],
] as const;
