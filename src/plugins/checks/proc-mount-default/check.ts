import type { Check } from "../../../stages/check/contract.ts";
import { inVersion, pod, podWith } from "../shared/examples.ts";
import { procMountFaults } from "../shared/proc-mount.ts";
import { controls } from "../shared/said.ts";

export const procMountDefault: Check = {
  id: "proc-mount-default",
  title: "/proc stays masked, but in a user namespace",
  severity: "high",
  why: "an unmasked /proc shows and changes settings of the host's kernel",
  fix: "remove procMount, or run the pod in a user namespace with hostUsers: false",
  controls: controls({ "pss-baseline": ["/proc Mount Type"], attack: ["T1611"] }),
  needs: [],
  state: "stable",
  appliesTo: "workload",
  examples: {
    bad: [
      podWith({ procMount: "Unmasked" }),
      inVersion(
        34,
        pod({
          hostUsers: false,
          containers: [{ name: "app", image: "app:1", securityContext: { procMount: "Unmasked" } }],
        }),
      ),
      {
        format: "compose",
        document: { services: { app: { image: "app", security_opt: ["systempaths=unconfined"] } } },
      },
    ],
    good: [
      podWith({ procMount: "Default" }),
      pod({
        hostUsers: false,
        containers: [{ name: "app", image: "app:1", securityContext: { procMount: "Unmasked" } }],
      }),
    ],
  },
  versions: [
    { from: 0, run: procMountFaults },
    {
      from: 35,
      run: (workload) => {
        const { users } = workload.host;
        return users.state === "known" && !users.value ? [] : procMountFaults(workload);
      },
    },
  ],
};
