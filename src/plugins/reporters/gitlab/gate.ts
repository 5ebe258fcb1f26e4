// For a job on GitLab: its Code Quality report, which merge requests show as what is new and what is gone.
// Source: docs.gitlab.com, "Code Quality", "Code Quality report format".
import { visible } from "../../../kit/display.ts";
import { stableId } from "../../../kit/stable-id.ts";
import { type GateRow, gateAnswerOf, gateRows } from "../../../model/gate-answer.ts";
import type { GateReporter } from "../../../stages/report/contract.ts";

export const gitlabGate: GateReporter = {
  id: "gitlab",
  title: "GitLab's Code Quality report",
  needs: [],
  state: "trial",
  mediaType: "application/json",
  report: (gate) => {
    const open = gate.results
      .filter((result) => result.verdict.outcome === "undecided")
      .map((result) => {
        const target = result.artifact.reference ?? result.artifact.target;
        return entry({
          rule: "undecided",
          description: gateAnswerOf(result, gate),
          path: target,
          severity: "critical",
          fingerprint: stableId(["undecided", target]),
        });
      });
    return `${JSON.stringify([...open, ...gateRows(gate).map(rowOf)], null, 2)}\n`;
  },
};

function rowOf({ result, answer, violation }: GateRow): object {
  const target = result.artifact.reference ?? result.artifact.target;
  const fix = violation.fix === null ? "" : ` (${violation.fix})`;
  return entry({
    rule: answer.rule,
    description: `${violation.message}${fix}`,
    path: violation.place ?? target,
    line: violation.line ?? 1,
    severity: answer.effect === "deny" ? "critical" : "minor",
    fingerprint: stableId([answer.rule, violation.finding ?? violation.message, target]),
  });
}

interface Entry {
  readonly rule: string;
  readonly description: string;
  readonly path: string;
  readonly line?: number;
  readonly severity: "critical" | "minor";
  readonly fingerprint: string;
}

function entry({ rule, description, path, line = 1, severity, fingerprint }: Entry): object {
  return {
    description: visible(description),
    check_name: rule,
    fingerprint,
    severity,
    location: { path: visible(path), lines: { begin: line } },
  };
}
