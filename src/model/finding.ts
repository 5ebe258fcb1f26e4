import type { CvssScore, Vulnerability } from "./advisory.ts";
import type { ConfigPlatform, WorkloadOwner } from "./checkable.ts";
import type { Digest } from "./digest.ts";
import type { Edit } from "./edit.ts";
import type { HostStep } from "./host-step.ts";
import type { PackageLocation, PackageType } from "./package.ts";
import type { Severity } from "./severity.ts";

/** How urgent here, 0–100, with the reasons in falling weight: `known exploited since 2021-12-10`, `fix available`. */
export interface Priority {
  readonly score: number;
  readonly reasons: readonly string[];
}

/** What can be done about a finding. */
export interface FindingFix {
  readonly state: "available" | "none" | "wont-fix" | "unknown";
  /** The lowest version that closes it and is not below the installed one; null unless `available`. */
  readonly version: string | null;
  /** What to upgrade: the system's source package, the language package; groups the table. */
  readonly upgrade: string | null;
  /**
   * The place of `version` among all that are named for this upgrade, lowest first and from 0, in the order of its ecosystem;
   * absent where there is no other, or they cannot be compared.
   */
  readonly rank?: number;
}

/** Why it matched: enough to check by hand. */
export interface MatchReason {
  readonly advisory: string;
  readonly source: string;
  readonly ecosystem: string;
  /** The name that was looked up; the source package on Debian, Ubuntu, Alpine. */
  readonly lookedUp: string;
  /** `>= 0, < 1.1.1w-0+deb11u1`, or the version listed. */
  readonly range: string;
}

/** One statement that one subject is affected by one advisory, at one place. */
export interface VulnerabilityFinding {
  readonly kind: "vulnerability";
  /** Stable across scans: same flaw, same package name and type, same artifact name → same id. 16 hex digits. */
  readonly id: string;
  readonly severity: Severity;
  readonly priority: Priority;
  readonly vulnerability: Vulnerability;
  readonly package: {
    readonly purl: string;
    readonly type: PackageType;
    readonly name: string;
    readonly version: string;
  };
  readonly locations: readonly PackageLocation[];
  readonly fix: FindingFix;
  readonly match: MatchReason;
}

/** What findings have in common that follow from a rule, of another tool or of ours. */
interface RuleFacts {
  readonly id: string;
  readonly severity: Severity;
  readonly priority: Priority;
  readonly rule: {
    readonly id: string;
    readonly title: string;
    readonly help: string | null;
    readonly url: string | null;
  };
  readonly tool: string;
  readonly message: string;
  readonly locations: readonly PackageLocation[];
}

/** A finding of another tool, brought in by SARIF: it enters the same verdict. */
export interface CodeFinding extends RuleFacts {
  readonly kind: "code";
}

/** One fault of configuration: a check of ours that a workload does not pass, at one place. */
export interface ConfigFinding extends RuleFacts {
  readonly kind: "config";
  readonly subject: ConfigSubject;
  /** The others that have the fault from the same place, by an anchor for instance. */
  readonly sharedBy?: readonly ConfigSubject[];
  /** JSON pointer into the document, RFC 6901. */
  readonly pointer: string;
  /** The offending value; null when something is missing. */
  readonly value: string | number | boolean | null;
  /** What an attacker gains. */
  readonly why: string;
  /** What to do, as an imperative sentence. */
  readonly remedy: string;
  /** The requirements of standards that it goes against. */
  readonly controls: readonly { readonly standard: string; readonly id: string }[];
  /** The edits that make it go away; absent when somebody has to decide. */
  readonly repair?: ConfigRepair;
  /** The changes to a host that make it go away; absent when somebody has to decide. */
  readonly steps?: readonly HostStep[];
}

/** Edits of the file in which a finding is. */
export interface ConfigRepair {
  /** Which of the file's documents, from 0; of YAML only mappings count. */
  readonly document: number;
  /** Of the bytes that were read: of others the edits say nothing. */
  readonly of: Digest;
  /** To be made together. */
  readonly edits: readonly Edit[];
}

/** What a finding of configuration is about. */
export interface ConfigSubject {
  /** `file`: one in which images and actions are named. */
  readonly platform: ConfigPlatform | "file";
  /** `Deployment`, `service`, `container`; `dockerfile`, `workflow`. */
  readonly kind: string;
  readonly name: string;
  readonly namespace: string | null;
  /** null when it is about the whole workload. */
  readonly container: string | null;
  /** What made it, where somebody vouches for that. */
  readonly owner?: WorkloadOwner;
}

/**
 * How sure it is that something is a secret: a checksum in it holds; it can be taken apart as its format demands; it looks as only
 * its kind does; or what stands around it says so.
 */
export type SecretProof = "checksum" | "structure" | "shape" | "context";

/** A secret that lies in content for whoever can read it. One finding for a secret, wherever it lies. */
export interface SecretFinding extends RuleFacts {
  readonly kind: "secret";
  readonly secret: {
    /** What may be shown of it: what names its kind, and of long random ones the last characters. */
    readonly shown: string;
    /**
     * By what it is known again: the first digits of SHA-256 over kind and secret, 16 of what chance has chosen and 3 of what people
     * have, because those could be guessed by more.
     */
    readonly fingerprint: string;
    readonly proof: SecretProof;
    /** How many places it was found at; the first ones are in `locations`. */
    readonly places: number;
    /** Whether it lies only where no file of the finished image shows it: deleted or replaced by a later layer, or in history. */
    readonly isHidden: boolean;
  };
  /** What to do, as an imperative sentence. */
  readonly remedy: string;
}

/** Findings that no upgrade closes but a change by the team itself. */
export type RuleFinding = CodeFinding | ConfigFinding | SecretFinding;

export type Finding = VulnerabilityFinding | RuleFinding;

/** A finding that was decided not to count. */
export interface SuppressedFinding {
  readonly finding: Finding;
  readonly by: "exception" | "vex" | "baseline" | "not-fixable";
  readonly reason: string;
  readonly owner: string | null;
  /** ISO date after which it counts again. */
  readonly until: string | null;
}

/** The score a reader would quote: the newest CVSS version given. */
export function leadingScore(scores: readonly CvssScore[]): CvssScore | null {
  return scores.reduce<CvssScore | null>(
    (best, s) => (best === null || s.version > best.version ? s : best),
    null,
  );
}
