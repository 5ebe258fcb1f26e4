import type { ImageBuild } from "../../../model/image-build.ts";
import type { CheckOf } from "../../../stages/check/contract.ts";
import { building } from "../shared/build-examples.ts";
import { modesIn } from "../shared/file-modes.ts";
import { controls } from "../shared/said.ts";

export const noSetuidAdded: CheckOf<ImageBuild> = {
  id: "no-setuid-added",
  title: "no build makes a program setuid or setgid",
  severity: "medium",
  why: "whoever runs such a program has its owner's rights, and one hole in it gives them away",
  fix: "leave the bit away and run the program as the user that needs it",
  controls: controls({ "cis-docker-1.6": ["4.8"], attack: ["T1548.001"] }),
  needs: [],
  state: "stable",
  appliesTo: "image",
  examples: {
    bad: [
      building("RUN chmod u+s /usr/bin/tool"),
      building("RUN chmod 4755 /usr/bin/tool"),
      building("COPY --chmod=4755 tool /usr/bin/"),
    ],
    good: [
      building("RUN chmod 0755 /usr/bin/tool"),
      building("RUN find / -perm /6000 -type f -exec chmod a-s {} +"),
    ],
  },
  versions: [
    {
      from: 0,
      run: (build) =>
        modesIn(build, ({ sets }) =>
          (sets & 0o6000) === 0 ? null : "makes files setuid or setgid",
        ),
    },
  ],
};
