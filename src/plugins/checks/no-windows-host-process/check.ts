import type { Check } from "../../../stages/check/contract.ts";
import { podWith } from "../shared/examples.ts";
import { controls, Said } from "../shared/said.ts";

export const noWindowsHostProcess: Check = {
  id: "no-windows-host-process",
  title: "no container is a process of a Windows host",
  severity: "high",
  why: "a HostProcess container is not contained at all: it has the host's files, network and accounts",
  fix: "remove windowsOptions.hostProcess",
  controls: controls({ "pss-baseline": ["HostProcess"], "cis-kubernetes-1.12": ["5.2.10"] }),
  needs: [],
  state: "stable",
  appliesTo: "workload",
  examples: {
    bad: [podWith({ windowsOptions: { hostProcess: true } })],
    good: [podWith({ windowsOptions: { hostProcess: false } }), podWith({ windowsOptions: {} })],
  },
  versions: [
    {
      from: 0,
      run: ({ security, containers, platform }) => {
        if (platform !== "kubernetes") return "not-applicable";
        const said = new Said();
        said.of(null, security.hostProcess, unlessContained);
        for (const container of containers)
          said.of(container, container.security.hostProcess, unlessContained);
        return said.all;
      },
    },
  ],
};

function unlessContained(is: boolean): string | null {
  return is ? "is a process of the host (hostProcess)" : null;
}
