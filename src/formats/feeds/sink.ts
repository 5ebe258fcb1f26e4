// What every reader of advisory data hands on, whatever its publisher's form: statements about packages, descriptions of flaws,
// and what it could not read. Readers call back instead of collecting, because a feed may hold a million statements.
import type { AffectedPackage, CvssScore, KnownExploited } from "../../model/advisory.ts";
import type { Severity } from "../../model/severity.ts";

/** One publisher's description of one flaw, before it is merged with what others say of it. */
export interface Description {
  /** The publisher's own id of the record. */
  readonly id: string;
  /** The flaws that it describes: CVE ids, as a rule one. Empty when it names none. */
  readonly cves: readonly string[];
  /** Other names of the same flaw: `GHSA-…`, `PYSEC-…`. */
  readonly aliases: readonly string[];
  /**
   * How much its text is worth against others about the same flaw; lower is better. 0 a record about the flaw, 1 a
   * distribution's record about one CVE, 2 a distribution's advisory about an update.
   */
  readonly rank: 0 | 1 | 2;
  readonly summary: string;
  /** The publisher's word; null when there is none. */
  readonly severity: Severity | null;
  readonly cvss: readonly CvssScore[];
  readonly publishedAt: string | null;
  readonly modifiedAt: string | null;
  readonly references: readonly string[];
}

/** Takes what a reader finds. All calls are synchronous, and nothing handed over is changed afterwards. */
export interface FeedSink {
  /** @param ecosystem As {@link canonicalEcosystem} writes it. @param name As {@link canonicalName} writes it. */
  affected(ecosystem: string, name: string, said: AffectedPackage): void;
  described(description: Description): void;
  /** @see https://www.cisa.gov/known-exploited-vulnerabilities-catalog */
  exploited(cve: string, known: KnownExploited, title: string): void;
  /** @param date ISO date of the model run. */
  scored(cve: string, score: { probability: number; percentile: number }, date: string): void;
  /** Moment at which the publisher's data was current, ISO 8601: a release date, or the change of a record. */
  current(moment: string): void;
  /** A record that cannot be read, in words that follow "cannot read …: ". */
  problem(detail: string): void;
}

/** Orders two versions of an ecosystem; null when it cannot. */
export type CompareVersions = (a: string, b: string) => number | null;

/** Finds an ecosystem's order; null when it is not known. */
export type OrderOf = (ecosystem: string) => CompareVersions | null;
