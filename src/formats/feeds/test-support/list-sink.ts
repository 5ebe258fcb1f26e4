import type { AffectedPackage, KnownExploited } from "../../../model/advisory.ts";
import type { Description, FeedSink } from "../sink.ts";

/** Keeps what a reader hands on, for tests to look at. */
export class ListSink implements FeedSink {
  readonly statements: [ecosystem: string, name: string, said: AffectedPackage][] = [];
  readonly descriptions: Description[] = [];
  readonly known: [cve: string, known: KnownExploited, title: string][] = [];
  readonly scores: [cve: string, probability: number, percentile: number, date: string][] = [];
  readonly moments: string[] = [];
  readonly problems: string[] = [];

  affected(ecosystem: string, name: string, said: AffectedPackage): void {
    this.statements.push([ecosystem, name, said]);
  }

  described(description: Description): void {
    this.descriptions.push(description);
  }

  exploited(cve: string, known: KnownExploited, title: string): void {
    this.known.push([cve, known, title]);
  }

  scored(cve: string, score: { probability: number; percentile: number }, date: string): void {
    this.scores.push([cve, score.probability, score.percentile, date]);
  }

  current(moment: string): void {
    this.moments.push(moment);
  }

  problem(detail: string): void {
    this.problems.push(detail);
  }

  /** What is said of one package, without what all statements of a feed have in common. */
  of(ecosystem: string, name: string): AffectedPackage[] {
    return this.statements.filter(([e, n]) => e === ecosystem && n === name).map(([, , s]) => s);
  }
}
