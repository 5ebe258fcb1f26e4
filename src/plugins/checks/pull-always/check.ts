import type { Check } from "../../../stages/check/contract.ts";
import { podOf } from "../shared/examples.ts";
import { isPinned, tagIn } from "../shared/image-name.ts";
import { controls, Said } from "../shared/said.ts";

export const pullAlways: Check = {
  id: "pull-always",
  title: "an image that can change under its name is pulled at every start",
  severity: "low",
  why: "a node that pulled an image once runs it for whoever names it, without asking whether they may have it or whether it is the current one",
  fix: "set imagePullPolicy: Always, or name the image by its digest",
  controls: controls({ "cis-kubernetes-1.12": ["1.2.11"], attack: ["T1525"] }),
  needs: [],
  state: "stable",
  appliesTo: "workload",
  examples: {
    bad: [podOf({}), podOf({ image: "nginx:latest", imagePullPolicy: "Never" })],
    good: [
      podOf({ imagePullPolicy: "Always" }),
      podOf({ image: "nginx" }),
      podOf({ image: `nginx@sha256:${"0".repeat(64)}`, imagePullPolicy: "IfNotPresent" }),
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ platform, containers }) => {
        if (platform !== "kubernetes") return "not-applicable";
        const said = new Said();
        for (const container of containers) {
          const { image, pullPolicy } = container;
          if (image.state !== "known" || isPinned(image.value)) continue;
          said.of(container, pullPolicy, (is) =>
            is === "Always" ? null : `pulls its image ${is}`,
          );
          // Kubernetes' own default: always when nothing else tells which version is meant.
          const tag = tagIn(image.value);
          if (pullPolicy.state === "absent" && tag !== null && tag !== "latest")
            said.lack(
              container,
              `pulls its image ${image.value} only where it is not present`,
              (at) => [{ kind: "set", at: `${at}/imagePullPolicy`, value: "Always" }],
            );
        }
        return said.all;
      },
    },
  ],
};
