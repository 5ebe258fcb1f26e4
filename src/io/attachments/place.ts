// Where images lie and what is attached to them lies beside them: a repository, a layout on disk.
import type { ReferrerEntry } from "../../formats/referrers-list.ts";
import type { Digest } from "../../model/digest.ts";
import type { BlobSource, ManifestToPush, PushedManifest } from "../registry/push.ts";

/** A manifest or index as it is kept. */
export interface KeptManifest {
  readonly bytes: Buffer;
  /** Of the bytes. */
  readonly digest: Digest;
}

/** What may be attached, by a list that nobody vouches for. */
export interface Candidate {
  readonly digest: Digest;
  /** The list says that it is attached to this very digest; otherwise it only lies there. */
  readonly isStated: boolean;
}

/** What a place lists for a digest. */
export interface Candidates {
  readonly manifests: readonly Candidate[];
  /** Entries of the lists that make no sense. */
  readonly malformed: number;
  /** Whether the list was read to its end. */
  readonly isWhole: boolean;
}

/** A blob to be read. */
export interface BlobWanted {
  readonly digest: Digest;
  readonly sizeBytes: number;
}

/** How the meaning of a tag is to change, whoever else changes it at the same moment. */
export interface TagChange {
  readonly tag: string;
  /** A manifest that stands for "there is no such tag" (GitLab gives the subject itself); null when there is none. */
  readonly isNothing: Digest | null;
  /** Whether what the tag means now has what it is to have. */
  isDone(current: KeptManifest): boolean;
  /** What it is to mean instead, by all of its states that were seen, the newest last. May be asked several times. */
  next(seen: readonly KeptManifest[]): Promise<ManifestToPush>;
}

/** A manifest that was put, to be found as attached to its subject. */
export interface Enlisting {
  readonly subject: Digest;
  readonly entry: ReferrerEntry & { readonly digest: Digest };
  /** What the place said when it was put. */
  readonly saysListed: boolean;
}

/** One repository or layout. Everything that it gives by digest has that digest. */
export interface Place {
  /** For messages: `registry.example.org/team/api`, `layout "./out"`. */
  readonly name: string;
  /**
   * A manifest by tag or digest; null when there is none.
   *
   * @throws {AppError} `registry-*`, `digest-mismatch`, `limit-exceeded`, `unreadable`.
   */
  manifest(reference: string, signal: AbortSignal): Promise<KeptManifest | null>;
  /**
   * A blob, whole.
   *
   * @throws {AppError} `registry-*`, `digest-mismatch`, `limit-exceeded` (more than `bytesMax`), `archive-invalid` (missing).
   */
  blob(wanted: BlobWanted, bytesMax: number, signal: AbortSignal): Promise<Buffer>;
  /**
   * What may be attached to a digest.
   *
   * @param max Where reading lists ends.
   * @throws {AppError} `registry-*`, `archive-invalid`.
   */
  candidates(subject: Digest, max: number, signal: AbortSignal): Promise<Candidates>;
  /**
   * Keeps a blob, unless it is there.
   *
   * @throws {AppError} `registry-*`, `output-unwritable`, `disk-full`.
   */
  putBlob(blob: BlobSource, signal: AbortSignal): Promise<void>;
  /**
   * Keeps a manifest by its digest. It is not found by its subject yet.
   *
   * @throws {AppError} as {@link putBlob}.
   */
  putManifest(manifest: ManifestToPush, signal: AbortSignal): Promise<PushedManifest>;
  /**
   * Has a manifest found as attached to its subject, without losing what others enter at the same moment.
   *
   * @throws {AppError} as {@link putBlob}; `archive-invalid` when the list that is there is none.
   */
  enlist(enlisting: Enlisting, signal: AbortSignal): Promise<void>;
  /** Changes a tag, as {@link TagChange}. @throws {AppError} as {@link enlist}. */
  changeTag(change: TagChange, signal: AbortSignal): Promise<void>;
}
