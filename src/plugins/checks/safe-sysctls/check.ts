import type { Check, CheckRun } from "../../../stages/check/contract.ts";
import { inVersion, pod } from "../shared/examples.ts";
import { controls, Said } from "../shared/said.ts";

/** The sysctls that are safe, by the minor version of Kubernetes from which on they are. */
const SAFE_SINCE: ReadonlyMap<string, number> = new Map([
  ["kernel.shm_rmid_forced", 0],
  ["net.ipv4.ip_local_port_range", 0],
  ["net.ipv4.ip_unprivileged_port_start", 0],
  ["net.ipv4.ping_group_range", 0],
  ["net.ipv4.tcp_syncookies", 0],
  ["net.ipv4.ip_local_reserved_ports", 27],
  ["net.ipv4.tcp_fin_timeout", 29],
  ["net.ipv4.tcp_keepalive_intvl", 29],
  ["net.ipv4.tcp_keepalive_probes", 29],
  ["net.ipv4.tcp_keepalive_time", 29],
  ["net.ipv4.tcp_rmem", 32],
  ["net.ipv4.tcp_wmem", 32],
]);

export const safeSysctls: Check = {
  id: "safe-sysctls",
  title: "only sysctls are set that concern nobody else",
  severity: "medium",
  why: "a sysctl that is not of the pod's own namespace changes the kernel for everybody on the host",
  fix: "remove the sysctl, or set it on the hosts that are meant for this workload",
  controls: controls({ "pss-baseline": ["Sysctls"] }),
  needs: [],
  state: "stable",
  appliesTo: "workload",
  examples: {
    bad: [
      pod({ securityContext: { sysctls: [{ name: "kernel.msgmax", value: "65536" }] } }),
      inVersion(
        31,
        pod({
          securityContext: {
            sysctls: [{ name: "net.ipv4.tcp_rmem", value: "4096 87380 16777216" }],
          },
        }),
      ),
      {
        format: "compose",
        document: { services: { app: { image: "app", sysctls: ["kernel.shmmax=1"] } } },
      },
    ],
    good: [
      pod({
        securityContext: { sysctls: [{ name: "net.ipv4.ip_unprivileged_port_start", value: "0" }] },
      }),
      pod({
        securityContext: { sysctls: [{ name: "net.ipv4.tcp_rmem", value: "4096 87380 16777216" }] },
      }),
    ],
  },
  versions: [
    { from: 0, run: allowing(0) },
    { from: 27, run: allowing(27) },
    { from: 29, run: allowing(29) },
    { from: 32, run: allowing(32) },
  ],
};

function allowing(version: number): CheckRun {
  return ({ sysctls }) => {
    const said = new Said();
    for (const sysctl of sysctls)
      said.of(null, sysctl, (name) =>
        (SAFE_SINCE.get(name) ?? Infinity) <= version ? null : `sets the sysctl ${name}`,
      );
    return said.all;
  };
}
