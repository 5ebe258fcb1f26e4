// What a container may do to the host on which it runs. Only what is written counts: what is not known is no way, and is told.
// @see https://kubehound.io/reference/attacks/, the CE_ and EXPLOIT_ entries, and capabilities(7)
import type { Fact } from "../../kit/fact.ts";
import { cleanPath, isWithin, reaches } from "../../kit/host-path.ts";
import type { Edit } from "../../model/edit.ts";
import type { Container, Pointer, Volume, Workload } from "../../model/workload.ts";
import type { EdgeType } from "./edge-types.data.ts";

/** A way out of a container. */
export interface Escape {
  readonly type: EdgeType;
  /** The setting that opens it. */
  readonly at: Pointer;
  readonly fix: string;
  readonly edits: readonly Edit[];
  readonly supposed: string;
}

const isTrue = (fact: Fact<boolean>): boolean => fact.state === "known" && fact.value;

/** The ways out of a container onto its host. */
export function escapesOf(workload: Workload, container: Container): Escape[] {
  // In users of its own, root of the container is nobody on the host.
  const { users } = workload.host;
  if (users.state === "known" && !users.value) return [];
  const { privileged } = container.security;
  if (privileged.state === "known" && privileged.value) {
    const fix = `set privileged: false in container ${container.name}`;
    const types = isTrue(workload.host.pid) ? [...PRIVILEGED, "CE_NSENTER" as const] : PRIVILEGED;
    const edits: readonly Edit[] = [{ kind: "set", at: privileged.at, value: false }];
    return types.map((type) => ({ type, at: privileged.at, fix, edits, supposed: "" }));
  }
  return byCapabilities(workload, container);
}

const PRIVILEGED: readonly EdgeType[] = ["CE_PRIV_MOUNT", "CE_MODULE_LOAD"];

interface CapabilityWay {
  readonly type: EdgeType;
  readonly capability: string;
  /** Only together with the processes of the host. */
  readonly needsProcesses: boolean;
  /** Whether AppArmor, where the host has it, stands in the way. */
  readonly isConfined: boolean;
}

const CAPABILITY_WAYS: readonly CapabilityWay[] = [
  { type: "CE_MODULE_LOAD", capability: "SYS_MODULE", needsProcesses: false, isConfined: false },
  { type: "CE_SYS_PTRACE", capability: "SYS_PTRACE", needsProcesses: true, isConfined: true },
  { type: "CE_SYS_ADMIN", capability: "SYS_ADMIN", needsProcesses: false, isConfined: true },
  { type: "CE_RAW_ACCESS", capability: "SYS_RAWIO", needsProcesses: false, isConfined: false },
  {
    type: "CE_RAW_ACCESS",
    capability: "DAC_READ_SEARCH",
    needsProcesses: false,
    isConfined: false,
  },
];

const CONFINED = "the host's AppArmor does not confine it";

function byCapabilities(workload: Workload, container: Container): Escape[] {
  if (container.security.capabilitiesAdded.length === 0) return [];
  const added = new Map<string, Pointer>();
  for (const one of container.security.capabilitiesAdded)
    if (one.state === "known") added.set(one.value, one.at);
  const isFree = isUnconfined(workload, container);
  return CAPABILITY_WAYS.flatMap(({ type, capability, needsProcesses, isConfined }): Escape[] => {
    const at = added.get(capability) ?? added.get("ALL");
    if (at === undefined || (needsProcesses && !isTrue(workload.host.pid))) return [];
    const fix = `take the capability ${capability} from container ${container.name}`;
    const edits: readonly Edit[] = [{ kind: "remove", at }];
    return [{ type, at, fix, edits, supposed: isConfined && !isFree ? CONFINED : "" }];
  });
}

