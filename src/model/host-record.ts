// What was seen of a host, as it was seen: plain values that can be printed as JSON, kept, and judged again elsewhere.

/** Everything that was looked at, with what could not be looked at. */
export interface HostRecord {
  /** Its own name; `""` where nothing tells. */
  readonly name: string;
  /** Whether it was running when it was looked at; else a folder with the files of one. */
  readonly isLive: boolean;
  /** The user who looked, by number; null where the system has no such numbers. */
  readonly reader: number | null;
  /** By absolute path on the host; what is not named was not looked at. */
  readonly files: Readonly<Record<string, FileFact>>;
  /** Those of container engines and of kubelets; null when processes were not looked at. */
  readonly processes: readonly ProcessFact[] | null;
  readonly engines: readonly EngineFact[];
}

/** Why nothing in a folder tells what the kernel of its host would. */
export const ONLY_RUNNING = "only a host that runs has it";

/** What lies at a path, behind links, which are followed inside the host only. */
export type FileFact =
  | { readonly kind: "absent" }
  /** Something, or nothing, lies there: it could not be told. */
  | { readonly kind: "hidden"; readonly why: string }
  | SeenFile;

export interface SeenFile {
  readonly kind: "file" | "folder" | "socket" | "other";
  readonly uid: number;
  readonly gid: number;
  /** The permission bits, 0 to 0o7777. */
  readonly mode: number;
  /** Where it lies, where that is another path: behind links. */
  readonly real?: string;
  /** Its content, where somebody wants it. */
  readonly text?: string;
  /** Why there is no content though somebody wants it. */
  readonly unread?: string;
  /** Names in a folder, sorted, where somebody wants them. */
  readonly names?: readonly string[];
}

/** A process of a container engine, or a kubelet. */
export interface ProcessFact {
  readonly pid: number;
  /** Real user. */
  readonly uid: number;
  /** With the program first. */
  readonly args: readonly string[];
  /** Where it waits for connections of TCP, `0.0.0.0:2375`, by its open sockets; absent where that was not looked at. */
  readonly listens?: readonly string[];
  /** `XDG_CONFIG_HOME` as it was started with; absent where it was not set, or not looked at. */
  readonly configHome?: string;
  /** Under which path of {@link HostRecord.files} its own root lies: `""`, or `/proc/PID/root` when it has its own mounts. */
  readonly root: string;
}

/** What an engine answered of itself. */
export interface EngineFact {
  readonly engine: "docker" | "podman";
  /** `unix:///var/run/docker.sock`. */
  readonly address: string;
  /** Why it did not answer; null when it did. */
  readonly error: string | null;
  /** Of `/info` and `/version`, as they came; null when it did not answer. */
  readonly info: unknown;
  readonly version: unknown;
}
