// Drift: what a container holds or runs that its image does not. Files are told by their content, never by layer, time or name.
import type { Container } from "./container.ts";
import type { Digest } from "./digest.ts";
import type { InUse } from "./in-use.ts";
import type { Problem } from "./problem.ts";
import type { Severity } from "./severity.ts";
import type { Verdict } from "./verdict.ts";

/** Where a file of a container lies: in its root file system, in a folder from elsewhere, in memory under a name, or without one. */
export type FilePlace = "root" | "volume" | "tmpfs" | "memory";

/** What a file is to whoever runs it, told by how it begins. */
export type FileContent = "program" | "library" | "script" | "other";

/** A file of a container, as it was found. */
export interface ObservedFile {
  /** In the container, without leading slash, links resolved; of a file in memory its name. */
  readonly path: string;
  readonly place: FilePlace;
  /** It has no name any more, and is there only as long as somebody uses it. */
  readonly isGone: boolean;
  /** 64 hex digits; null when it was not read. */
  readonly sha256: string | null;
  readonly sizeBytes: number;
  /** The last twelve bits: permissions, setuid, setgid, sticky. */
  readonly mode: number;
  readonly content: FileContent;
  /**
   * Nanoseconds since 1970 at which it was last changed when its content was read; absent when it was changed meanwhile. Who relies
   * on the content later has to see that this is still so.
   */
  readonly changedAt?: bigint;
}

/**
 * What a file is to an image.
 *
 * - `same`: the image has it, there
 * - `moved`: the image has it, elsewhere
 * - `modified`: the image has another file there
 * - `dropped`: the image has nothing like it
 * - `memfd`: it exists in memory only
 * - `deleted`: it runs and has no name any more
 */
export type FileVerdict = "same" | "moved" | "modified" | "dropped" | "memfd" | "deleted";

/** A file of an image, by what people know it by. */
export interface ImageFile {
  readonly path: string;
  /** From 0 at the bottom. */
  readonly layer: number;
  /** The system package that it belongs to, as `type/name`. */
  readonly owner: string | null;
  readonly mode: number;
}

/** What comparing one file gave. */
export interface ComparedFile {
  readonly verdict: FileVerdict;
  /** The one with the same content; of what is modified, the one whose place it took; null when there is none. */
  readonly image: ImageFile | null;
}

/** How a file is run: as a program, as a library, or by an interpreter that was given it. */
export type FileUse = "executed" | "mapped" | "interpreted";

/** A process of a container, for people. */
export interface RunningProcess {
  readonly pid: number;
  /** At most 15 bytes, as the kernel keeps it. */
  readonly name: string;
  /** As it says itself; cut. */
  readonly command: string;
}

/** A file that processes of a container run. */
export interface RunningFile {
  readonly file: ObservedFile;
  readonly use: FileUse;
  readonly processes: readonly RunningProcess[];
}

/** What was found in the writable layer, or in a folder from elsewhere. */
export type WrittenEntry =
  | { readonly kind: "file"; readonly file: ObservedFile }
  | { readonly kind: "link"; readonly path: string; readonly target: string }
  /** A whiteout: a file of the image that is hidden. */
  | { readonly kind: "removed"; readonly path: string }
  /** A folder, with all names that are seen in it; null when they are not known. */
  | { readonly kind: "folder"; readonly path: string; readonly names: readonly string[] | null };

/** What was looked at in a container. */
export interface ContainerObservation {
  readonly written: readonly WrittenEntry[];
  readonly running: readonly RunningFile[];
  readonly processes: number;
}

/** How a file at rest differs: as a running one does, or it is missing, or it is a link that leads elsewhere. */
export type DriftKind = Exclude<FileVerdict, "same"> | "removed" | "relinked" | "privileged";

/** One difference between a container and its image. */
export interface DriftItem {
  /** The same as long as path, kind, content, and whether it runs, are: 16 hex digits. */
  readonly id: string;
  readonly kind: DriftKind;
  readonly severity: Severity;
  /** In the container, without leading slash. */
  readonly path: string;
  readonly place: FilePlace;
  readonly content: FileContent;
  readonly sha256: string | null;
  readonly sizeBytes: number;
  /** Empty for what lies there and is not run. */
  readonly uses: readonly FileUse[];
  readonly processes: readonly RunningProcess[];
  readonly image: ImageFile | null;
  /** What it is, as a sentence part. */
  readonly reason: string;
}

export const DRIFT_SCHEMA = "bulwark.dev/drift/v1";

/** The answer of `bulwark drift`: what is printed and what JSON output is. */
export interface DriftResult {
  readonly schema: typeof DRIFT_SCHEMA;
  readonly tool: { readonly name: "bulwark"; readonly version: string };
  /** RFC 3339, UTC. */
  readonly lookedAt: string;
  readonly container: Container;
  /** By which the image's files are known; null when the image is gone, and nothing could be compared. */
  readonly baseline: Digest | null;
  /** `overlay2`, `vfs`: how the engine keeps the container's files. */
  readonly storage: string;
  /** The worst first. */
  readonly drift: readonly DriftItem[];
  /** What would be drift and was allowed by the caller. */
  readonly allowed: readonly DriftItem[];
  /** What an earlier look had found, and is as it was. */
  readonly known: readonly DriftItem[];
  readonly looked: DriftCounts;
  /** What of the image runs; null when nothing could be compared. */
  readonly inUse: InUse | null;
  readonly problems: readonly Problem[];
  readonly verdict: Verdict;
  readonly exitCode: number;
}

/** How much was looked at. */
export interface DriftCounts {
  /** Files that were written since the container began, or all where that cannot be told apart. */
  readonly written: number;
  /** Those of them whose content is the image's. */
  readonly unchanged: number;
  readonly processes: number;
  /** Programs, libraries and scripts that run. */
  readonly running: number;
  /** Those of them that are the image's. */
  readonly same: number;
}
