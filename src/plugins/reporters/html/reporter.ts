// One page for people who do not sit at a terminal. It holds all it needs, asks nothing of the network, and runs no script but
// its own: names out of an image are escaped, and the content security policy forbids whatever would slip through.
import { grouped } from "../../../kit/phrase.ts";
import { answerOf, subjectOf } from "../../../model/answer.ts";
import { countFlaws, type FindingGroups, groupByFix, toFlaws } from "../../../model/fix-group.ts";
import { jointAnswer } from "../../../model/joint-answer.ts";
import type { ScanResult } from "../../../model/scan.ts";
import type { Reporter } from "../../../stages/report/contract.ts";
import { html } from "./escape.ts";
import { findingsSection } from "./findings.ts";
import { fixesSection } from "./fixes.ts";
import { overview } from "./overview.ts";
import { asideSection, problemsSection } from "./problems.ts";
import { SCRIPT } from "./script.ts";
import { STYLE } from "./style.ts";

export const htmlReporter: Reporter = {
  id: "html",
  title: "one page for people, with charts and filters",
  needs: [],
  state: "stable",
  mediaType: "text/html",
  report,
};

const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

function report(results: readonly ScanResult[]): string {
  const answer = jointAnswer(results);
  const [first] = results;
  const parts = results.map((result) => ({ result, groups: groupByFix(result.findings) }));
  const isOne = parts.length === 1;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}"><meta name="referrer" content="no-referrer">
<title>${html(answer, 300)}</title><style>${STYLE}</style></head><body><main>
<div class="top"><span class="brand">Bulwark</span><button type="button" id="theme">light / dark</button></div>
${isOne ? "" : summary(results, answer)}
${parts.map(({ result, groups }) => resultHtml(result, groups)).join("\n")}
${findingsSection(
  parts.map(({ result }) => ({
    subject: isOne ? "" : subjectOf(result.artifact),
    flaws: toFlaws(result.findings.filter((f) => f.kind === "vulnerability")),
    code: result.findings.filter((f) => f.kind === "code"),
  })),
)}
${parts.map(({ result }) => problemsSection(result) + asideSection(result)).join("\n")}
<footer>Written by bulwark ${html(first?.tool.version ?? "")}. ${results.map((r) => `<code>${html(r.artifact.digest ?? r.artifact.target, 200)}</code>`).join(", ")}</footer>
</main><script>${SCRIPT}</script></body></html>
`;
}

function resultHtml(result: ScanResult, groups: FindingGroups): string {
  return `<section>${overview(result, groups)}${fixesSection(groups.fixes, result)}</section>`;
}

/** Several artifacts: the answer of all, then one line each. */
function summary(results: readonly ScanResult[], answer: string): string {
  const rows = results.map((result) => {
    const { bySeverity, knownExploited } = countFlaws(result.findings);
    const cells = [knownExploited, bySeverity.critical, bySeverity.high, bySeverity.medium];
    return `<tr><td>${html(answerOf(result), 400)}</td><td>${result.verdict.outcome}</td>${cells.map((n) => `<td class="num">${grouped(n)}</td>`).join("")}</tr>`;
  });
  return `<h1>${html(answer)}</h1><div class="scroll"><table><thead><tr><th>artifact</th><th>verdict</th><th>exploited</th><th>critical</th><th>high</th><th>medium</th></tr></thead><tbody>${rows.join("")}</tbody></table></div>`;
}
