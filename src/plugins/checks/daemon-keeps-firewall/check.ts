import type { Check } from "../../../stages/check/contract.ts";
import { dockerHost } from "../shared/host-examples.ts";
import { ofDaemons } from "../shared/host-said.ts";
import { controls } from "../shared/said.ts";

export const daemonKeepsFirewall: Check = {
  id: "daemon-keeps-firewall",
  title: "the Docker daemon writes the firewall rules that its networks need",
  severity: "medium",
  why: "without them networks are not kept apart, and published ports are open past what people wrote by hand",
  fix: "take iptables out of daemon.json, and put your own rules into the chain DOCKER-USER",
  controls: controls({ "cis-docker-1.6": ["2.4"], attack: ["T1046"] }),
  needs: [],
  state: "stable",
  appliesTo: "host",
  examples: {
    bad: [dockerHost({ iptables: false })],
    good: [dockerHost({}), dockerHost({ iptables: true })],
  },
  versions: [
    {
      from: 0,
      run: ofDaemons((daemon, said) => {
        said.option(daemon, "iptables", (value) =>
          value === false ? "it writes no firewall rules (iptables is false)" : null,
        );
      }),
    },
  ],
};
