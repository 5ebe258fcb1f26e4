// The answer of a run over several targets. Apart from answer.ts, because ranking fixes needs the names that it makes.
import { count, grouped } from "../kit/phrase.ts";
import { answerOf, countedPhrase, incompleteness } from "./answer.ts";
import { countFlaws } from "./fix-group.ts";
import type { ScanResult } from "./scan.ts";
import { topFixes } from "./top-fixes.ts";

/**
 * The first line of a report: the answer of one result, or of all together, as
 * `3 artifacts : 1 denied; 2 known exploited, 9 high; upgrading openssl closes 7 in 2 of them`.
 *
 * A vulnerability that several artifacts have counts once. Not neutralised, as in {@link answerOf}.
 */
export function jointAnswer(results: readonly ScanResult[]): string {
  const [first] = results;
  if (first !== undefined && results.length === 1) return answerOf(first);
  const findings = results.flatMap((result) => result.findings);
  const parts = [
    ...standings(results),
    findings.length === 0 ? "nothing found" : countedPhrase(countFlaws(findings)),
    bestFix(results),
  ];
  return `${count(results.length, "artifact")} : ${parts.filter((p) => p !== null).join("; ")}`;
}

/** Whatever makes it less than a full answer stands first. */
function standings(results: readonly ScanResult[]): string[] {
  const denied = results.filter((r) => r.verdict.outcome === "deny").length;
  const undecided = results.filter((r) => r.verdict.outcome === "undecided").length;
  const partial = results.filter(
    (r) => r.verdict.outcome !== "undecided" && incompleteness(r) !== null,
  ).length;
  return [
    denied > 0 ? `${grouped(denied)} denied` : "",
    undecided > 0 ? `${grouped(undecided)} undecided` : "",
    partial > 0 ? `${grouped(partial)} incomplete` : "",
  ].filter((part) => part !== "");
}

function bestFix(results: readonly ScanResult[]): string | null {
  const [fix] = topFixes(results, 1);
  if (fix === undefined) return null;
  const where = fix.places.length === 1 ? "one" : grouped(fix.places.length);
  return `upgrading ${fix.upgrade} closes ${grouped(fix.closes)} in ${where} of them`;
}
