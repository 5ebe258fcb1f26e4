import type { ImageBuild } from "../../../model/image-build.ts";
import type { CheckOf } from "../../../stages/check/contract.ts";
import { building, dockerfile } from "../shared/build-examples.ts";
import { basesIn } from "../shared/build-said.ts";
import { isPinned } from "../shared/image-name.ts";
import { controls } from "../shared/said.ts";

export const baseImagePinned: CheckOf<ImageBuild> = {
  id: "base-image-pinned",
  title: "a base image is named by its digest",
  severity: "low",
  why: "whoever may write to its registry can put another image under the tag, and the next build stands on it",
  fix: "append the digest to the image's name: bulwark pin does it",
  controls: controls({ "cis-docker-1.6": ["4.2"], attack: ["T1195.002"] }),
  needs: [],
  state: "stable",
  appliesTo: "image",
  examples: {
    bad: [dockerfile("FROM debian:12.5", "USER 10001")],
    good: [building(), dockerfile("FROM scratch", "COPY app /", "USER 10001")],
  },
  versions: [
    {
      from: 0,
      run: (build) =>
        basesIn(build, (image) =>
          isPinned(image) ? null : `builds on ${image}, a tag that can be moved`,
        ),
    },
  ],
};
