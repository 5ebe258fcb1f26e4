import type { Check } from "../../../stages/check/contract.ts";
import { podOf } from "../shared/examples.ts";
import { tagIn } from "../shared/image-name.ts";
import { controls, Said } from "../shared/said.ts";

export const noLatestTag: Check = {
  id: "no-latest-tag",
  title: "an image has a tag, and not latest",
  severity: "medium",
  why: "what latest means changes under running systems, so nobody can tell what was started, or go back to it",
  fix: "write the tag of a release, or better a digest: bulwark pin does it",
  controls: controls({ attack: ["T1525"] }),
  needs: [],
  state: "stable",
  appliesTo: "workload",
  examples: {
    bad: [
      podOf({ image: "registry.example:5000/app" }),
      podOf({ image: "nginx:latest" }),
      { format: "compose", document: { services: { app: { image: "nginx" } } } },
      { format: "engine", document: { Image: "nginx", HostConfig: {} } },
    ],
    good: [
      podOf({ image: "nginx:1.27" }),
      podOf({ image: `nginx:latest@sha256:${"0".repeat(64)}` }),
      { format: "compose", document: { services: { app: { build: "." } } } },
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ containers }) => {
        const said = new Said();
        for (const container of containers)
          said.of(container, container.image, (image) => {
            const tag = tagIn(image);
            if (tag === null) return `its image ${image} has no tag`;
            return tag === "latest"
              ? `its image ${image} is the latest one, whichever that is`
              : null;
          });
        return said.all;
      },
    },
  ],
};
