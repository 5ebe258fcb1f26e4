// For comments under pull requests and summaries of jobs: short whatever was found, and safe to render.
import { visible } from "../../../kit/display.ts";
import { count, grouped } from "../../../kit/phrase.ts";
import { answerOf } from "../../../model/answer.ts";
import type { RuleFinding } from "../../../model/finding.ts";
import {
  type FixGroup,
  type Flaw,
  groupByFix,
  isKnownExploited,
} from "../../../model/fix-group.ts";
import { jointAnswer } from "../../../model/joint-answer.ts";
import { blocksVerdict } from "../../../model/problem.ts";
import type { ScanResult } from "../../../model/scan.ts";
import type { Reporter } from "../../../stages/report/contract.ts";
import { closesPhrase, placePhrase, severitiesPhrase } from "../shared/fix-words.ts";
import { answerLine, cell, inline } from "../shared/markdown-text.ts";
import { problemText } from "../shared/told-problems.ts";

export const markdown: Reporter = {
  id: "markdown",
  title: "Markdown, for comments under pull requests",
  needs: [],
  state: "stable",
  mediaType: "text/markdown",
  report,
};

/** Code hosts refuse comments of more than 65,536 characters. */
const LENGTH_MAX = 60_000;
const FIXES_MAX = 25;
const UNFIXED_MAX = 10;
const CODE_MAX = 20;
const PROBLEMS_MAX = 10;

/** The first line is the answer; results that no longer fit are named by their answers, and then counted. */
function report(results: readonly ScanResult[]): string {
  const [only] = results;
  if (only !== undefined && results.length === 1)
    return `${answerLine(answerOf(only))}\n${body(only)}`;
  const parts = [`${answerLine(jointAnswer(results))}\n`];
  let length = parts[0]?.length ?? 0;
  for (const [i, result] of results.entries()) {
    const whole = `\n## ${answerLine(answerOf(result))}\n${body(result)}`;
    const short = `\n- ${answerLine(answerOf(result))}\n`;
    const part = length + whole.length <= LENGTH_MAX ? whole : short;
    if (length + part.length > LENGTH_MAX) {
      parts.push(`\nand ${count(results.length - i, "more artifact")}\n`);
      break;
    }
    parts.push(part);
    length += part.length;
  }
  return parts.join("");
}

function body(result: ScanResult): string {
  const groups = groupByFix(result.findings);
  const sections = [
    fixTable(groups.fixes),
    codeTable(groups.code),
    unfixedList(groups.unfixed),
    problemList(result),
    asideLine(result),
  ].filter((section) => section !== "");
  return sections.map((section) => `\n${section}\n`).join("");
}

function fixTable(fixes: readonly FixGroup[]): string {
  if (fixes.length === 0) return "";
  const rows = fixes.slice(0, FIXES_MAX).map((group) => {
    const worst = group.flaws
      .slice(0, 3)
      .map((flaw) => inline(flaw.id))
      .join(", ");
    const rest = group.flaws.length > 3 ? ` and ${grouped(group.flaws.length - 3)} more` : "";
    const closes = group.knownExploited > 0 ? `**${closesPhrase(group)}**` : closesPhrase(group);
    return `| ${cell(group.upgrade)} | ${cell(group.from)} → ${cell(group.to)} | ${closes}: ${severitiesPhrase(group.flaws)} | ${worst}${rest} |`;
  });
  const more =
    fixes.length > FIXES_MAX ? `\n\nand ${count(fixes.length - FIXES_MAX, "more upgrade")}` : "";
  return `| upgrade | from → to | closes | worst |\n| --- | --- | --- | --- |\n${rows.join("\n")}${more}`;
}

function codeTable(code: readonly RuleFinding[]): string {
  if (code.length === 0) return "";
  const rows = code.slice(0, CODE_MAX).map((finding) => {
    const [place] = finding.locations;
    const where = place === undefined ? "" : cell(placePhrase(place));
    return `| ${finding.severity} | ${where} | ${cell(finding.message || finding.rule.title)} | ${cell(finding.rule.id)} |`;
  });
  const more =
    code.length > CODE_MAX ? `\n\nand ${grouped(code.length - CODE_MAX)} more in code` : "";
  return `| in code | where | what | rule |\n| --- | --- | --- | --- |\n${rows.join("\n")}${more}`;
}

function unfixedList(flaws: readonly Flaw[]): string {
  if (flaws.length === 0) return "";
  const rows = flaws.slice(0, UNFIXED_MAX).map((flaw) => {
    const [first] = flaw.findings;
    const exploited = isKnownExploited(flaw) ? ", **known exploited**" : "";
    return `- ${inline(flaw.id)}, ${flaw.severity}${exploited}, in ${cell(first?.package.name ?? "")}`;
  });
  const more =
    flaws.length > UNFIXED_MAX ? `\n- and ${grouped(flaws.length - UNFIXED_MAX)} more` : "";
  return folded(
    `${count(flaws.length, "flaw")} without a fix: ${severitiesPhrase(flaws)}`,
    rows.join("\n") + more,
  );
}

function problemList({ problems }: ScanResult): string {
  if (problems.length === 0) return "";
  const sorted = problems.toSorted((a, b) => Number(blocksVerdict(b)) - Number(blocksVerdict(a)));
  const rows = sorted.slice(0, PROBLEMS_MAX).map((p) => `- ${p.code}: ${cell(problemText(p))}`);
  const more =
    problems.length > PROBLEMS_MAX ? `\n- and ${grouped(problems.length - PROBLEMS_MAX)} more` : "";
  return folded(`${count(problems.length, "problem")}: not all is known`, rows.join("\n") + more);
}

function folded(summary: string, text: string): string {
  return `<details><summary>${visible(summary)}</summary>\n\n${text}\n\n</details>`;
}

function asideLine({ suppressed }: ScanResult): string {
  return suppressed.length === 0 ? "" : `${grouped(suppressed.length)} set aside, not counted`;
}
