// For code hosts and editors. Source: SARIF 2.1.0 (OASIS standard, errata 01), and what code hosts ask of it beyond: a location
// for each result, `security-severity` of the rule, fingerprints that stay.
import { jsonPieces } from "../../../kit/json-pieces.ts";
import { stableId } from "../../../kit/stable-id.ts";
import type { Finding, SuppressedFinding } from "../../../model/finding.ts";
import { blocksVerdict, type Problem } from "../../../model/problem.ts";
import type { ScanResult } from "../../../model/scan.ts";
import type { Reporter } from "../../../stages/report/contract.ts";
import { indentOf } from "../shared/json-text.ts";
import { problemText } from "../shared/told-problems.ts";
import { levelOf, resultOf } from "./results.ts";
import { Rules } from "./rules.ts";

export const sarif: Reporter = {
  id: "sarif",
  title: "SARIF 2.1.0, for code hosts and editors",
  needs: [],
  state: "stable",
  mediaType: "application/sarif+json",
  report: (results) => [...pieces(results)].join(""),
  pieces,
};

function* pieces(results: readonly ScanResult[]): Generator<string> {
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: results.map(runOf),
  };
  // Runs, a run and its results.
  yield* jsonPieces(log, { levels: 4, indent: indentOf(results) });
  yield "\n";
}

/** Its results are made one by one, as they are written. */
function runOf(result: ScanResult): object {
  const { tool, artifact, findings, suppressed, verdict, data } = result;
  const all = [...findings, ...suppressed.map(({ finding }) => finding)];
  const rules = new Rules();
  for (const finding of all) rules.indexOf(finding);
  return {
    tool: {
      driver: {
        name: "bulwark",
        version: tool.version,
        semanticVersion: tool.version,
        informationUri: "https://bulwark.dev",
        rules: rules.all(),
      },
    },
    // Code hosts keep results of several artifacts apart by this.
    automationDetails: { id: `bulwark/${artifact.reference ?? artifact.target}/` },
    invocations: [invocationOf(result)],
    columnKind: "utf16CodeUnits",
    results: rowsOf(result, rules, fingerprints(all)),
    properties: {
      artifact: artifact.reference ?? artifact.target,
      digest: artifact.digest,
      verdict,
      data,
    },
  };
}

function* rowsOf(
  { artifact, findings, suppressed }: ScanResult,
  rules: Rules,
  fingerprint: (finding: Finding) => string,
): Generator<object> {
  const row = (finding: Finding): object => {
    const keys = { ruleIndex: rules.indexOf(finding), fingerprint: fingerprint(finding) };
    return resultOf(finding, keys, artifact);
  };
  for (const finding of findings) yield row(finding);
  for (const aside of suppressed) yield withReason(row(aside.finding), aside);
}

/**
 * By what a finding is known again: its id, which stays when the package is upgraded and still affected. Copies of one package
 * in several versions are told apart by their purls, or a code host would take them for one.
 */
function fingerprints(findings: readonly Finding[]): (finding: Finding) => string {
  const purls = new Map<string, Set<string>>();
  for (const finding of findings) {
    if (finding.kind !== "vulnerability") continue;
    const known = purls.get(finding.id);
    if (known === undefined) purls.set(finding.id, new Set([finding.package.purl]));
    else known.add(finding.package.purl);
  }
  return (finding) =>
    finding.kind !== "vulnerability" || (purls.get(finding.id)?.size ?? 0) < 2
      ? finding.id
      : stableId([finding.id, finding.package.purl]);
}

function withReason(row: object, aside: SuppressedFinding): object {
  const justification = [aside.reason, aside.owner === null ? "" : `owner ${aside.owner}`]
    .filter((part) => part !== "")
    .join("; ");
  return { ...row, suppressions: [{ kind: "external", status: "accepted", justification }] };
}

/** What could not be examined makes the run incomplete, and says so where viewers look. */
function invocationOf({ problems, scannedAt, exitCode }: ScanResult): object {
  return {
    executionSuccessful: !problems.some(blocksVerdict),
    endTimeUtc: scannedAt,
    exitCode,
    toolExecutionNotifications: problems.map(notificationOf),
  };
}

function notificationOf(problem: Problem): object {
  return {
    descriptor: { id: problem.code },
    level: blocksVerdict(problem) ? levelOf("high") : levelOf("low"),
    message: {
      text: problemText(problem),
    },
  };
}
