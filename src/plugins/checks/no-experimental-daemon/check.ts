import type { Check } from "../../../stages/check/contract.ts";
import { dockerHost } from "../shared/host-examples.ts";
import { ofDaemons } from "../shared/host-said.ts";
import { controls } from "../shared/said.ts";

export const noExperimentalDaemon: Check = {
  id: "no-experimental-daemon",
  title: "the Docker daemon runs no experimental features",
  severity: "low",
  why: "what is experimental is not looked at as the rest is, and may change or leak",
  fix: "take experimental out of daemon.json",
  controls: controls({ "cis-docker-1.6": ["2.18"] }),
  needs: [],
  state: "stable",
  appliesTo: "host",
  examples: {
    bad: [dockerHost({ experimental: true })],
    good: [dockerHost({}), dockerHost({ experimental: false })],
  },
  versions: [
    {
      from: 0,
      run: ofDaemons((daemon, said) => {
        said.option(
          daemon,
          "experimental",
          (value) => (value === true ? "its experimental features are on" : null),
          { wanted: false },
        );
      }),
    },
  ],
};
