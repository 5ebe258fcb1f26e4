// Capabilities that a container has by itself.
import type { ContainerSecurity } from "../../../model/workload.ts";

/** What runtimes give by themselves: containerd, CRI-O and Docker give these at most. */
export const USUAL_CAPABILITIES: readonly string[] = [
  "AUDIT_WRITE",
  "CHOWN",
  "DAC_OVERRIDE",
  "FOWNER",
  "FSETID",
  "KILL",
  "MKNOD",
  "NET_BIND_SERVICE",
  "NET_RAW",
  "SETFCAP",
  "SETGID",
  "SETPCAP",
  "SETUID",
  "SYS_CHROOT",
];

/** Those that are left after what is dropped. Runtimes read names in any case, with and without `CAP_`. */
export function keptCapabilities({ capabilitiesDropped }: ContainerSecurity): readonly string[] {
  const dropped = new Set(
    capabilitiesDropped.flatMap((fact) =>
      fact.state === "known" ? fact.value.toUpperCase().replace(/^CAP_/, "") : [],
    ),
  );
  return dropped.has("ALL") ? [] : USUAL_CAPABILITIES.filter((name) => !dropped.has(name));
}
