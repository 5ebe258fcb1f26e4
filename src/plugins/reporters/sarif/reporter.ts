// For code hosts and editors. Source: SARIF 2.1.0 (OASIS standard, errata 01), and what code hosts ask of it beyond: a location
// for each result, `security-severity` of the rule, fingerprints that stay.
import type { Finding, SuppressedFinding } from "../../../model/finding.ts";
import { blocksVerdict, type Problem } from "../../../model/problem.ts";
import type { ScanResult } from "../../../model/scan.ts";
import type { Reporter } from "../../../stages/report/contract.ts";
import { jsonText } from "../shared/json-text.ts";
import { problemText } from "../shared/told-problems.ts";
import { levelOf, resultOf } from "./results.ts";
import { Rules } from "./rules.ts";

export const sarif: Reporter = {
  id: "sarif",
  title: "SARIF 2.1.0, for code hosts and editors",
  needs: [],
  state: "stable",
  mediaType: "application/sarif+json",
  report: (results) => {
    const log = {
      $schema: "https://json.schemastore.org/sarif-2.1.0.json",
      version: "2.1.0",
      runs: results.map(runOf),
    };
    return jsonText(log, results);
  },
};

function runOf(result: ScanResult): object {
  const rules = new Rules();
  const rows = [
    ...result.findings.map((finding) => rowOf(finding, null, rules, result)),
    ...result.suppressed.map((entry) => rowOf(entry.finding, entry, rules, result)),
  ];
  return {
    tool: {
      driver: {
        name: "bulwark",
        version: result.tool.version,
        semanticVersion: result.tool.version,
        informationUri: "https://bulwark.dev",
        rules: rules.all(),
      },
    },
    // Code hosts keep results of several artifacts apart by this.
    automationDetails: { id: `bulwark/${result.artifact.reference ?? result.artifact.target}/` },
    invocations: [invocationOf(result)],
    columnKind: "utf16CodeUnits",
    results: rows,
    properties: {
      artifact: result.artifact.reference ?? result.artifact.target,
      digest: result.artifact.digest,
      verdict: result.verdict,
      data: result.data,
    },
  };
}

function rowOf(
  finding: Finding,
  aside: SuppressedFinding | null,
  rules: Rules,
  { artifact }: ScanResult,
): object {
  const row = resultOf(finding, rules.indexOf(finding), artifact);
  if (aside === null) return row;
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
