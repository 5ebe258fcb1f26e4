import type { Severity } from "./severity.ts";

/** A severity statement with a vector. */
export interface CvssScore {
  /** `2.0`, `3.0`, `3.1`, `4.0`. */
  readonly version: string;
  readonly vector: string;
  /** Base score, 0–10. */
  readonly score: number;
}

/** Probability of exploitation within 30 days. @see https://www.first.org/epss */
export interface Epss {
  readonly probability: number;
  readonly percentile: number;
  /** ISO date of the model run. */
  readonly date: string;
}

/** Listed by CISA as exploited in the wild. */
export interface KnownExploited {
  readonly addedAt: string;
  readonly dueAt: string | null;
  readonly ransomware: boolean;
}

/** The flaw itself, merged over everything the store knows under its names. */
export interface Vulnerability {
  /** The CVE id when there is one, otherwise the id of the advisory that describes it. */
  readonly id: string;
  readonly aliases: readonly string[];
  readonly summary: string;
  readonly severity: Severity;
  readonly cvss: readonly CvssScore[];
  readonly epss: Epss | null;
  readonly knownExploited: KnownExploited | null;
  readonly publishedAt: string | null;
  readonly modifiedAt: string | null;
  readonly references: readonly string[];
}

/** One stretch of affected versions: from `introduced` (`"0"` means from the first) up to `fixed` (exclusive) or `lastAffected` (inclusive). */
export interface AffectedRange {
  readonly introduced: string;
  readonly fixed?: string;
  readonly lastAffected?: string;
}

/** What one advisory says of one package in one ecosystem. OSV's `affected[]`, normalised: events sorted into ranges. */
export interface AffectedPackage {
  /** Id of the advisory: `DSA-5343-1`, `GHSA-…`, `CVE-…`, `ALSA-2023:1405`. */
  readonly advisory: string;
  /** CVE ids and other names of the same flaw; one advisory of a distribution may name several CVEs. */
  readonly vulnerabilities: readonly string[];
  readonly ranges: readonly AffectedRange[];
  /** Versions listed one by one. */
  readonly versions?: readonly string[];
  /** The publisher's word where it is about this package in this release (Debian urgency, Ubuntu priority). */
  readonly severity?: Severity;
  /** The publisher does not mean to fix it, or looked and found nothing to fix. */
  readonly state?: "wont-fix" | "not-affected" | "under-investigation";
  /** Limits the statement to packages of a RHEL module stream (`nodejs:18`) or an architecture. */
  readonly module?: string;
  readonly architectures?: readonly string[];
  /** Which feed said it: `osv`, `alpine-secdb`, `debian-tracker`, `debian-dsa`, `ubuntu`, `starter`. */
  readonly source: string;
}

/** What answered: which data, how old, how complete. */
export interface AdvisoryData {
  readonly kind: "full" | "starter" | "none";
  /** Newest moment at which the data was known to be current; null for the starter pack. */
  readonly builtAt: string | null;
  readonly ageHours: number | null;
  readonly ecosystems: readonly string[];
  readonly advisories: number;
}
