import type { ImageBuild } from "../../../model/image-build.ts";
import type { CheckOf } from "../../../stages/check/contract.ts";
import { building } from "../shared/build-examples.ts";
import { BuildSaid, commandsOf } from "../shared/build-said.ts";
import { packagesIn } from "../shared/package-commands.ts";
import { controls } from "../shared/said.ts";

export const noSudo: CheckOf<ImageBuild> = {
  id: "no-sudo",
  title: "no build uses or installs sudo",
  severity: "medium",
  why: "a program whose purpose is to become root is a way to it for whoever breaks in",
  fix: "do what needs root before USER, and use gosu or su-exec where a start script must change the user",
  controls: controls({ attack: ["T1548.003"] }),
  needs: [],
  state: "stable",
  appliesTo: "image",
  examples: {
    bad: [
      building("RUN sudo make install"),
      building("RUN apk add sudo=1.9.15-r0"),
      building("RUN echo 'app ALL=(ALL) NOPASSWD: ALL' | sudo tee /etc/sudoers.d/app"),
    ],
    good: [building("RUN make install"), building("RUN echo sudo is not needed")],
  },
  versions: [
    {
      from: 0,
      run: (build) => {
        const said = new BuildSaid(build);
        for (const { stage, command } of commandsOf(build, said))
          if (command.name === "sudo") said.fault(stage, command.at, "runs a command through sudo");
        for (const { stage, word } of packagesIn(build, said))
          if (/^sudo(?:[=~<>].*)?$/.test(word.value))
            said.fault(stage, word.at, "installs sudo", { value: word.value });
        return said.all;
      },
    },
  ],
};
