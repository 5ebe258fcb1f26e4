import type { Check } from "../../../stages/check/contract.ts";
import { dockerHost } from "../shared/host-examples.ts";
import { ofDaemons } from "../shared/host-said.ts";
import { controls } from "../shared/said.ts";

export const defaultUlimitsSet: Check = {
  id: "default-ulimits-set",
  title: "the Docker daemon sets limits for the processes of containers",
  severity: "low",
  why: "one container can use up the open files and processes of the host",
  fix: "set default-ulimits in daemon.json, for nofile and nproc at least",
  controls: controls({ "cis-docker-1.6": ["2.8"], attack: ["T1499"] }),
  needs: [],
  state: "stable",
  appliesTo: "host",
  examples: {
    bad: [dockerHost({}), dockerHost({ "default-ulimits": {} })],
    good: [
      dockerHost({ "default-ulimits": { nofile: { Name: "nofile", Soft: 64000, Hard: 64000 } } }),
      dockerHost({}, { args: ["--default-ulimit", "nofile=64000:64000"] }),
    ],
  },
  versions: [
    {
      from: 0,
      run: ofDaemons((daemon, said) => {
        said.option(daemon, "default-ulimits", (value) =>
          typeof value === "object" && value !== null && Object.keys(value).length > 0
            ? null
            : "it sets no limits for the processes of containers",
        );
      }),
    },
  ],
};
