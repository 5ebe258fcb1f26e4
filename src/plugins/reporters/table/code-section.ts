import { cut, padRight, visible } from "../../../kit/display.ts";
import { grouped } from "../../../kit/phrase.ts";
import type { RuleFinding } from "../../../model/finding.ts";
import { placePhrase } from "../shared/fix-words.ts";
import { type Section, severityColour } from "./section.ts";

const FINDINGS_MAX = 20;

/** What other tools found in code. */
export function codeSection(section: Section): string[] {
  const code = section.groups.code.filter(({ kind }) => kind !== "secret");
  if (code.length === 0) return [];
  const rest = code.length - FINDINGS_MAX;
  return [
    section.bold("IN CODE"),
    ...code.slice(0, FINDINGS_MAX).flatMap((finding) => codeLines(finding, section)),
    ...(rest > 0 ? [`    and ${grouped(rest)} more`] : []),
  ];
}

function codeLines(finding: RuleFinding, section: Section): string[] {
  const { width, dim, bold } = section;
  const rank = severityColour(finding.severity, section)(padRight(finding.severity, 10));
  const [place] = finding.locations;
  const where = place === undefined ? "" : placePhrase(place);
  const message = visible(finding.message === "" ? finding.rule.title : finding.message);
  const by = visible(`${finding.tool} ${finding.rule.id}`);
  return [
    `    ${rank} ${bold(cut(visible(where === "" ? by : where), width - 15))}`,
    `      ${cut(message, width - 6)}`,
    ...(where === "" ? [] : [dim(`      ${cut(by, width - 6)}`)]),
  ];
}
