import type { ImageBuild } from "../../../model/image-build.ts";
import type { CheckOf } from "../../../stages/check/contract.ts";
import { building } from "../shared/build-examples.ts";
import { BuildSaid, stepsOf } from "../shared/build-said.ts";
import { packagesIn } from "../shared/package-commands.ts";
import { controls } from "../shared/said.ts";

export const noDockerInside: CheckOf<ImageBuild> = {
  id: "no-docker-inside",
  title: "no engine and no way to one is built into an image",
  severity: "high",
  why: "an image that brings Docker wants the host's socket or privileges, and either is root on the host",
  fix: "build images with a builder that needs neither, such as rootless BuildKit, and talk to platforms by their API",
  controls: controls({ "cis-docker-1.6": ["5.32"], attack: ["T1611"] }),
  needs: [],
  state: "stable",
  appliesTo: "image",
  examples: {
    bad: [
      building("VOLUME /var/run/docker.sock"),
      building("RUN apt-get install -y docker.io=20.10.24"),
      building(
        "RUN --mount=type=bind,source=/var/run/docker.sock,target=/var/run/docker.sock make",
      ),
    ],
    good: [building("VOLUME /var/lib/app"), building("RUN apk add docker-credential-helper=1.0")],
  },
  versions: [{ from: 0, run }],
};

const SOCKET = /(?:docker|containerd|podman|crio)\.sock\b/;
const PACKAGES =
  /^(?:docker(?:\.io|-ce|-ce-cli|-cli|-engine)?|containerd(?:\.io)?|podman|moby-engine|moby-cli)(?:[=~<>].*)?$/;

function run(build: ImageBuild): BuildSaid["all"] {
  const said = new BuildSaid(build);
  for (const { stage, step } of stepsOf(build, "VOLUME", "ENV", "RUN")) {
    // What RUN does with a socket inside is its own.
    const words = step.keyword === "RUN" ? step.flags : step.words;
    for (const { value, at } of words)
      if (value !== null && SOCKET.test(value))
        said.fault(stage, at, `leads to an engine's socket in its ${step.keyword}`, { value });
  }
  for (const { stage, word } of packagesIn(build, said))
    if (PACKAGES.test(word.value)) {
      const { value, at } = word;
      said.fault(stage, at, `installs ${value}, an engine or its client`, { value });
    }
  return said.all;
}
