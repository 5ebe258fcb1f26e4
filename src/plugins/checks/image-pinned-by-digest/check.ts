import type { Check } from "../../../stages/check/contract.ts";
import { podOf } from "../shared/examples.ts";
import { isPinned } from "../shared/image-name.ts";
import { entryFor } from "../shared/registries.ts";
import { controls, Said } from "../shared/said.ts";

export const imagePinnedByDigest: Check = {
  id: "image-pinned-by-digest",
  title: "an image is named by its digest",
  severity: "low",
  why: "whoever may write to the registry can put another image under a tag, and the next start runs it",
  fix: "append the digest to the image's name: bulwark pin does it",
  controls: controls({ attack: ["T1525"] }),
  needs: [],
  state: "stable",
  appliesTo: "workload",
  examples: {
    bad: [
      podOf({ image: "nginx:1.27" }),
      { format: "compose", document: { services: { app: { image: "nginx:1.27" } } } },
    ],
    good: [
      podOf({ image: `nginx:1.27@sha256:${"0".repeat(64)}` }),
      {
        ...podOf({ image: "registry.example/app:1.27" }),
        settings: { registries: { allowed: null, denied: [], immutable: ["registry.example"] } },
      },
      { format: "engine", document: { Image: `sha256:${"0".repeat(64)}`, HostConfig: {} } },
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ containers }, { registries }) => {
        const said = new Said();
        const immutable = registries?.immutable ?? [];
        for (const container of containers)
          said.of(container, container.image, (image) =>
            isPinned(image) || entryFor(image, immutable) !== null
              ? null
              : `its image ${image} is named by a tag that can be moved`,
          );
        return said.all;
      },
    },
  ],
};
