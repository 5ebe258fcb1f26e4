import { optionOf } from "../../../model/host.ts";
import type { Check } from "../../../stages/check/contract.ts";
import { dockerHost } from "../shared/host-examples.ts";
import { ofDaemons } from "../shared/host-said.ts";
import { controls } from "../shared/said.ts";

export const bridgeIsolated: Check = {
  id: "bridge-isolated",
  title: "containers on the default bridge cannot reach each other",
  severity: "medium",
  why: "one container that is taken scans and attacks all others of the bridge, though nobody has connected them",
  fix: "set icc to false in daemon.json, and put containers that talk to each other into a network of their own",
  controls: controls({ "cis-docker-1.6": ["2.2"], attack: ["T1046"] }),
  needs: [],
  state: "stable",
  appliesTo: "host",
  examples: {
    bad: [dockerHost({}), dockerHost({ icc: true })],
    good: [dockerHost({ icc: false }), dockerHost({}, { args: ["--icc=false"] })],
  },
  versions: [
    {
      from: 0,
      run: ofDaemons((daemon, said) => {
        const bridge = optionOf(daemon, "bridge");
        if (bridge.state === "known" && bridge.value === "none") return;
        said.option(
          daemon,
          "icc",
          (value) =>
            value === false
              ? null
              : `containers on the default bridge reach each other${value === null ? ", as by default" : ""}`,
          { wanted: false },
        );
      }),
    },
  ],
};
