import type { Check } from "../../../stages/check/contract.ts";
import { dockerHost } from "../shared/host-examples.ts";
import { ofDaemons } from "../shared/host-said.ts";
import { controls } from "../shared/said.ts";

export const daemonLiveRestore: Check = {
  id: "daemon-live-restore",
  title: "containers live on while the Docker daemon restarts",
  severity: "low",
  why: "a security update of the daemon ends every container, and so is put off",
  fix: "set live-restore to true in daemon.json; a node of a swarm cannot have it",
  controls: controls({ "cis-docker-1.6": ["2.15"] }),
  needs: [],
  state: "stable",
  appliesTo: "host",
  examples: {
    bad: [dockerHost({}), dockerHost({ "live-restore": false })],
    good: [dockerHost({ "live-restore": true })],
  },
  versions: [
    {
      from: 0,
      run: ofDaemons((daemon, said) => {
        if (daemon.isInSwarm === true) return;
        const wanted = daemon.isInSwarm === false ? { wanted: true } : {};
        said.option(
          daemon,
          "live-restore",
          (value) => (value === true ? null : "its containers end when it restarts"),
          wanted,
        );
      }),
    },
  ],
};
