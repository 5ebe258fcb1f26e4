import type { ImageBuild } from "../../../model/image-build.ts";
import type { CheckOf } from "../../../stages/check/contract.ts";
import { building, image } from "../shared/build-examples.ts";
import { BuildSaid, chainOf, lastOf } from "../shared/build-said.ts";
import { controls } from "../shared/said.ts";

export const imageHasHealthcheck: CheckOf<ImageBuild> = {
  id: "image-has-healthcheck",
  title: "an image says how its health is checked",
  severity: "low",
  why: "an engine cannot tell a container that hangs, or was made to, from one that works",
  fix: "add HEALTHCHECK with a command that fails when the service does; Kubernetes has probes instead",
  controls: controls({ "cis-docker-1.6": ["4.6"] }),
  needs: [],
  state: "stable",
  appliesTo: "image",
  examples: {
    bad: [building(), building("HEALTHCHECK NONE")],
    good: [
      image({ Healthcheck: { Test: ["CMD", "/app", "health"] } }),
      building('HEALTHCHECK CMD ["/app", "health"]'),
    ],
  },
  versions: [
    {
      from: 0,
      run: (build) => {
        const said = new BuildSaid(build);
        const last = lastOf(build, "HEALTHCHECK");
        const [word] = last?.step.words ?? [];
        if (last === null) said.fault(null, chainOf(build)[0]?.at ?? "", "has no HEALTHCHECK");
        else if (word?.value.toUpperCase() === "NONE")
          said.fault(null, last.step.at, "switches its health check off", { value: "NONE" });
        return said.all;
      },
    },
  ],
};
