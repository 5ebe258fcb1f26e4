import type { Cache } from "../io/cache.ts";
import type { ScanRecord } from "../io/record.ts";
import type { ArtifactKind, ArtifactSummary, Platform } from "../model/artifact.ts";
import type { ConfigSubject, RuleFinding } from "../model/finding.ts";
import type { ImageSettings } from "../model/image-settings.ts";
import type { Inventory } from "../model/inventory.ts";
import type { ReadyCheck } from "../stages/check/run.ts";
import type { Surroundings } from "./surroundings.ts";

/** What examining needs beside the target. */
export interface ExamineContext extends Surroundings {
  readonly cache: Cache;
  readonly record: ScanRecord;
  /** null for the platform of this machine. */
  readonly platform: Platform | null;
  readonly offline: boolean;
  /** What is asked of workloads, where the target holds any; empty when nobody asks. */
  readonly checks: readonly ReadyCheck[];
  /** Whether what files of the target name must be pinned. */
  readonly demandsPins: boolean;
  /** Whether the content is searched for secrets. */
  readonly secrets: boolean;
  /** Whether a repository's history is content, too. */
  readonly history: boolean;
}

/** What looking at one artifact gave, before anything is compared with advisories. */
export interface Examined {
  readonly artifact: ArtifactSummary;
  /** How an image wants to be run; null for what is no image. */
  readonly settings: ImageSettings | null;
  readonly inventory: Inventory;
  /** Findings of other tools, when the artifact is their report; those of our checks, when it is configuration; secrets. */
  readonly code: readonly RuleFinding[];
  /** The containers that run an image, where it was found by them. */
  readonly users: readonly ConfigSubject[];
}

/** What has no digest, no layers and no settings: a folder, a document, an image that could not be had. */
export function plainExamined(
  artifact: { readonly kind: ArtifactKind; readonly target: string },
  inventory: Inventory,
  code: readonly RuleFinding[] = [],
): Examined {
  return {
    artifact: {
      kind: artifact.kind,
      target: artifact.target,
      reference: null,
      digest: null,
      digestKind: null,
      indexDigest: null,
      platform: null,
      createdAt: null,
      layers: [],
    },
    settings: null,
    inventory,
    code,
    users: [],
  };
}
