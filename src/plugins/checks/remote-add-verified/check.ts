import type { ImageBuild } from "../../../model/image-build.ts";
import type { CheckOf } from "../../../stages/check/contract.ts";
import { building } from "../shared/build-examples.ts";
import { ofFiles, stepsOf } from "../shared/build-said.ts";
import { isRemote } from "../shared/remote-source.ts";
import { controls } from "../shared/said.ts";

export const remoteAddVerified: CheckOf<ImageBuild> = {
  id: "remote-add-verified",
  title: "what ADD fetches is named by its content",
  severity: "medium",
  why: "whoever controls the server, or the way to it, decides what the next build puts into the image",
  fix: "give ADD --checksum=sha256:…, or a repository of git its commit behind #",
  controls: controls({ "cis-docker-1.6": ["4.9"], attack: ["T1195.002"] }),
  needs: [],
  state: "stable",
  appliesTo: "image",
  examples: {
    bad: [
      building("ADD https://example.org/tool /usr/bin/tool"),
      building("ADD https://git.example/app.git#main /src"),
    ],
    good: [
      building(`ADD --checksum=sha256:${"0".repeat(64)} https://example.org/tool /usr/bin/tool`),
      building(`ADD git@git.example:app.git#${"0".repeat(40)} /src`),
      building("ADD rootfs.tar /"),
    ],
  },
  versions: [
    {
      from: 0,
      run: ofFiles((build, said) => {
        for (const { stage, step } of stepsOf(build, "ADD")) {
          if (step.flags.some(({ name, value }) => name === "checksum" && value !== null)) continue;
          for (const { value, at } of step.words.slice(0, -1))
            if (isRemote(value) && !/#[0-9a-f]{40}(?:[0-9a-f]{24})?(?::|$)/.test(value))
              said.fault(stage, at, `adds ${value}, whatever that is by then`, { value });
        }
      }),
    },
  ],
};
