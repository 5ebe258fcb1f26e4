import type { Check } from "../../../stages/check/contract.ts";
import { podOf } from "../shared/examples.ts";
import { controls, Said } from "../shared/said.ts";

export const ingressControllerMaintained: Check = {
  id: "ingress-controller-maintained",
  title: "the controller of ingresses is one that is still mended",
  severity: "high",
  why: "ingress-nginx faces the internet and may read secrets, and its flaws are mended no more since March 2026",
  fix: "move to another controller or to the Gateway API",
  controls: controls({ attack: ["T1190"] }),
  needs: [],
  state: "stable",
  appliesTo: "workload",
  examples: {
    bad: [
      podOf({ image: "registry.k8s.io/ingress-nginx/controller:v1.14.0" }),
      podOf({ image: "quay.io/kubernetes-ingress-controller/nginx-ingress-controller:0.33.0" }),
    ],
    good: [podOf({ image: "docker.io/nginx/nginx-ingress:5.0" }), podOf({ image: "nginx:1.29" })],
  },
  versions: [
    {
      from: 0,
      run: (workload) => {
        const said = new Said();
        for (const container of workload.containers)
          said.of(container, container.image, (image) =>
            RETIRED.test(image) ? "runs ingress-nginx, which is mended no more" : null,
          );
        return said.all;
      },
    },
  ],
};

/** Names of the project's own images, and of mirrors that keep them. */
const RETIRED =
  /(?:^|\/)(?:ingress-nginx\/controller(?:-chroot)?|kubernetes-ingress-controller\/nginx-ingress-controller(?:-\w+)?)(?:[:@]|$)/;
