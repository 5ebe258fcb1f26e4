// The normal form of what runs containers: a Kubernetes object, a Compose service, a container of an engine. One predicate
// examines them all. Facts are copied out of what was read and nothing is decided here.

import type { Fact } from "../kit/fact.ts";
import type { Checkable, WorkloadOwner } from "./checkable.ts";

/** Where a value stands: a JSON pointer (RFC 6901) into the document that it was read from. */
export type Pointer = string;

/** Pod and containers, or one container where the platform has no pods. */
export interface Workload extends Checkable {
  readonly form: "workload";
  /** Group and version of the object, as they are written; absent where there is no such thing. */
  readonly apiVersion?: string;
  /** Whether somebody asks for it, or it is there. */
  readonly evidence: "declared" | "running";
  /** The object in its document. */
  readonly at: Pointer;
  /** Where pod-level settings stand; the object itself where there are no pods. */
  readonly podAt: Pointer;
  /** `linux`, `windows`. */
  readonly os: Fact<string>;
  readonly host: HostSharing;
  /** Whether its containers see each other's processes. */
  readonly sharesProcesses: Fact<boolean>;
  readonly account: Account;
  /** Labels of the pods, which selectors look for. */
  readonly labels: readonly Label[];
  readonly security: Security;
  /** Of files in volumes, and those that are added to the processes' own. */
  readonly groups: readonly Fact<number>[];
  readonly sysctls: readonly Fact<string>[];
  /** Profiles in annotations, as they were written before there were fields. */
  readonly annotations: ProfileAnnotations;
  readonly volumes: readonly Volume[];
  readonly containers: readonly Container[];
  /** Networks that a Compose file has it join by name; empty for all else, and where it joins the one of all services. */
  readonly networks: readonly JoinedNetwork[];
  /** What the cluster says of a pod that it has started; null for all else, and for what a file asks for. */
  readonly started: StartedPod | null;
  /** Where the cluster is to put its pods, or has put them; absent where nothing is said of it. */
  readonly placement?: Placement;
  /** What is asked of the engine itself; absent where it is not told what that does. */
  readonly engine?: EngineFacts;
  /** Names of settings that are written, and that the platform leaves out without a word. */
  readonly ignored: readonly Fact<string>[];
}

/** On which node of the cluster pods run. */
export interface Placement {
  /** By its name, once the cluster has chosen, or somebody instead of it. */
  readonly node: Fact<string>;
  /** Which ones it may choose from; any when empty. */
  readonly labels: readonly Label[];
}

/** A network, and how the file sets it up; facts are unknown where something else does. */
export interface JoinedNetwork {
  readonly name: string;
  /** Where it is joined. */
  readonly at: Pointer;
  /** `overlay`; absent means that the engine chooses. */
  readonly driver: Fact<string>;
  /** Whether nothing outside can be reached. */
  readonly isInternal: Fact<boolean>;
  readonly isEncrypted: Fact<boolean>;
}

/** How a pod came to run, and what it runs. */
export interface StartedPod {
  /** What controls it; null when somebody made it by hand. */
  readonly controller: WorkloadOwner | null;
  /** Of the pod, in IPv4 or IPv6. */
  readonly addresses: readonly string[];
  readonly images: readonly StartedImage[];
}

export interface StartedImage {
  readonly container: string;
  /** By the registry when it came from one, else by the node; null while it is not started. */
  readonly digest: string | null;
  readonly isOfRegistry: boolean;
}

/** What a unit makes its engine do. */
export interface EngineFacts {
  /** Whether it runs as root of the host. */
  readonly isRootful: Fact<boolean>;
  /** `registry`, `local`: newer images take the place of the one that runs, by themselves. */
  readonly autoUpdate: Fact<string>;
  /** The service of systemd that runs it, with its ending; of a template with an `@` before that. */
  readonly service: string;
  /** The name of its container; unknown where something else says it. */
  readonly container: Fact<string>;
}

/** Who a pod is towards the cluster; both absent where there is no such thing. */
export interface Account {
  readonly name: Fact<string>;
  readonly mountsToken: Fact<boolean>;
}

export interface Label {
  readonly name: string;
  readonly value: string;
}

/** Which namespaces of the host are used instead of own ones. */
export interface HostSharing {
  readonly network: Fact<boolean>;
  readonly pid: Fact<boolean>;
  readonly ipc: Fact<boolean>;
  /** Names of host and domain; Kubernetes has no word for it. */
  readonly uts: Fact<boolean>;
  /** Absent means shared. */
  readonly users: Fact<boolean>;
}

