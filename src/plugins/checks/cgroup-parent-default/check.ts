import { wordOf } from "../../../formats/host/option-texts.ts";
import type { Check } from "../../../stages/check/contract.ts";
import { dockerHost } from "../shared/host-examples.ts";
import { ofDaemons } from "../shared/host-said.ts";
import { controls } from "../shared/said.ts";

export const cgroupParentDefault: Check = {
  id: "cgroup-parent-default",
  title: "containers are in the control group that the Docker daemon makes for them",
  severity: "low",
  why: "limits that are set for the usual group do not hold for one of another name",
  fix: "take cgroup-parent out of daemon.json, unless the group is limited as well",
  controls: controls({ "cis-docker-1.6": ["2.10"] }),
  needs: [],
  state: "stable",
  appliesTo: "host",
  examples: {
    bad: [dockerHost({ "cgroup-parent": "/elsewhere" })],
    good: [dockerHost({})],
  },
  versions: [
    {
      from: 0,
      run: ofDaemons((daemon, said) => {
        said.option(daemon, "cgroup-parent", (value) =>
          value === null || value === ""
            ? null
            : `its containers are in the control group ${wordOf(value)}`,
        );
      }),
    },
  ],
};
