// Fields that a process, its parent and its container say alone: they stay until one of these changes. What is not here depends on the
// time, on older ancestors, or on files of the host.
import type { SensorEvent } from "../../../model/event.ts";
import type { LastingFields } from "../contract.ts";

const NAMES = `
proc.name proc.exe proc.exepath proc.args proc.cmdline proc.exeline proc.env proc.cwd
proc.pname proc.pexe proc.pexepath proc.pcmdline
proc.is_exe_writable proc.is_exe_upper_layer proc.is_exe_lower_layer proc.is_exe_from_memfd proc.is_exe_of_host
proc.is_sid_leader proc.is_vpgid_leader proc.is_pgid_leader
thread.cap_permitted thread.cap_inheritable thread.cap_effective
container.id container.full_id container.name container.type container.privileged
container.image container.image.id container.image.repository container.image.tag container.image.digest
k8s.pod.name k8s.ns.name k8s.pod.uid k8s.pod.id
`;

export const LASTING_FIELDS: LastingFields<SensorEvent> = {
  names: new Set(NAMES.trim().split(/\s+/)),
  version: ({ process: { version = 0, parent } }) =>
    parent === null || (parent.version ?? 0) > 0 ? version : 0,
  secondVersion: ({ process: { parent } }) => parent?.version ?? 0,
};
