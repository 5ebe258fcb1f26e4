// Where images lie and what is attached to them lies beside them: a repository, a layout on disk.
import type { Digest } from "../../model/digest.ts";

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
}
