// For people at a terminal: the answer, what to fix in which order, what was not examined, what to do next. Bounded, whatever
// was found: who wants every line asks for another format.
import { palette } from "../../../kit/colour.ts";
import { visible } from "../../../kit/display.ts";
import { answerOf } from "../../../model/answer.ts";
import { groupByFix } from "../../../model/fix-group.ts";
import { jointAnswer } from "../../../model/joint-answer.ts";
import type { ScanResult } from "../../../model/scan.ts";
import type { Reporter, ReportSurroundings } from "../../../stages/report/contract.ts";
import { codeSection } from "./code-section.ts";
import { factsSection } from "./facts-section.ts";
import { fixSection } from "./fix-section.ts";
import { nextSteps } from "./next-steps.ts";
import { asideLines, problemSection } from "./problem-section.ts";
import { secretsSection } from "./secrets-section.ts";
import { idWidthOf, type Section } from "./section.ts";
import { unfixedSection } from "./unfixed-section.ts";

export const table: Reporter = {
  id: "table",
  title: "for people at a terminal",
  needs: [],
  state: "stable",
  mediaType: "text/plain",
  report,
};

function report(results: readonly ScanResult[], surroundings: ReportSurroundings): string {
  const [only] = results;
  const parts =
    only !== undefined && results.length === 1
      ? [reportOne(only, surroundings)]
      : [
          answerLine(jointAnswer(results), results, surroundings),
          ...results.map((result) => reportOne(result, surroundings)),
        ];
  const next = nextSteps(results, surroundings);
  return `${[...parts, next].filter((part) => part !== "").join("\n\n")}\n`;
}

function reportOne(result: ScanResult, surroundings: ReportSurroundings): string {
  const groups = groupByFix(result.findings);
  const section: Section = {
    ...surroundings,
    ...palette(surroundings.colour),
    result,
    groups,
    idWidth: idWidthOf(groups),
  };
  return [
    answerLine(answerOf(result), [result], surroundings),
    factsSection(section),
    fixSection(section),
    secretsSection(section),
    codeSection(section),
    unfixedSection(section),
    problemSection(section),
    asideLines(section),
  ]
    .filter((lines) => lines.length > 0)
    .map((lines) => (typeof lines === "string" ? lines : lines.join("\n")))
    .join("\n\n");
}

/** Never cut and never broken: the first line is the answer as other programs read it. */
function answerLine(
  answer: string,
  results: readonly ScanResult[],
  { colour }: ReportSurroundings,
): string {
  const { alarm, bold } = palette(colour);
  const text = visible(answer);
  return results.some((r) => r.verdict.outcome === "deny") ? alarm(text) : bold(text);
}
