// What was seen of containers while they ran: recorded events, one after the other. A sensor writes them; nothing is judged here.
// Times are milliseconds since 1970 (in a file: RFC 3339, in UTC).

/** A recording: from when until when somebody looked, and what they saw. */
export type ObservedEvent =
  | ObservedWindow
  | ObservedContainer
  | ObservedCapability
  | ObservedSyscall
  | ObservedWrite
  | ObservedRead
  | ObservedExecution
  | ObservedFlow
  | ObservedListener
  | ObservedQuestion
  | ObservedLoss;

/** One that is of a container. */
export type ObservedThing = Exclude<ObservedEvent, { kind: "window" | "container" | "loss" }>;

/** The first line of a recording. */
export interface ObservedWindow {
  readonly kind: "window";
  readonly schema: "bulwark.dev/observed/v1";
  /** Of the machine: numbers of system calls differ. */
  readonly architecture: "amd64" | "arm64";
  readonly from: number;
  readonly to: number;
}

/** A container that was looked at, before anything else of it. */
export interface ObservedContainer {
  readonly kind: "container";
  /** By which the other events name it; unique in the recording. */
  readonly id: string;
  /** Digest of its image; null for one without. */
  readonly image: string | null;
  /** Where the image comes from, without tag and digest, by which the next image is known to follow this one; null where nobody said. */
  readonly repository: string | null;
  readonly platform: "kubernetes" | "compose" | "engine";
  readonly namespace: string | null;
  /** The workload it belongs to: `Deployment`, `service`, `container`. */
  readonly workloadKind: string;
  readonly workload: string;
  /** Its name in the workload. */
  readonly name: string;
  /** Labels of the pod, by which policies select it. */
  readonly labels: Readonly<Record<string, string>>;
  /** From when until when it was looked at. */
  readonly from: number;
  readonly to: number;
  /** Whether its first instructions were seen, and whether its last ones were. */
  readonly sawStart: boolean;
  readonly sawEnd: boolean;
}

interface OfContainer {
  readonly container: string;
  readonly at: number;
}

/** The kernel was asked whether a process has a capability. */
export interface ObservedCapability extends OfContainer {
  readonly kind: "capability";
  /** Without `CAP_`: `NET_BIND_SERVICE`. */
  readonly name: string;
  /** Whether it had it. One that was refused and not missed is not needed. */
  readonly allowed: boolean;
}

export interface ObservedSyscall extends OfContainer {
  readonly kind: "syscall";
  readonly name: string;
}

/** A file was made, changed, renamed or removed below the container's root, outside of volumes. */
export interface ObservedWrite extends OfContainer {
  readonly kind: "write";
  /** Absolute, as the container sees it, links followed; `*` stands for what is different each time. */
  readonly path: string;
}

/** A file was opened to be read. */
export interface ObservedRead extends OfContainer {
  readonly kind: "read";
  /** As of a write. */
  readonly path: string;
}

/** A program was begun. */
export interface ObservedExecution extends OfContainer {
  readonly kind: "execute";
  readonly path: string;
  /** Its words, what is different each time replaced by `*`. */
  readonly arguments: readonly string[];
}

/** A connection, as who opened it sees it, or who was called. */
export interface ObservedFlow extends OfContainer {
  readonly kind: "flow";
  readonly direction: "egress" | "ingress";
  readonly protocol: "TCP" | "UDP" | "SCTP";
  /** Of who was called. */
  readonly port: number;
  readonly peer: ObservedPeer;
}

/** Where the other end is: a pod, by what selects it, or an address; or that there were more than are told apart. */
export type ObservedPeer =
  | {
      readonly kind: "pod";
      readonly namespace: string;
      readonly labels: Readonly<Record<string, string>>;
    }
  | { readonly kind: "address"; readonly address: string }
  | { readonly kind: "any" };

/** A socket that waits for whoever calls. */
export interface ObservedListener extends OfContainer {
  readonly kind: "listen";
  readonly protocol: "TCP" | "UDP" | "SCTP";
  readonly port: number;
}

/** A name was asked for (DNS). */
export interface ObservedQuestion extends OfContainer {
  readonly kind: "name";
  readonly name: string;
}

/** Events that were dropped before they could be recorded: what was in them is unknown. */
export interface ObservedLoss {
  readonly kind: "loss";
  readonly at: number;
  readonly count: number;
}
