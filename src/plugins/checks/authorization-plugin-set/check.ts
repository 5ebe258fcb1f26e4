import type { Check } from "../../../stages/check/contract.ts";
import { dockerHost } from "../shared/host-examples.ts";
import { ofDaemons } from "../shared/host-said.ts";
import { controls } from "../shared/said.ts";

export const authorizationPluginSet: Check = {
  id: "authorization-plugin-set",
  title: "a plugin decides which commands the Docker daemon obeys",
  severity: "low",
  why: "whoever reaches the daemon may do everything with it, and there is no other way to allow a part",
  fix: "add a plugin to authorization-plugins; bulwark admit docker is one",
  controls: controls({ "cis-docker-1.6": ["2.12"] }),
  needs: [],
  state: "stable",
  appliesTo: "host",
  examples: {
    bad: [dockerHost({}), dockerHost({ "authorization-plugins": [] })],
    good: [dockerHost({ "authorization-plugins": ["bulwark"] })],
  },
  versions: [
    {
      from: 0,
      run: ofDaemons((daemon, said) => {
        said.option(daemon, "authorization-plugins", (value) =>
          Array.isArray(value) && value.length > 0
            ? null
            : "no plugin decides which commands it obeys",
        );
      }),
    },
  ],
};
