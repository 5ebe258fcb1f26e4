import type { ImageBuild } from "../../../model/image-build.ts";
import type { CheckOf } from "../../../stages/check/contract.ts";
import { building, dockerfile } from "../shared/build-examples.ts";
import { basesIn } from "../shared/build-said.ts";
import { tagIn } from "../shared/image-name.ts";
import { controls } from "../shared/said.ts";

export const baseImageNotLatest: CheckOf<ImageBuild> = {
  id: "base-image-not-latest",
  title: "a base image has a tag, and not latest",
  severity: "medium",
  why: "the next build may stand on something else, and nobody can tell afterwards on what",
  fix: "write the tag of a release, or better a digest: bulwark pin does it",
  controls: controls({ "cis-docker-1.6": ["4.2"], attack: ["T1525"] }),
  needs: [],
  state: "stable",
  appliesTo: "image",
  examples: {
    bad: [
      dockerfile("FROM debian", "USER 10001"),
      dockerfile("ARG TAG=latest", "FROM registry.example:5000/debian:${TAG}", "USER 10001"),
    ],
    good: [building(), dockerfile("FROM golang:1.23 AS build", "FROM build", "FROM scratch")],
  },
  versions: [
    {
      from: 0,
      run: (build) =>
        basesIn(build, (image) => {
          const tag = tagIn(image);
          if (tag === null) return `builds on ${image}, which has no tag`;
          return tag === "latest" ? `builds on ${image}, whichever that is` : null;
        }),
    },
  ],
};
