import type { ImageBuild } from "../../../model/image-build.ts";
import type { CheckOf } from "../../../stages/check/contract.ts";
import { building, image } from "../shared/build-examples.ts";
import { BuildSaid, commandsOf } from "../shared/build-said.ts";
import { runnerOfFetched } from "../shared/piped-scripts.ts";
import { controls } from "../shared/said.ts";

export const noPipedScripts: CheckOf<ImageBuild> = {
  id: "no-piped-scripts",
  title: "no build runs what it fetches unseen",
  severity: "high",
  why: "whoever controls the server, or takes over its name, runs code in the next build, and another one than a reviewer saw",
  fix: "fetch a release into a file, compare its checksum, then run it",
  controls: controls({ attack: ["T1195.002"] }),
  needs: [],
  state: "stable",
  appliesTo: "image",
  examples: {
    bad: [
      image({}, "/bin/sh -c curl -fsSL https://example.org/install.sh | sh"),
      building("RUN curl -fsSL https://example.org/install.sh | sh"),
      building("RUN wget -qO- https://example.org/get.py | sudo python3 - --yes"),
      building('RUN bash -c "$(curl -fsSL https://example.org/install.sh)"'),
      building("RUN bash <(curl -s https://example.org/install.sh)"),
      building("RUN curl https://example.org/install.sh | tee install.log | bash -s -- -y"),
    ],
    good: [
      image({ User: "1" }, "/bin/sh -c #(nop) ADD file:0 in / ", "RUN /bin/sh -c make # buildkit"),
      building("RUN curl -fsSL https://example.org/a.tgz | tar -xz"),
      building(
        "RUN curl -o get.sh https://example.org/get.sh && echo '0a  get.sh' | sha256sum -c && sh get.sh",
      ),
      building("RUN VERSION=$(curl -s https://example.org/version) make"),
    ],
  },
  versions: [{ from: 0, run }],
};

function run(build: ImageBuild): BuildSaid["all"] {
  const said = new BuildSaid(build);
  for (const { stage, command, all } of commandsOf(build, said)) {
    const runner = runnerOfFetched(command, all);
    if (runner !== null)
      said.fault(stage, command.at, `runs what ${command.name} fetches, by ${runner}`);
  }
  return said.all;
}
