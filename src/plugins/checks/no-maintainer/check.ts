import type { ImageBuild } from "../../../model/image-build.ts";
import type { CheckOf } from "../../../stages/check/contract.ts";
import { building } from "../shared/build-examples.ts";
import { ofFiles, stepsOf } from "../shared/build-said.ts";

export const noMaintainer: CheckOf<ImageBuild> = {
  id: "no-maintainer",
  title: "who answers for an image stands in a label",
  severity: "negligible",
  why: "MAINTAINER is given up and gets into no label, so whoever finds a flaw does not learn whom to tell",
  fix: "write LABEL org.opencontainers.image.authors instead",
  controls: [],
  needs: [],
  state: "stable",
  appliesTo: "image",
  examples: {
    bad: [building("MAINTAINER somebody@example.org")],
    good: [building("LABEL org.opencontainers.image.authors=somebody@example.org")],
  },
  versions: [
    {
      from: 0,
      run: ofFiles((build, said) => {
        for (const { stage, step } of stepsOf(build, "MAINTAINER"))
          said.fault(stage, step.at, "uses MAINTAINER");
      }),
    },
  ],
};