function isUnconfined(
  { security: pod, annotations }: Workload,
  { name, security }: Container,
): boolean {
  const own = security.appArmor.state === "absent" ? pod.appArmor : security.appArmor;
  const old = annotations.appArmor.find((one) => one.container === name)?.value;
  return [own, old].some((fact) => fact?.state === "known" && /unconfined/i.test(fact.value));
}

/** What a folder of the host that a container has leads to. */
export interface HostFolder {
  readonly volume: Volume;
  readonly path: string;
  readonly leads: readonly EdgeType[];
}

const SOCKETS = [
  "/run/docker.sock",
  "/var/run/docker.sock",
  "/run/containerd/containerd.sock",
  "/var/run/containerd/containerd.sock",
  "/run/crio/crio.sock",
  "/var/run/crio/crio.sock",
  "/run/podman/podman.sock",
  "/run/k3s/containerd/containerd.sock",
];
/** Who writes there has the host run something. */
const WRITTEN = [
  "/etc",
  "/root",
  "/home",
  "/usr",
  "/bin",
  "/sbin",
  "/lib",
  "/lib64",
  "/boot",
  "/dev",
  "/var/spool/cron",
  "/var/lib/kubelet",
  "/var/lib/docker",
  "/var/lib/containerd",
  "/proc",
  "/sys/fs/cgroup",
  "/opt/cni",
];
/** Who reads there becomes somebody on the host. */
const READ = [
  "/root/.ssh",
  "/etc/shadow",
  "/etc/ssh",
  "/etc/kubernetes",
  "/var/lib/kubelet/pki",
  "/var/lib/etcd",
  "/home",
  "/dev",
];
const TOKENS = "/var/lib/kubelet/pods";
const CORE_PATTERN = "/proc/sys/kernel/core_pattern";
const LOGS = "/var/log";

/** The folders of the host that a container has, with what each leads to: perhaps nothing. */
export function hostFoldersOf(workload: Workload, container: Container): HostFolder[] {
  if (workload.volumes.length === 0) return [];
  const isRoot = mayBeRoot(workload, container);
  return workload.volumes.flatMap((volume): HostFolder[] => {
    const { hostPath, mounts } = volume;
    const mount = mounts.find((one) => one.container === null || one.container === container.name);
    if (hostPath.state !== "known" || mount === undefined) return [];
    const path = cleanPath(hostPath.value);
    const isWritable = !isTrue(mount.readOnly);
    return [{ volume, path, leads: leadsOf(path, { isWritable, isRoot }) }];
  });
}

interface Access {
  readonly isWritable: boolean;
  readonly isRoot: boolean;
}

const LEADS: readonly (readonly [EdgeType, (path: string, access: Access) => boolean])[] = [
  // A socket answers whoever can connect, whether or not its folder can be written.
  ["CE_RUNTIME_SOCKET", (path) => SOCKETS.some((socket) => reaches(path, socket))],
  ["EXPLOIT_HOST_WRITE", (path, { isWritable }) => isWritable && isAmong(path, WRITTEN)],
  ["EXPLOIT_HOST_READ", (path) => isAmong(path, READ)],
  ["EXPLOIT_HOST_TRAVERSE", (path) => reaches(path, TOKENS)],
  [
    "CE_UMH_CORE_PATTERN",
    (path, { isWritable, isRoot }) => isWritable && isRoot && reaches(path, CORE_PATTERN),
  ],
  ["CE_VAR_LOG_SYMLINK", (path, { isWritable }) => isWritable && reaches(path, LOGS)],
];

function leadsOf(path: string, access: Access): EdgeType[] {
  return LEADS.filter(([, isOpen]) => isOpen(path, access)).map(([type]) => type);
}

/** Files of the host are root's; without a word on the user, it is the image's, which mostly is root. */
function mayBeRoot({ security: pod }: Workload, { security }: Container): boolean {
  const user = security.runAsUser.state === "absent" ? pod.runAsUser : security.runAsUser;
  return user.state !== "known" || user.value === 0;
}

function isAmong(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => reaches(path, folder) || isWithin(path, folder));
}
