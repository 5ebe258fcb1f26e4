import type { ArtifactSummary } from "../model/artifact.ts";
import type { CodeFinding } from "../model/finding.ts";
import type { Inventory } from "../model/inventory.ts";

/** What looking at one artifact gave, before anything is compared with advisories. */
export interface Examined {
  readonly artifact: ArtifactSummary;
  readonly inventory: Inventory;
  /** Findings of other tools, when the artifact is their report. */
  readonly code: readonly CodeFinding[];
}
