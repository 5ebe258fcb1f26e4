import type { Check } from "../../../stages/check/contract.ts";
import { pod, podWith } from "../shared/examples.ts";
import { procMountFaults } from "../shared/proc-mount.ts";
import { controls } from "../shared/said.ts";

export const procMountAlwaysDefault: Check = {
  id: "proc-mount-always-default",
  title: "/proc stays masked, in a user namespace too",
  severity: "medium",
  why: "an unmasked /proc gives away facts of the host's kernel that help an attacker to the next step",
  fix: "remove procMount",
  controls: controls({ "pss-restricted": ["/proc Mount Type"] }),
  needs: [],
  state: "stable",
  appliesTo: "workload",
  examples: {
    bad: [
      podWith({ procMount: "Unmasked" }),
      pod({
        hostUsers: false,
        containers: [{ name: "app", image: "app:1", securityContext: { procMount: "Unmasked" } }],
      }),
    ],
    good: [podWith({ procMount: "Default" }), pod({ hostUsers: false })],
  },
  versions: [{ from: 0, run: procMountFaults }],
};
