import type { Check, CheckRun } from "../../../stages/check/contract.ts";
import { podWith } from "../shared/examples.ts";
import { controls, Said } from "../shared/said.ts";

export const seLinuxUsual: Check = {
  id: "se-linux-usual",
  title: "SELinux types are those of containers",
  severity: "medium",
  why: "another type, user or role can lift the wall between a container and its host's files",
  fix: "remove seLinuxOptions, or use a container type without user and role",
  controls: controls({ "pss-baseline": ["SELinux"], "cis-docker-1.6": ["5.3"] }),
  needs: [],
  state: "stable",
  appliesTo: "workload",
  examples: {
    bad: [
      podWith({ seLinuxOptions: { type: "spc_t" } }),
      podWith({ seLinuxOptions: { user: "system_u" } }),
      podWith({ seLinuxOptions: { role: "sysadm_r" } }),
      {
        format: "compose",
        document: { services: { app: { image: "app", security_opt: ["label:disable"] } } },
      },
    ],
    good: [
      podWith({ seLinuxOptions: { type: "container_t", level: "s0:c1,c2" } }),
      podWith({ seLinuxOptions: {} }),
    ],
  },
  versions: [
    { from: 0, run: withTypes(["container_t", "container_init_t", "container_kvm_t"]) },
    {
      from: 31,
      run: withTypes(["container_t", "container_init_t", "container_kvm_t", "container_engine_t"]),
    },
  ],
};

function withTypes(types: readonly string[]): CheckRun {
  const isAllowed = (type: string): boolean => type === "" || types.includes(type);
  return ({ security, containers }) => {
    const said = new Said();
    for (const container of [null, ...containers]) {
      const { type, user, role } = (container ?? { security }).security.seLinux;
      said.of(container, type, (is) => (isAllowed(is) ? null : `has the SELinux type ${is}`));
      said.of(container, user, (is) => (is === "" ? null : `has the SELinux user ${is}`));
      said.of(container, role, (is) => (is === "" ? null : `has the SELinux role ${is}`));
    }
    return said.all;
  };
}
