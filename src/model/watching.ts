// What is told while somebody watches: plain values, which go between threads and into JSON lines.
import type { Alert } from "./alert.ts";
import type { EventType } from "./event.ts";
import type { EventRecord } from "./event-record.ts";
import type { ObservedEvent } from "./observed.ts";
import type { ContainerSightings, WorkloadMode } from "./sighting.ts";

/** What is learned without an event for each: what a container calls, may do, and asks for by name. */
export const LEARNINGS = ["syscalls", "capabilities", "names"] as const;

export type Learning = (typeof LEARNINGS)[number];

/** A part of the kernel that is listened to, or why it is not. */
export interface Hook {
  readonly type: EventType | Learning;
  readonly state: "attached" | "missing" | "refused";
  readonly reason: string | null;
}

/** How many events of a kind were sent and lost since the sensor began. */
export interface EventCount {
  readonly type: EventType;
  readonly sent: number;
  readonly dropped: number;
}

/** Said once, when the sensor is attached. */
export interface WatchStarted {
  readonly kind: "started";
  readonly hooks: readonly Hook[];
  readonly cgroups: 1 | 2;
  readonly processes: number;
  /** Enabled rules that cannot see all that they ask about. */
  readonly blindRules: readonly BlindRule[];
}

/** A rule that asks about what this kernel does not tell. */
export interface BlindRule {
  readonly rule: string;
  readonly missing: readonly EventType[];
  /** Nothing is left that it could match. */
  readonly isDead: boolean;
}

/** Events of which somebody wants to know each. */
export interface WatchedEvents {
  readonly kind: "events";
  readonly events: readonly EventRecord[];
  /** More than could be told. */
  readonly omitted: number;
}

/** What rules said. */
export interface WatchedAlerts {
  readonly kind: "alerts";
  readonly alerts: readonly Alert[];
  /** More than could be told at once. */
  readonly omitted: number;
}

/** Files that containers used, for whoever compares them with their images. */
export interface WatchedSightings {
  readonly kind: "sightings";
  readonly containers: readonly ContainerSightings[];
}

/** Said every second. */
export interface WatchState {
  readonly kind: "state";
  readonly counts: readonly EventCount[];
  /** Events in this second. */
  readonly rate: number;
  readonly processes: number;
  readonly containers: number;
}

/** Said when rules were read again, and are at work instead of what was before. */
export interface WatchReloaded {
  readonly kind: "reloaded";
  readonly hooks: readonly Hook[];
  readonly blindRules: readonly BlindRule[];
}

/** Said once, when API servers can post what they wrote down. */
export interface WatchListening {
  readonly kind: "listening";
  readonly url: string;
}

/** Said when the recording ends before the watching. */
export interface WatchRecording {
  readonly kind: "recording";
  /** Why: lower case, no full stop. */
  readonly ended: string;
}

/** Said every minute and at the end, by whoever learns: all that was learned since the beginning, as a recording. */
export interface WatchLearned {
  readonly kind: "learned";
  readonly recording: readonly ObservedEvent[];
  /** Containers that made calls of another convention, as 32-bit programs do: they are not named. */
  readonly foreign: readonly string[];
}

/** Said of something that is not as it should be, and that somebody has to do something about. */
export interface WatchTrouble {
  readonly kind: "trouble";
  readonly text: string;
}

/** Said once, where something is strict: the memory in which the kernel says how it knows files (`answers` of sensor/write.h). */
export interface WatchAnswers {
  readonly kind: "answers";
  /** Open in this process as long as the sensor is. */
  readonly fd: number;
}

export type WatchTidings =
  | WatchStarted
  | WatchAnswers
  | WatchLearned
  | WatchTrouble
  | WatchReloaded
  | WatchedEvents
  | WatchedAlerts
  | WatchedSightings
  | WatchState
  | WatchRecording;

/** What the thread of the sensor is started with. */
export interface WatchStart {
  readonly wanted: readonly EventType[];
  /** A file for the recording; null for none. */
  readonly record: string | null;
  /** The recording takes the place of a file that is there. */
  readonly replaces: boolean;
  /** Tell of each event, of containers alone or of the host, too; null for none. */
  readonly events: "containers" | "all" | null;
  /** The only container: its name or the beginning of its id; null for all. */
  readonly only: string | null;
  readonly enforced: readonly EnforcedContainer[];
  /** In some of these programs are denied by content, too. */
  readonly strict: boolean;
  /** Workloads whose files are told to be compared with their images. */
  readonly modes: readonly WorkloadMode[];
  /** First processes that engines bring into containers. */
  readonly engineFiles: readonly AllowedFile[];
  /** Files of rules, which were found to be usable. */
  readonly rules: WatchedRules;
  /** What behaviour is for; null when nobody asks. */
  readonly learning: WatchLearning | null;
}

export interface WatchLearning {
  /** Names, or the beginnings of ids; none for all containers. */
  readonly containers: readonly string[];
  /** What was learned before, of which whatever is not there raises an alert; null to learn. */
  readonly known: readonly ObservedEvent[] | null;
}

export type WatchedRules = readonly { readonly path: string; readonly text: string }[];

/** A container in which what is not of its image dies before its first instruction. */
export interface EnforcedContainer {
  readonly id: string;
  readonly name: string;
  /** As its engine calls it. */
  readonly image: string;
  /** By which the image's files are known. */
  readonly digest: string;
  /** The device of the overlay that is its root, as the kernel knows it. */
  readonly root: number;
  /** Where the host has that mounted; null where its engine does not say. */
  readonly merged: string | null;
  /** Files of the writable layer that are the image's all the same, as they were when this was found out. */
  readonly allowed: readonly AllowedFile[];
}

/** As the kernel knows it: of an overlay's file, the one of the writable layer that is behind it. */
export interface AllowedFile {
  /** In the container. */
  readonly path: string;
  readonly device: number;
  readonly inode: bigint;
  /** Nanoseconds since 1970, exactly; a file that is changed again is allowed no more. */
  readonly changedAt: bigint;
  readonly sizeBytes: bigint;
}

export type WatchOrder =
  | { readonly kind: "stop" }
  /** Events or alerts that were told have reached whoever wants them. */
  | { readonly kind: "taken" }
  /** These rules from now on, of the same kind as those of the start. */
  | { readonly kind: "rules"; readonly rules: WatchedRules }
  /** Names of hosts by their addresses. */
  | { readonly kind: "hosts"; readonly names: ReadonlyMap<string, readonly string[]> }
  /** These may run, too. */
  | { readonly kind: "allow"; readonly files: readonly AllowedFile[] }
  /** In this one, too, which started later. */
  | { readonly kind: "enforce"; readonly container: EnforcedContainer };
