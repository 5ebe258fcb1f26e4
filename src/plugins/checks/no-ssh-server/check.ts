import type { ImageBuild } from "../../../model/image-build.ts";
import type { CheckOf } from "../../../stages/check/contract.ts";
import { building } from "../shared/build-examples.ts";
import { BuildSaid, knownWords, stepsOf } from "../shared/build-said.ts";
import { packagesIn } from "../shared/package-commands.ts";
import { controls } from "../shared/said.ts";

export const noSshServer: CheckOf<ImageBuild> = {
  id: "no-ssh-server",
  title: "no SSH server runs in a container",
  severity: "high",
  why: "it is a second way in with accounts and keys of its own, past the platform's rights and its log",
  fix: "remove the server and EXPOSE 22: docker exec and kubectl exec get people in",
  controls: controls({ "cis-docker-1.6": ["5.7"], attack: ["T1021.004"] }),
  needs: [],
  state: "stable",
  appliesTo: "image",
  examples: {
    bad: [
      building("EXPOSE 80 22"),
      building("EXPOSE 20-25/tcp"),
      building("RUN apt-get install -y openssh-server=1:9.2p1-2"),
    ],
    good: [building("EXPOSE 8080"), building("EXPOSE 22/udp")],
  },
  versions: [{ from: 0, run }],
};

const SERVERS = /^(?:openssh(?:-server)?|dropbear)(?:[=~<>].*)?$/;

function run(build: ImageBuild): BuildSaid["all"] {
  const said = new BuildSaid(build);
  for (const placed of stepsOf(build, "EXPOSE"))
    for (const { value, at } of knownWords(placed, said))
      if (isForSsh(value))
        said.fault(placed.stage, at, `exposes port ${value}, that of SSH`, { value });
  for (const { stage, word } of packagesIn(build, said))
    if (SERVERS.test(word.value)) {
      const { value, at } = word;
      said.fault(stage, at, `installs ${value}, an SSH server`, { value });
    }
  return said.all;
}

function isForSsh(port: string): boolean {
  const [, first, last = first] = /^(\d+)(?:-(\d+))?(?:\/tcp)?$/i.exec(port) ?? [];
  return first !== undefined && Number(first) <= 22 && Number(last) >= 22;
}
