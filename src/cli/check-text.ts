// The result of checks, for people: what to do first, and under it the places where it is to be done.
import { type Palette, palette } from "../kit/colour.ts";
import { columns, padRight, visible, wrap } from "../kit/display.ts";
import { count, grouped, list } from "../kit/phrase.ts";
import { countedPhrase } from "../model/answer.ts";
import type { CheckResult } from "../model/check-result.ts";
import type { ConfigFinding } from "../model/finding.ts";
import { countFlaws } from "../model/fix-group.ts";
import type { Problem } from "../model/problem.ts";
import type { Severity } from "../model/severity.ts";

interface Screen {
  readonly width: number;
  readonly colour: boolean;
}

const PLACES_MAX = 50;
const PROBLEMS_MAX = 20;

/** The answer in one line: `deploy : denied, 3 findings against pss-baseline; 2 high, 1 medium in 4 workloads`. */
export function checkAnswer(result: CheckResult): string {
  const { targets, findings, suppressed, subjects, problems, verdict } = result;
  const standing =
    verdict.outcome === "deny" || verdict.outcome === "undecided"
      ? `${verdict.outcome === "deny" ? "denied" : "undecided"}, ${verdict.reasons[0] ?? ""}`
      : null;
  const found = findings.length === 0 ? "nothing found" : countedPhrase(countFlaws(findings));
  const aside = suppressed.length === 0 ? "" : ` (${grouped(suppressed.length)} suppressed)`;
  const unread = problems.filter((p) => p.code === "configuration-unreadable").length;
  const parts = [
    standing,
    `${found}${aside} in ${subjectsPhrase(subjects)}`,
    unread === 0 ? null : `${count(unread, "file")} unreadable`,
  ];
  return `${targets.map(visible).join(" ")} : ${parts.filter((part) => part !== null).join("; ")}`;
}

/** `2 images and 4 workloads`. */
function subjectsPhrase(subjects: CheckResult["subjects"]): string {
  const forms = [...new Set(subjects.map(({ form }) => form))].sort();
  const counted = forms.map((form) =>
    count(subjects.filter((subject) => subject.form === form).length, form),
  );
  return counted.length === 0 ? count(0, "workload") : list(counted);
}

/** The whole report. */
export function checkText(result: CheckResult, screen: Screen): string {
  const colours = palette(screen.colour);
  const groups = grouping(result.findings);
  const sections = [...groups.values()].map((findings) => groupLines(findings, screen, colours));
  const blocks = [
    [colours.bold(checkAnswer(result))],
    ...sections,
    problemLines(result.problems, screen, colours),
    suppressedLines(result, screen, colours),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

/** By check, in the order of the worst finding of each. */
function grouping(findings: readonly ConfigFinding[]): Map<string, ConfigFinding[]> {
  const groups = new Map<string, ConfigFinding[]>();
  for (const finding of findings) {
    const group = groups.get(finding.rule.id);
    if (group === undefined) groups.set(finding.rule.id, [finding]);
    else group.push(finding);
  }
  return groups;
}

function groupLines(
  findings: readonly ConfigFinding[],
  { width }: Screen,
  colours: Palette,
): string[] {
  const [first] = findings;
  if (first === undefined) return [];
  const { bold, dim } = colours;
  const paint = severityColour(first.severity, colours);
  const rest = findings.length - PLACES_MAX;
  return [
    `${paint(padRight(first.severity, 9))} ${bold(first.rule.id)}: ${first.rule.title}`,
    ...folded(`why: ${first.why}`, width).map(dim),
    ...folded(`fix: ${first.remedy}`, width),
    ...findings.slice(0, PLACES_MAX).flatMap((finding) => findingLines(finding, width)),
    ...(rest > 0 ? [`    and ${grouped(rest)} more; --format json has all`] : []),
  ];
}

function folded(text: string, width: number): string[] {
  return wrap(text, Math.max(40, width) - 10).map((line, i) =>
    i === 0 ? `          ${line}` : `               ${line}`,
  );
}

/** `deploy/web.yaml:12:9  Deployment web, container app: is privileged`. */
function findingLines(finding: ConfigFinding, width: number): string[] {
  const said = finding.message.toLowerCase();
  const value = finding.value === null ? "" : String(finding.value);
  // Most messages say the value, and `true` is worth no second mention either.
  const isSaid = typeof finding.value === "boolean" || said.includes(value.toLowerCase());
  const tail = isSaid ? "" : ` (${value})`;
  return placedLines(placeText(finding), `${finding.message}${tail}`, width);
}

/** `deploy/web.yaml:12:9`; the path alone where no line is known, nothing where it has no place. */
export function placeText({ locations }: ConfigFinding): string {
  const [place] = locations;
  const line = place?.line === undefined ? "" : `:${place.line}:${place.column ?? 1}`;
  return `${place?.path ?? ""}${line}`;
}

/** A place, and behind it or below what is said of it. */
export function placedLines(at: string, message: string, width: number): string[] {
  const where = `    ${visible(at)}`;
  const isShort = columns(where) + columns(visible(message)) + 2 <= Math.max(60, width);
  // The place is never broken: people click on it.
  return isShort ? [`${where}  ${visible(message)}`] : [where, ...indented(message, width)];
}

/** A text of strangers in lines that fit. */
function indented(text: string, width: number): string[] {
  return wrap(visible(text), Math.max(60, width) - 6).map((line) => `      ${line}`);
}

function severityColour(severity: Severity, colours: Palette): (text: string) => string {
  if (severity === "critical" || severity === "high") return colours.red;
  return severity === "medium" ? colours.yellow : colours.dim;
}

export function problemLines(
  problems: readonly Problem[],
  { width }: Screen,
  { bold }: Palette,
): string[] {
  if (problems.length === 0) return [];
  const rest = problems.length - PROBLEMS_MAX;
  return [
    bold("NOT TOLD"),
    ...problems.slice(0, PROBLEMS_MAX).flatMap(({ code, path, detail }) => {
      // Messages about a file name it already.
      const where = path === undefined || detail.includes(JSON.stringify(path)) ? "" : `${path}  `;
      return [`    ${code}`, ...indented(`${where}${detail}`, width)];
    }),
    ...(rest > 0 ? [`    and ${grouped(rest)} more`] : []),
  ];
}

function suppressedLines(
  { suppressed, exempted }: CheckResult,
  { width }: Screen,
  { bold, dim }: Palette,
): string[] {
  if (suppressed.length + exempted.length === 0) return [];
  const lines = (at: string, what: string, why: string): string[] =>
    placedLines(at, `${what}: ${why}`, width).map(dim);
  return [
    bold("SUPPRESSED"),
    ...suppressed.slice(0, PROBLEMS_MAX).flatMap(({ finding, reason, owner, until }) => {
      const whose = [owner, until === null ? null : `until ${until}`].filter((p) => p !== null);
      const why = whose.length === 0 ? reason : `${reason} (${whose.join(", ")})`;
      if (finding.kind === "vulnerability") return lines("", finding.vulnerability.id, why);
      const at = finding.kind === "config" ? placeText(finding) : "";
      return lines(at, `${finding.rule.id}: ${finding.message}`, why);
    }),
    ...exempted
      .slice(0, PROBLEMS_MAX)
      .flatMap(({ rule, summary, reason, owner, until }) =>
        lines(`rule ${rule}`, summary, `${reason} (${owner}, until ${until})`),
      ),
  ];
}
