import type { Cache } from "../io/cache.ts";
import type { ScanRecord } from "../io/record.ts";
import type { ArtifactKind, ArtifactSummary, Platform } from "../model/artifact.ts";
import type { CodeFinding } from "../model/finding.ts";
import type { Inventory } from "../model/inventory.ts";
import type { Surroundings } from "./surroundings.ts";

/** What examining needs beside the target. */
export interface ExamineContext extends Surroundings {
  readonly cache: Cache;
  readonly record: ScanRecord;
  /** null for the platform of this machine. */
  readonly platform: Platform | null;
  readonly offline: boolean;
}

/** What looking at one artifact gave, before anything is compared with advisories. */
export interface Examined {
  readonly artifact: ArtifactSummary;
  readonly inventory: Inventory;
  /** Findings of other tools, when the artifact is their report. */
  readonly code: readonly CodeFinding[];
}

/** The summary of what has no digest and no layers. */
export function plainSummary(kind: ArtifactKind, target: string): ArtifactSummary {
  return {
    kind,
    target,
    reference: null,
    digest: null,
    digestKind: null,
    indexDigest: null,
    platform: null,
    createdAt: null,
    layers: [],
  };
}
