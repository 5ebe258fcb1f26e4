// What was learned of a workload with one image while somebody watched it: what enforcement would have ended, and what is in use.
import type { DriftKind, FilePlace, FileUse } from "./drift.ts";
import type { UsedPackage } from "./in-use.ts";

export const WATCHED_SCHEMA = "bulwark.dev/watched/v1";

/** Kept on disk, one for each workload and image. */
export interface WatchedRecord {
  readonly schema: typeof WATCHED_SCHEMA;
  /** As `workloadName` has it. */
  readonly workload: string;
  /** As the engine calls it. */
  readonly image: string;
  /** By which the image's files are known. */
  readonly digest: string;
  /** The oldest first. */
  readonly days: readonly WatchedDay[];
  /** What of the image was used since the first day. */
  readonly inUse: WatchedUse;
  /** Paths that were written where an image stays as it is while nobody was alarmed about it: they are no news later. */
  readonly writes: readonly string[];
}

/** A day of it, in UTC. */
export interface WatchedDay {
  /** `2026-11-27`. */
  readonly day: string;
  /** How long somebody watched. */
  readonly seconds: number;
  /** Events of the host that were lost meanwhile: some may have been of this container. */
  readonly lost: number;
  /** Files that were used and of which nothing can be told. */
  readonly unknown: number;
  readonly wouldHave: readonly WouldHave[];
  /** More than are kept. */
  readonly omitted: number;
}

/** Something that enforcement would have ended before its first instruction. */
export interface WouldHave {
  readonly kind: DriftKind;
  readonly use: FileUse;
  readonly path: string;
  readonly place: FilePlace;
  readonly sha256: string | null;
  readonly reason: string;
  /** Who used it first. */
  readonly process: string;
  readonly command: string;
  readonly count: number;
  /** RFC 3339. */
  readonly first: string;
  readonly last: string;
}

export interface WatchedUse {
  readonly packages: readonly UsedPackage[];
  /** Files of the image that belong to no package. */
  readonly unowned: readonly string[];
  /** More files than are kept were used. */
  readonly isCut: boolean;
}

/** How long a workload was watched, in all days that are kept. */
export function watchedSeconds({ days }: WatchedRecord): number {
  return days.reduce((sum, { seconds }) => sum + seconds, 0);
}
