// What a container was seen to do with a file: told by the sensor, to be compared with the container's image.
import type { Container } from "./container.ts";
import type { FileUse } from "./drift.ts";

/** How a file was used: run in some way, changed, or only read. */
export type SightedUse = FileUse | "written" | "opened";

/** Where the kernel had the file; `none` is no layer of an overlay, and `unknown` was not told. */
export type SightedLayer = "upper" | "lower" | "memory" | "none" | "unknown";

/** One file, used by one process. */
export interface Sighting {
  readonly use: SightedUse;
  /** As the container sees it; of a file in memory `memfd:NAME`. */
  readonly path: string;
  readonly layer: SightedLayer;
  /** It had no name any more. */
  readonly isGone: boolean;
  /** As the kernel numbers them; 0 where that was not told. */
  readonly device: number;
  readonly inode: number;
  /** When it had been changed last, nanoseconds since 1970; null where that was not told. */
  readonly changedAt: number | null;
  /** RFC 3339. */
  readonly time: string;
  /** The same, nanoseconds since 1970. */
  readonly at: number;
  readonly process: SightedProcess;
}

/** Who used it. */
export interface SightedProcess {
  readonly pid: number;
  readonly name: string;
  readonly command: string;
  readonly exePath: string;
  readonly parent: string | null;
}

/** What one container was seen to do since the last time. */
export interface ContainerSightings {
  readonly container: Container;
  readonly sightings: readonly Sighting[];
  /** More than could be told. */
  readonly omitted: number;
}

/**
 * What is done about drift of a workload: kept in the record; told as an alert as well; ended before it runs as well; and programs
 * denied by content before they begin as well.
 */
export const DRIFT_MODES = ["observe", "alert", "enforce", "strict"] as const;
export type DriftMode = (typeof DRIFT_MODES)[number];

/** Which workloads a mode is for. The first that fits counts. */
export interface WorkloadMode {
  /** A name of a container or workload, with `*` and `?`; the beginning of a container's id. */
  readonly workload: string;
  readonly mode: DriftMode;
  /** Globs over paths in the container, without leading slash, that may be written. */
  readonly writable: readonly string[];
}
