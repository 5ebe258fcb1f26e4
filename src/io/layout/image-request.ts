import type { Platform } from "../../model/artifact.ts";

/** What is wanted of a place that may hold several images. */
export interface ImageRequest {
  /** The target as the user wrote it. */
  readonly target: string;
  /** null when none was asked for: then it is this machine's, or that of the only image there is. */
  readonly platform: Platform | null;
}
