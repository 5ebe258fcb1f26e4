import type { Palette } from "../../../kit/colour.ts";
import { columns, cut, padRight, visible } from "../../../kit/display.ts";
import type { Flaw } from "../../../model/fix-group.ts";
import { type FindingGroups, isKnownExploited } from "../../../model/fix-group.ts";
import type { ScanResult } from "../../../model/scan.ts";
import type { Severity } from "../../../model/severity.ts";
import type { ReportSurroundings } from "../../../stages/report/contract.ts";
import { reasonsOf } from "../shared/fix-words.ts";

/** What a part of the report is written from: one result, and the screen it is written for. */
export interface Section extends ReportSurroundings, Palette {
  readonly result: ScanResult;
  readonly groups: FindingGroups;
  /** Columns of the widest vulnerability id. */
  readonly idWidth: number;
}

/** The colour in which a severity is written. */
export function severityColour(severity: Severity, colours: Palette): (text: string) => string {
  if (severity === "critical" || severity === "high") return colours.red;
  if (severity === "medium") return colours.yellow;
  return colours.dim;
}

/** A GHSA id; longer ones are cut. */
const ID_WIDTH_MAX = 19;
const RANK_WIDTH = 10;
const INDENT = 4;

/** One flaw in one line: id, severity, priority, and why it stands where it stands. */
export function flawLine(flaw: Flaw, section: Section): string {
  const { width, red, bold, idWidth } = section;
  const exploited = isKnownExploited(flaw);
  const paint = exploited ? section.alarm : severityColour(flaw.severity, section);
  const id = padRight(cut(visible(flaw.id), idWidth), idWidth);
  const rank = padRight(flaw.severity, RANK_WIDTH);
  const score = String(Math.round(flaw.score)).padStart(3);
  const head = INDENT + idWidth + 1 + RANK_WIDTH + 4;
  const about = width < head + 10 ? "" : cut(aboutFlaw(flaw), width - head - 2);
  const painted = exploited ? paint(flaw.severity) + rank.slice(flaw.severity.length) : paint(rank);
  return `${" ".repeat(INDENT)}${bold(id)} ${painted} ${score}  ${exploited ? red(about) : about}`.trimEnd();
}

/** What is wrong, led by what makes it urgent. */
function aboutFlaw(flaw: Flaw): string {
  const [first] = reasonsOf(flaw);
  const summary = flaw.findings[0]?.vulnerability.summary ?? "";
  const lead = isKnownExploited(flaw) && first !== undefined ? first : "";
  return visible([lead, summary].filter((text) => text !== "").join("; "));
}

/** How wide the column of ids has to be. */
export function idWidthOf({ fixes, unfixed }: FindingGroups): number {
  const flaws = [
    ...fixes.slice(0, 50).flatMap((group) => group.flaws.slice(0, 10)),
    ...unfixed.slice(0, 10),
  ];
  return flaws.reduce(
    (widest, { id }) => Math.min(ID_WIDTH_MAX, Math.max(widest, columns(visible(id)))),
    8,
  );
}
