import type { ImageBuild } from "../../../model/image-build.ts";
import type { CheckOf } from "../../../stages/check/contract.ts";
import { building, dockerfile } from "../shared/build-examples.ts";
import { basesIn } from "../shared/build-said.ts";
import { controls } from "../shared/said.ts";

export const baseImageKnown: CheckOf<ImageBuild> = {
  id: "base-image-known",
  title: "a base image comes from a publisher that is known",
  severity: "low",
  why: "anybody can publish under a name that sounds right, and what a base brings runs with everything that the image may do",
  fix: "build on an official image or on one of your own, and write an exception for your own registry",
  controls: controls({ "cis-docker-1.6": ["4.2"], attack: ["T1195.002", "T1204.003"] }),
  aspects: { registry: { severity: "negligible" } },
  needs: [],
  state: "trial",
  appliesTo: "image",
  examples: {
    bad: [
      dockerfile("FROM somebody/python:3.12", "USER 10001"),
      dockerfile("FROM registry.example/base/python:3.12", "USER 10001"),
    ],
    good: [
      building(),
      dockerfile("FROM docker.io/library/python:3.12", "USER 10001"),
      dockerfile("FROM gcr.io/distroless/static:nonroot", "USER 10001"),
    ],
  },
  versions: [
    {
      from: 0,
      run: (build) =>
        basesIn(build, (image) => {
          const { host, path } = partsOf(image);
          if (host === "docker.io")
            return /^(?:library\/)?[^/]+$/.test(path) || PUBLISHERS.has(path.split("/", 1)[0] ?? "")
              ? null
              : `builds on ${image}, which is no official image of Docker Hub`;
          if (KNOWN.some((known) => `${host}/${path}`.startsWith(known))) return null;
          const state = `builds on ${image}, of a registry that is not known here`;
          return { state, aspect: "registry" };
        }),
    },
  ],
};

/** Registries, or parts of them, in which one publisher alone can put images. */
const KNOWN: readonly string[] = [
  "mcr.microsoft.com/",
  "gcr.io/distroless/",
  "registry.k8s.io/",
  "registry.access.redhat.com/",
  "registry.redhat.io/",
  "registry.suse.com/",
  "registry.fedoraproject.org/",
  "container-registry.oracle.com/",
  "public.ecr.aws/docker/library/",
  "public.ecr.aws/amazonlinux/",
  "public.ecr.aws/lambda/",
  "cgr.dev/chainguard/",
  "nvcr.io/nvidia/",
  "docker.elastic.co/",
];

/** Names on Docker Hub that belong to makers of distributions and languages. */
const PUBLISHERS: ReadonlySet<string> = new Set([
  "amazon",
  "docker",
  "moby",
  "tonistiigi",
  "nvidia",
  "redhat",
  "opensuse",
]);

function partsOf(image: string): { host: string; path: string } {
  const name = (image.split("@", 1)[0] ?? "").replace(/:[^/:]*$/, "");
  const slash = name.indexOf("/");
  const first = name.slice(0, Math.max(slash, 0));
  const isHost = /[.:]/.test(first) || first === "localhost";
  return isHost ? { host: first, path: name.slice(slash + 1) } : { host: "docker.io", path: name };
}
