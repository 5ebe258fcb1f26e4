import type { AdvisoryData } from "../../model/advisory.ts";
import type { ArtifactSummary } from "../../model/artifact.ts";
import type { Attached } from "../../model/attached.ts";
import type { ConfigSubject, Finding } from "../../model/finding.ts";
import type { ImageSettings } from "../../model/image-settings.ts";
import type { Package } from "../../model/package.ts";
import type { RuleHead } from "../../model/policy.ts";
import type { Problem } from "../../model/problem.ts";
import type { ScanResult } from "../../model/scan.ts";
import type { Violation } from "../../model/verdict.ts";

/** Everything that is known of an artifact when it is decided upon. */
export interface ImageFacts {
  readonly artifact: ArtifactSummary;
  /** The containers that run it, where it was found by them; exceptions may be meant for one. */
  readonly users?: readonly ConfigSubject[];
  /** null for what is no image. */
  readonly settings: ImageSettings | null;
  readonly distribution: ScanResult["distribution"];
  readonly packages: readonly Package[];
  /** Those that count: exceptions and the like are set aside before. Highest priority first. */
  readonly findings: readonly Finding[];
  readonly problems: readonly Problem[];
  /** What answered; `not-needed` for findings that other tools made (SARIF). */
  readonly data: AdvisoryData["kind"] | "not-needed";
  /** What people who are believed have attached to it. */
  readonly attached: Attached;
  /** ISO date, UTC. */
  readonly today: string;
}

/** What a rule makes of the facts. */
export interface Judged {
  /** In the order of the facts. */
  readonly violations: readonly Violation[];
  /** How many there are for a reader, who counts a flaw in three packages once. */
  readonly count: number;
  /** Says what `count` counts; empty when nothing is violated. */
  readonly summary: string;
  /** What could not be told, as sentence parts. */
  readonly unanswered: readonly string[];
}

/** A rule that can be asked. */
export interface Clause {
  readonly head: RuleHead;
  /** Whether it depends on advisory data. */
  readonly needsData: boolean;
  /** Never throws. */
  judge(facts: ImageFacts): Judged;
}

export const CONTENT: Judged = { violations: [], count: 0, summary: "", unanswered: [] };
