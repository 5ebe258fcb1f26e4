import type { Check } from "../../../stages/check/contract.ts";
import { dockerHost } from "../shared/host-examples.ts";
import { ofDaemons } from "../shared/host-said.ts";
import { controls } from "../shared/said.ts";

export const daemonNoNewPrivileges: Check = {
  id: "daemon-no-new-privileges",
  title: "containers get no new privileges by default",
  severity: "medium",
  why: "a setuid program in an image makes root of any user in the container, unless each container forbids it by itself",
  fix: "set no-new-privileges to true in daemon.json",
  controls: controls({ "cis-docker-1.6": ["2.14"], attack: ["T1548.001"] }),
  needs: [],
  state: "stable",
  appliesTo: "host",
  examples: {
    bad: [dockerHost({}), dockerHost({ "no-new-privileges": false })],
    good: [dockerHost({ "no-new-privileges": true })],
  },
  versions: [
    {
      from: 0,
      run: ofDaemons((daemon, said) => {
        said.option(
          daemon,
          "no-new-privileges",
          (value) =>
            value === true
              ? null
              : "its containers may get new privileges unless each says otherwise",
          { wanted: true },
        );
      }),
    },
  ],
};
