// For code hosts: a rule of the policy is a rule, what it objects to is a result. Source: SARIF 2.1.0.
import type { GateResult } from "../../../model/gate.ts";
import { type GateRow, gateRows } from "../../../model/gate-answer.ts";
import { blocksVerdict } from "../../../model/problem.ts";
import type { GateReporter } from "../../../stages/report/contract.ts";
import { problemText } from "../shared/told-problems.ts";
import { uriOf } from "./results.ts";

export const sarifGate: GateReporter = {
  id: "sarif",
  title: "SARIF 2.1.0, for code hosts",
  needs: [],
  state: "trial",
  mediaType: "application/sarif+json",
  report: (gate) => {
    const log = {
      $schema: "https://json.schemastore.org/sarif-2.1.0.json",
      version: "2.1.0",
      runs: [runOf(gate)],
    };
    return `${JSON.stringify(log, null, 2)}\n`;
  },
};

function runOf(gate: GateResult): object {
  const rows = gateRows(gate);
  const ids = [...new Set(rows.map(({ answer }) => answer.rule))];
  const { policy, results } = gate;
  return {
    tool: {
      driver: {
        name: "bulwark",
        version: gate.tool.version,
        semanticVersion: gate.tool.version,
        informationUri: "https://bulwark.dev",
        rules: ids.map((id) => ({
          id,
          shortDescription: { text: `rule ${id} of policy ${policy.name}` },
        })),
      },
    },
    automationDetails: { id: `bulwark-gate/${policy.name}/` },
    invocations: [
      {
        executionSuccessful: !results.some((r) => r.problems.some(blocksVerdict)),
        endTimeUtc: gate.decidedAt,
        exitCode: gate.exitCode,
        toolExecutionNotifications: results
          .flatMap((r) => r.problems)
          .map((problem) => ({
            descriptor: { id: problem.code },
            level: blocksVerdict(problem) ? "error" : "note",
            message: { text: problemText(problem) },
          })),
      },
    ],
    columnKind: "utf16CodeUnits",
    results: rows.map((row) => resultOf(row, ids)),
    properties: { policy, stage: gate.stage },
  };
}

function resultOf({ result, answer, violation }: GateRow, ids: readonly string[]): object {
  const { artifact } = result;
  const { message, place, line = 1, fix, finding } = violation;
  return {
    ruleId: answer.rule,
    ruleIndex: ids.indexOf(answer.rule),
    level: answer.effect === "deny" ? "error" : "warning",
    message: { text: fix === null ? message : `${message} (${fix})` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(place ?? artifact.target) },
          region: { startLine: line },
        },
      },
    ],
    ...(finding === null ? {} : { partialFingerprints: { "bulwarkFinding/v1": finding } }),
    properties: {
      artifact: artifact.reference ?? artifact.target,
      digest: artifact.digest,
      outcome: answer.outcome,
      owner: answer.owner,
    },
  };
}
