// The normal form of a host that runs containers: what its engines do as they are set up now, whoever said so.
import { ABSENT, type Fact, type Unknown } from "../kit/fact.ts";
import type { Checkable } from "./checkable.ts";
import type { HostRecord } from "./host-record.ts";
import type { Severity } from "./severity.ts";
import type { Pointer } from "./workload.ts";

/** Pointers lead into the {@link HostRecord}; below a file's they go on in the document that it holds. */
export interface Host extends Checkable {
  readonly form: "host";
  readonly platform: "host";
  readonly record: HostRecord;
  /** Docker's daemons: those that run, or the one that would be started. */
  readonly daemons: readonly Daemon[];
  readonly containerd: Settings | null;
  /** Podman's settings by file, weakest first; null where there is no Podman. */
  readonly podman: Podman | null;
  /** Units of systemd by name, `docker.socket`, as all of their files together say. */
  readonly units: ReadonlyMap<string, Unit>;
  readonly accounts: Accounts;
  /** Known flaws of the engines and their parts; unknown where no data, or only a part of it, was asked. */
  readonly flaws: Fact<readonly EngineFlaws[]>;
}

/** What advisories say of one part of an engine. */
export interface EngineFlaws {
  /** `runc`, `docker.io`. */
  readonly part: string;
  readonly version: string;
  readonly flaws: number;
  readonly severity: Severity;
  /** The most urgent of them. */
  readonly worst: string;
  /** The version that closes the most urgent one; null where there is none. */
  readonly fixedIn: string | null;
}

/** One Docker daemon. */
export interface Daemon {
  /** `dockerd`, with where it listens when there are several; `docker.service`. */
  readonly name: string;
  readonly at: Pointer;
  readonly isRunning: boolean;
  /** The user it runs as: 0 unless it runs without root. */
  readonly uid: number;
  /** Where its configuration is, or would be; an absolute path of the record. */
  readonly configFile: string;
  /** By their names in daemon.json: a flag, or what stands there; defaults are not among them. */
  readonly options: ReadonlyMap<string, Fact<OptionValue>>;
  /** Registries that it says it trusts without a certificate; none when it did not answer. */
  readonly insecure: readonly string[];
  /** Why what is not among them is unknown; null when a default holds then. */
  readonly rest: Unknown | null;
  /** Words of the engine on its security, `name=seccomp,profile=default`; null when it did not answer. */
  readonly security: readonly string[] | null;
  /**
   * Whether it is root's, and lives among the files of the host. Anybody can start a program of this name with any words, so
   * what others' command lines name is looked at, and never changed.
   */
  readonly isTrusted: boolean;
  /** Where its root of files is, seen from the record. */
  readonly root: string;
  /** Whether it is part of a swarm, as far as it says. */
  readonly isInSwarm: boolean | null;
}

export type OptionValue =
  | string
  | number
  | boolean
  | readonly unknown[]
  | { readonly [name: string]: unknown };

/** Whether an option is set, and to what. */
export function optionOf(daemon: Daemon, name: string): Fact<OptionValue> {
  return daemon.options.get(name) ?? daemon.rest ?? ABSENT;
}

/** Settings of files together: by path of keys, joined with a line end. */
export interface Settings {
  readonly values: ReadonlyMap<string, Fact<OptionValue>>;
  /** Why others may be set; null when they are not. */
  readonly rest: Unknown | null;
}

/** A setting, by the keys that lead to it. */
export function settingOf({ values, rest }: Settings, ...keys: string[]): Fact<OptionValue> {
  return values.get(keys.join("\n")) ?? rest ?? ABSENT;
}

export interface Podman {
  readonly containers: Settings;
  readonly registries: Settings;
  /** The document of `policy.json`, read as plain values; absent when there is none. */
  readonly policy: Fact<{ readonly [name: string]: unknown }>;
  /** Who has ranges of user numbers, in their order. */
  readonly ranges: readonly IdRange[];
  /** Who may run it without root. */
  readonly people: readonly PodmanPerson[];
}

/** Somebody whose containers are their own. */
export interface PodmanPerson {
  readonly name: string;
  readonly uid: number;
  /** What their own files say beside the system's, and beat it. */
  readonly containers: Settings;
  /** Where their images and containers are, or would be: an absolute path of the record. */
  readonly store: string;
}

/** A line of /etc/subuid. */
export interface IdRange {
  readonly owner: string;
  readonly from: number;
  readonly count: number;
  readonly at: Pointer;
  readonly line: number;
}

/** A unit of systemd after its drop-ins. */
export interface Unit {
  /** The file that makes it; an absolute path of the record. */
  readonly path: string;
  /** `Section.Name` to its values in order; an empty one has taken back those before. */
  readonly settings: ReadonlyMap<string, readonly UnitValue[]>;
}

export interface UnitValue {
  readonly value: string;
  /** The file it stands in. */
  readonly path: string;
  readonly line: number;
}

/** Users and groups, as the files of accounts tell. */
export interface Accounts {
  /** Names of groups by number. */
  readonly groups: ReadonlyMap<number, string>;
  /** Members by the name of a group, those who have it as their own among them. */
  readonly members: ReadonlyMap<string, readonly string[]>;
  readonly users: ReadonlyMap<number, string>;
  /** Why others may be there; null when all are known. */
  readonly rest: Unknown | null;
}
