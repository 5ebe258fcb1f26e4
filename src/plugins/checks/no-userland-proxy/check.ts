import type { Check } from "../../../stages/check/contract.ts";
import { dockerHost } from "../shared/host-examples.ts";
import { ofDaemons } from "../shared/host-said.ts";
import { controls } from "../shared/said.ts";

export const noUserlandProxy: Check = {
  id: "no-userland-proxy",
  title: "published ports are served by the kernel, not by a proxy for each of them",
  severity: "low",
  why: "the proxy is one more program that runs as root and takes what comes from the network, and it hides the addresses of clients",
  fix: "set userland-proxy to false in daemon.json",
  controls: controls({ "cis-docker-1.6": ["2.16"] }),
  needs: [],
  state: "stable",
  appliesTo: "host",
  examples: {
    bad: [dockerHost({}), dockerHost({ "userland-proxy": true })],
    good: [dockerHost({ "userland-proxy": false })],
  },
  versions: [
    {
      from: 0,
      run: ofDaemons((daemon, said) => {
        said.option(
          daemon,
          "userland-proxy",
          (value) =>
            value === false
              ? null
              : `it runs a proxy for each published port${value === null ? ", as by default" : ""}`,
          { wanted: false },
        );
      }),
    },
  ],
};
