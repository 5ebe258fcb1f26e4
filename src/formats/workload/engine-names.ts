// The names of members as engines understand them: in any case.
import { unknown } from "../../kit/fact.ts";
import type { Gaps, Place } from "./facts.ts";

/** The names of all members that are asked for. */
const NAMES: ReadonlyMap<string, string> = new Map(
  [
    // Containers.
    ...["Config", "Env", "HostConfig", "Image", "Mounts", "Name", "User"],
    ...["Binds", "CapAdd", "CapDrop", "DeviceCgroupRules", "Devices", "IpcMode", "MaskedPaths"],
    ...["NetworkMode", "PidMode", "Privileged", "ReadonlyPaths", "SecurityOpt", "Sysctls"],
    ...["UsernsMode", "VolumesFrom"],
    ...["DriverConfig", "Options", "PathOnHost", "Source", "Type", "VolumeOptions"],
    ...["ReadonlyRootfs", "Memory", "NanoCpus", "CpuQuota", "CpuShares", "PidsLimit", "UTSMode"],
    ...["PortBindings", "HostIp", "HostPort", "ReadOnly", "RW", "Propagation", "BindOptions"],
    // Services.
    ...["Resources", "Limits", "MemoryBytes", "NanoCPUs", "Pids"],
    ...["AppArmor", "CapabilityAdd", "CapabilityDrop", "ContainerSpec", "Disable", "Level", "Mode"],
    ...["Networks", "NoNewPrivileges", "PluginSpec", "Privileges", "Remote", "Role", "Runtime"],
    ...["SELinuxContext", "Seccomp", "Spec", "Target", "TaskTemplate"],
    // Volumes and plugins.
    ...["Driver", "DriverOpts", "Value"],
  ].map((name) => [folded(name), name]),
);

/**
 * Engines take the names of members in any case, as Go's reader of JSON does, so that `hostconfig` is as good as `HostConfig`.
 * A member that stands twice in different cases is a gap: engines join the two.
 */
export function spelt({ value, at }: Place, gaps: Gaps): Place {
  if (value === null) return { value, at };
  const named: Record<string, unknown> = Object.create(null);
  for (const key of Object.keys(value)) {
    const name = NAMES.get(folded(key)) ?? key;
    if (name in named) gaps.push(unknown(at, `${name} stands twice`));
    named[name] = value[key];
  }
  return { value: named, at };
}

/** Two letters beyond ASCII fold to ASCII ones: the Kelvin sign and the long s. */
function folded(name: string): string {
  return name.toUpperCase().toLowerCase();
}