/** Settings that a pod has for its containers, and a container for itself. */
export interface Security {
  readonly runAsNonRoot: Fact<boolean>;
  readonly runAsUser: Fact<number>;
  readonly runAsGroup: Fact<number>;
  /** `RuntimeDefault`, `Localhost`, `Unconfined`. */
  readonly seccomp: Fact<string>;
  readonly appArmor: Fact<string>;
  readonly seLinux: SeLinuxOptions;
  /** Windows: the container is a process of the host. */
  readonly hostProcess: Fact<boolean>;
}

export interface SeLinuxOptions {
  readonly type: Fact<string>;
  readonly user: Fact<string>;
  readonly role: Fact<string>;
  /** `s0:c123,c456`: separates containers that have the same type. */
  readonly level: Fact<string>;
}

export interface ContainerSecurity extends Security {
  readonly privileged: Fact<boolean>;
  readonly allowPrivilegeEscalation: Fact<boolean>;
  readonly readOnlyRoot: Fact<boolean>;
  /** Names without `CAP_`, as the platform understands them. */
  readonly capabilitiesAdded: readonly Fact<string>[];
  readonly capabilitiesDropped: readonly Fact<string>[];
  /** `Default`, `Unmasked`. */
  readonly procMount: Fact<string>;
}

export type ContainerKind = "regular" | "init" | "sidecar" | "ephemeral";

export interface Container {
  readonly kind: ContainerKind;
  /** `""` when it has none. */
  readonly name: string;
  readonly at: Pointer;
  readonly image: Fact<string>;
  /** `Always`, `IfNotPresent`, `Never`. */
  readonly pullPolicy: Fact<string>;
  /** The program and its arguments, as far as they do not come from the image. */
  readonly command: readonly Fact<string>[];
  readonly limits: Limits;
  readonly security: ContainerSecurity;
  /** Ports of the host itself; what a Compose file publishes is a service of its network and not among them. */
  readonly hostPorts: readonly Fact<number>[];
  /** Hosts that probes and lifecycle hooks name instead of the pod's own address. */
  readonly handlerHosts: readonly Fact<string>[];
  /** Ports that the program is said to listen on. */
  readonly ports: readonly Fact<number>[];
  /** Those of them that have a name; absent where there is no such thing. */
  readonly namedPorts?: readonly NamedPort[];
  /** What an engine makes reachable from outside of its own networks. */
  readonly published: readonly PublishedPort[];
  readonly environment: readonly EnvironmentVariable[];
  /** Files and objects of the platform whose every entry becomes a variable. */
  readonly environmentFiles: readonly Pointer[];
  /** Secrets of the platform that become variables, by their names. */
  readonly secretsInEnvironment: readonly Fact<string>[];
  /** What the image is built with; they stay in its history. */
  readonly buildArguments: readonly EnvironmentVariable[];
}

export interface NamedPort {
  readonly name: string;
  /** `TCP`, `UDP`, `SCTP`. */
  readonly protocol: string;
  readonly port: number;
}

/** As they are written: `512Mi`, `0.5`. */
export interface Limits {
  readonly memory: Fact<string>;
  readonly cpu: Fact<string>;
  /** How many processes there may be. Kubernetes has no word for it. */
  readonly processes: Fact<string>;
}

export interface PublishedPort {
  readonly at: Pointer;
  /** An address of the host; absent for all of them. */
  readonly address: Fact<string>;
  /** A port or a range of the host; absent when any free one does. */
  readonly port: Fact<string>;
  /** The same of the container. */
  readonly target: string;
}

export interface EnvironmentVariable {
  readonly name: string;
  /** Absent when it comes from elsewhere: a secret, a field, the surroundings. */
  readonly value: Fact<string>;
  readonly at: Pointer;
}

export interface Volume {
  readonly name: string;
  readonly at: Pointer;
  /** Kubernetes' names of volume sources; a bind mount is `hostPath`, a volume that an engine manages is `volume`. */
  readonly type: Fact<string>;
  /** The path on the host; absent for all other types. */
  readonly hostPath: Fact<string>;
  /** Where containers have it. */
  readonly mounts: readonly Mount[];
}

export interface Mount {
  /** Of which container; null where there is only one. */
  readonly container: string | null;
  readonly at: Pointer;
  /** Absent means that it can be written. */
  readonly readOnly: Fact<boolean>;
  /** `Bidirectional`, `rshared`: what is mounted inside appears outside. */
  readonly propagation: Fact<string>;
}

/** @see https://kubernetes.io/docs/reference/labels-annotations-taints/ */
export interface ProfileAnnotations {
  readonly appArmor: readonly ProfileAnnotation[];
  readonly seccomp: readonly ProfileAnnotation[];
}

export interface ProfileAnnotation {
  /** The container that it is for; null for the whole pod. */
  readonly container: string | null;
  readonly value: Fact<string>;
}
