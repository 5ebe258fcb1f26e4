// A container that runs, as its runtime wrote it down: who its image is hangs on the digest.
import type { Problem } from "./problem.ts";

/** What is known of a running container. `null` is what its runtime did not say. */
export interface Container {
  /** As its runtime has it, 64 hexadecimal digits with most. */
  readonly id: string;
  readonly engine: "docker" | "containerd" | "cri-o" | "podman" | "lxc" | "unknown";
  readonly name: string | null;
  readonly image: ContainerImage | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly isPrivileged: boolean | null;
  readonly pod: ContainerPod | null;
  readonly mounts: readonly ContainerMount[] | null;
  /** Which of its system calls the kernel refuses; absent where nothing says so, or no profile is in force. */
  readonly seccomp?: ContainerSeccomp;
  /** Milliseconds since 1970. */
  readonly startedAt: number | null;
  /** What of it could not be learned, and why; with `name` and `image` null it is known by its id alone. */
  readonly problems: readonly Problem[];
}

/** Something of outside that is mounted into a container: a bind mount or a volume. */
export interface ContainerMount {
  /** Where it lies on the host; `""` for what lies nowhere (tmpfs). */
  readonly source: string;
  readonly destination: string;
  readonly isWritable: boolean;
}

/** A seccomp profile that is in force. */
export interface ContainerSeccomp {
  /** What becomes of a call that is in no rule: `SCMP_ACT_LOG`, `SCMP_ACT_ERRNO`. */
  readonly defaultAction: string;
  /** The calls that are let through whatever their arguments, by one name for all of them (kit/stable-id.ts). */
  readonly allowed: string;
}

/** The image of a container. */
export interface ContainerImage {
  /** As the user named it: `nginx:1.27`. */
  readonly reference: string;
  readonly repository: string;
  readonly tag: string | null;
  /** `sha256:…` of the manifest; null for one that no registry knows, and where the runtime did not write it down. */
  readonly digest: string | null;
  /** `sha256:…` of the configuration: what a local image is known by. */
  readonly id: string | null;
}

/** The pod of a container of Kubernetes. */
export interface ContainerPod {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string | null;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * Whether a container is meant by what somebody wrote: its name, `NAMESPACE/POD`, `NAMESPACE/POD/NAME` as lists have it, or the
 * beginning of its id, of any length.
 */
export function isMeantBy({ id, name, pod }: Container, written: string): boolean {
  if (written === "") return false;
  if (name === written || id.startsWith(written)) return true;
  const place = pod === null ? null : `${pod.namespace}/${pod.name}`;
  return place !== null && (written === place || written === `${place}/${name ?? "-"}`);
}
