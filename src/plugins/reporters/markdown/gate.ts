// For summaries of jobs and comments under pull requests: safe to render, and short whatever was found.
import { count, grouped } from "../../../kit/phrase.ts";
import type { GateAnswer } from "../../../model/gate.ts";
import { gateAnswerOf, jointGateAnswer } from "../../../model/gate-answer.ts";
import { blocksVerdict } from "../../../model/problem.ts";
import type { RuleAnswer } from "../../../model/verdict.ts";
import type { GateReporter } from "../../../stages/report/contract.ts";
import { answerLine, cell } from "../shared/markdown-text.ts";
import { problemText } from "../shared/told-problems.ts";

export const markdownGate: GateReporter = {
  id: "markdown",
  title: "Markdown, for summaries of jobs",
  needs: [],
  state: "trial",
  mediaType: "text/markdown",
  report: (gate) => {
    const head = `${answerLine(jointGateAnswer(gate))}\n`;
    const several = gate.results.length > 1;
    const bodies = gate.results.map((result) => {
      const title = several ? `\n### ${answerLine(gateAnswerOf(result, gate))}\n` : "";
      return `${title}${body(result)}`;
    });
    return fitting([head, ...bodies]);
  },
};

/** Code hosts refuse comments of more than 65,536 characters. */
const LENGTH_MAX = 60_000;
const VIOLATIONS_MAX = 10;
const PROBLEMS_MAX = 10;

function fitting(parts: readonly string[]): string {
  let text = "";
  for (const [i, part] of parts.entries()) {
    if (text.length + part.length > LENGTH_MAX)
      return `${text}\nand ${count(parts.length - i, "more artifact")}\n`;
    text += part;
  }
  return text;
}

function body({ answers, problems, exempted }: GateAnswer): string {
  const rows = answers.flatMap(rowsOf);
  const table =
    rows.length === 0
      ? ""
      : `\n| | rule | what | fix | owner |\n| --- | --- | --- | --- | --- |\n${rows.join("\n")}\n`;
  const blocking = problems.filter(blocksVerdict);
  const rest = blocking.length - PROBLEMS_MAX;
  const listed = blocking
    .slice(0, PROBLEMS_MAX)
    .map((problem) => `- ${problem.code}: ${cell(problemText(problem))}\n`);
  const unknown =
    blocking.length === 0
      ? ""
      : `\nNot all is known:\n\n${listed.join("")}${rest > 0 ? `- and ${grouped(rest)} more\n` : ""}`;
  const excepted = exempted
    .slice(0, PROBLEMS_MAX)
    .map(
      (e) =>
        `- ${cell(e.rule)}: ${cell(e.summary)} (${cell(e.reason)}; ${cell(e.owner)}, until ${e.until})\n`,
    );
  const aside = excepted.length === 0 ? "" : `\nExcepted:\n\n${excepted.join("")}`;
  return `${table}${unknown}${aside}`;
}

function rowsOf(answer: RuleAnswer): string[] {
  const mark =
    answer.effect !== "deny"
      ? "warning"
      : answer.outcome === "violated"
        ? "**denied**"
        : "**open**";
  const { rule, summary, violations, owner } = answer;
  const shown = violations.slice(0, VIOLATIONS_MAX);
  const rest = answer.violations.length - shown.length;
  const row = (what: string, fix: string | null): string =>
    `| ${mark} | ${cell(rule)} | ${cell(what)} | ${cell(fix ?? "")} | ${cell(owner ?? "")} |`;
  if (shown.length === 0) return [row(summary, null)];
  return [
    ...shown.map(({ message, fix }) => row(message, fix)),
    ...(rest > 0 ? [row(`and ${grouped(rest)} more`, null)] : []),
  ];
}
