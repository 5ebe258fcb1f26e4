import { cut, visible, wrap } from "../../../kit/display.ts";
import { grouped } from "../../../kit/phrase.ts";
import type { SuppressedFinding } from "../../../model/finding.ts";
import { blocksVerdict, type Problem } from "../../../model/problem.ts";
import { problemText } from "../shared/told-problems.ts";
import type { Section } from "./section.ts";

const PER_CODE_MAX = 3;
const LINES_MAX = 3;

/** What could not be examined or wants attention, by its code; what leaves a verdict open comes first. */
export function problemSection(section: Section): string[] {
  const { problems } = section.result;
  if (problems.length === 0) return [];
  const byCode = new Map<Problem["code"], Problem[]>();
  for (const problem of problems)
    byCode.set(problem.code, [...(byCode.get(problem.code) ?? []), problem]);
  const sorted = [...byCode.values()].sort((a, b) => weight(b) - weight(a));
  return [section.bold("NOT ALL IS KNOWN"), ...sorted.flatMap((same) => codeLines(same, section))];
}

function weight([first]: readonly Problem[]): number {
  return first !== undefined && blocksVerdict(first) ? 1 : 0;
}

function codeLines(problems: readonly Problem[], section: Section): string[] {
  const { yellow, dim, width } = section;
  const [first] = problems;
  if (first === undefined) return [];
  const number = problems.length === 1 ? "" : ` (${grouped(problems.length)})`;
  const code = `    ${first.code}${number}`;
  const rest = problems.length - PER_CODE_MAX;
  return [
    blocksVerdict(first) ? yellow(code) : dim(code),
    ...problems.slice(0, PER_CODE_MAX).flatMap((problem) => {
      const lines = wrap(visible(problemText(problem)), width - 6);
      const shown = lines.slice(0, LINES_MAX);
      if (lines.length > LINES_MAX)
        shown[LINES_MAX - 1] = cut(`${shown[LINES_MAX - 1]} …`, width - 6);
      return shown.map((line) => `      ${line}`);
    }),
    ...(rest > 0
      ? [dim(cut(`      and ${grouped(rest)} more; --format json lists all`, width))]
      : []),
  ];
}

/** How many findings were set aside, and by what. */
export function asideLines({ result, dim, width }: Section): string[] {
  const { suppressed } = result;
  if (suppressed.length === 0) return [];
  const words: Record<SuppressedFinding["by"], string> = {
    exception: "by exception",
    vex: "by VEX",
    baseline: "in the baseline",
    "not-fixable": "without a fix",
  };
  const parts = (Object.keys(words) as SuppressedFinding["by"][]).flatMap((by) => {
    const number = suppressed.filter((s) => s.by === by).length;
    return number === 0 ? [] : [`${grouped(number)} ${words[by]}`];
  });
  return [dim(cut(`set aside, not counted: ${parts.join(", ")}`, width))];
}
