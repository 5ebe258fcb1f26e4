// For build servers: an artifact is a suite, a rule that objects is a failed case, one that cannot answer an error.
// Source: the XML schema that Jenkins' plugin and GitLab read; no standard exists.
import { visible } from "../../../kit/display.ts";
import type { GateAnswer, GateResult } from "../../../model/gate.ts";
import { gateAnswerOf } from "../../../model/gate-answer.ts";
import type { RuleAnswer } from "../../../model/verdict.ts";
import type { GateReporter } from "../../../stages/report/contract.ts";

export const junitGate: GateReporter = {
  id: "junit",
  title: "JUnit's XML, for build servers",
  needs: [],
  state: "trial",
  mediaType: "application/xml",
  report: (gate) => {
    const suites = gate.results.map((result) => suiteOf(result, gate));
    return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="bulwark gate">\n${suites.join("")}</testsuites>\n`;
  },
};

function suiteOf(result: GateAnswer, gate: GateResult): string {
  const cases = result.answers.map((answer) => caseOf(answer, gate));
  const { outcome, reasons } = result.verdict;
  const count = (test: (answer: RuleAnswer) => boolean): number =>
    result.answers.filter(test).length;
  // What hides something is no rule's answer, and must fail the suite all the same.
  const isOpen = outcome === "undecided" && count((a) => a.outcome === "unanswered") === 0;
  const verdict = isOpen ? `<error message=${attribute(reasons.join("; "))}></error>` : "";
  const failures = count((a) => a.effect === "deny" && a.outcome === "violated");
  const errors = count((a) => a.effect === "deny" && a.outcome === "unanswered") + Number(isOpen);
  const name = attribute(result.artifact.reference ?? result.artifact.target);
  return (
    `  <testsuite name=${name} tests="${cases.length + 1}" failures="${failures}" errors="${errors}" timestamp="${gate.decidedAt}">\n` +
    `    <testcase classname=${attribute(gate.policy.name)} name="verdict">${verdict}<system-out>${text(gateAnswerOf(result, gate))}</system-out></testcase>\n` +
    `${cases.join("")}  </testsuite>\n`
  );
}

function caseOf(answer: RuleAnswer, { policy }: GateResult): string {
  const lines = answer.violations.map(
    ({ message, fix }) => `${message}${fix === null ? "" : `; fix: ${fix}`}`,
  );
  const kind = answer.outcome === "violated" ? "failure" : "error";
  const inner =
    answer.effect !== "deny"
      ? `<system-out>${text([`warning: ${answer.summary}`, ...lines].join("\n"))}</system-out>`
      : `<${kind} message=${attribute(answer.summary)}>${text(lines.join("\n"))}</${kind}>`;
  return `    <testcase classname=${attribute(policy.name)} name=${attribute(answer.rule)}>${inner}</testcase>\n`;
}

function attribute(value: string): string {
  return `"${text(value)}"`;
}

/** Control characters, which XML cannot hold, are written out before. */
function text(value: string): string {
  return value
    .split("\n")
    .map(visible)
    .join("\n")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
