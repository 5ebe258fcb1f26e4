import type { Digest } from "./digest.ts";
import type { LayerSummary } from "./package.ts";

export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}

export type ArtifactKind = "image" | "filesystem" | "project" | "sbom" | "sarif" | "configuration";

/** What was examined, in a form that can be printed and stored. */
export interface ArtifactSummary {
  readonly kind: ArtifactKind;
  /** The target as the user wrote it. */
  readonly target: string;
  /** Fully written reference, when it has one. */
  readonly reference: string | null;
  /** Manifest digest; for an image that was never pushed its image id; null for folders and documents. */
  readonly digest: Digest | null;
  readonly digestKind: "manifest" | "image-id" | null;
  /** Digest of the multi-platform index through which it was reached. */
  readonly indexDigest: Digest | null;
  readonly platform: Platform | null;
  readonly createdAt: string | null;
  /** From the bottom. Empty for what has no layers. */
  readonly layers: readonly LayerSummary[];
  /**
   * Of a project: targets beside its packages in which images are named, as `compose.yaml` and `k8s`. The images are no part of
   * this result. Absent when there are none.
   */
  readonly namesImagesIn?: readonly string[];
}
