// Settings that are compared one by one, with what holds where nobody says anything.
import type { Fact } from "../../../kit/fact.ts";
import type { Container, Workload } from "../../../model/workload.ts";

export interface Setting<T> {
  readonly what: string;
  readonly of: (one: T) => Fact<string | number | boolean>;
  /** What holds where nothing is written. */
  readonly default: string;
}

export const WORKLOAD_SETTINGS: readonly Setting<Workload>[] = [
  { what: "use of the host's network", of: ({ host }) => host.network, default: "false" },
  { what: "use of the host's processes", of: ({ host }) => host.pid, default: "false" },
  { what: "use of the host's IPC", of: ({ host }) => host.ipc, default: "false" },
  { what: "use of the host's names", of: ({ host }) => host.uts, default: "false" },
  { what: "use of the host's users", of: ({ host }) => host.users, default: "true" },
];

export const CONTAINER_SETTINGS: readonly Setting<Container>[] = [
  { what: "privileged", of: ({ security }) => security.privileged, default: "false" },
  {
    what: "privilege escalation",
    of: ({ security }) => security.allowPrivilegeEscalation,
    default: "true",
  },
  { what: "read-only root", of: ({ security }) => security.readOnlyRoot, default: "false" },
  { what: "seccomp profile", of: ({ security }) => security.seccomp, default: "the default" },
  { what: "AppArmor profile", of: ({ security }) => security.appArmor, default: "the default" },
  { what: "/proc", of: ({ security }) => security.procMount, default: "Default" },
];
