// For people at a terminal: what the policy says, why, what to do about it, and how to ask for an exception.
import { type Palette, palette } from "../../../kit/colour.ts";
import { cut, visible, wrap } from "../../../kit/display.ts";
import { grouped } from "../../../kit/phrase.ts";
import type { GateAnswer, GateResult } from "../../../model/gate.ts";
import { gateAnswerOf, jointGateAnswer } from "../../../model/gate-answer.ts";
import { blocksVerdict } from "../../../model/problem.ts";
import type { RuleAnswer } from "../../../model/verdict.ts";
import type { GateReporter, ReportSurroundings } from "../../../stages/report/contract.ts";
import { problemText } from "../shared/told-problems.ts";

export const tableGate: GateReporter = {
  id: "table",
  title: "for people at a terminal",
  needs: [],
  state: "trial",
  mediaType: "text/plain",
  report: (gate, surroundings) => {
    const screen: Screen = { ...palette(surroundings.colour), width: surroundings.width };
    const joint =
      gate.results.length === 1
        ? []
        : [painted(jointGateAnswer(gate), gate.exitCode === 3, screen)];
    const parts = [
      ...joint,
      ...gate.results.map((result) => one(result, gate, screen)),
      nextSteps(gate, screen),
    ];
    return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
  },
};

interface Screen extends Palette, Pick<ReportSurroundings, "width"> {}

const VIOLATIONS_MAX = 5;
const PROBLEMS_MAX = 5;
const EXEMPTED_MAX = 5;

function one(result: GateAnswer, gate: GateResult, screen: Screen): string {
  const { answers } = result;
  const by = (effect: RuleAnswer["effect"], outcome: RuleAnswer["outcome"]): RuleAnswer[] =>
    answers.filter((a) => a.effect === effect && a.outcome === outcome);
  const sections = [
    section("DENIED", by("deny", "violated"), screen.red, screen),
    section("NOT ANSWERED", by("deny", "unanswered"), screen.yellow, screen),
    section("WARNED", answers.filter(isWarning), screen.yellow, screen),
    problems(result, screen),
    aside(result, screen),
  ].filter((lines) => lines.length > 0);
  const isAlarming = result.exitCode === 3 || result.override !== null;
  const head = painted(gateAnswerOf(result, gate), isAlarming, screen);
  return [head, ...sections.map((lines) => lines.join("\n"))].join("\n\n");
}

function isWarning({ effect }: RuleAnswer): boolean {
  return effect === "warn";
}

/** Never cut and never broken: the first line is the answer as other programs read it. */
function painted(answer: string, isAlarming: boolean, { alarm, bold }: Screen): string {
  return isAlarming ? alarm(visible(answer)) : bold(visible(answer));
}

function section(
  title: string,
  answers: readonly RuleAnswer[],
  paint: (text: string) => string,
  screen: Screen,
): string[] {
  if (answers.length === 0) return [];
  return [screen.bold(title), ...answers.flatMap((answer) => ruleLines(answer, paint, screen))];
}

function ruleLines(
  answer: RuleAnswer,
  paint: (text: string) => string,
  { dim, width }: Screen,
): string[] {
  const owner = answer.owner === null ? "" : `, ask ${answer.owner}`;
  const shown = answer.violations.slice(0, VIOLATIONS_MAX);
  const rest = answer.violations.length - shown.length;
  const [only] = answer.violations;
  const isTold = answer.violations.length === 1 && answer.summary.includes(only?.message ?? "\n");
  const head = isTold && only !== undefined ? only.message : answer.summary;
  return [
    `    ${paint(visible(answer.rule))}${dim(cut(visible(owner), width - 4 - answer.rule.length))}`,
    ...indented(head, 6, width),
    ...shown.flatMap(({ message, fix, place, line }) => [
      ...(isTold ? [] : indented(`- ${message}`, 6, width)),
      ...(place === null ? [] : [dim(cut(`        in ${visible(placed(place, line))}`, width))]),
      ...(fix === null ? [] : indented(`fix: ${fix}`, 8, width)),
    ]),
    ...(rest > 0 ? [dim(`      and ${grouped(rest)} more`)] : []),
  ];
}

function placed(place: string, line: number | undefined): string {
  return line === undefined ? place : `${place}:${line}`;
}

function indented(text: string, columns: number, width: number): string[] {
  return wrap(visible(text), Math.max(20, width - columns)).map(
    (line) => `${" ".repeat(columns)}${line}`,
  );
}

function problems({ problems: all }: GateAnswer, { bold, dim, width }: Screen): string[] {
  const blocking = all.filter(blocksVerdict);
  if (blocking.length === 0) return [];
  const rest = blocking.length - PROBLEMS_MAX;
  return [
    bold("NOT ALL IS KNOWN"),
    ...blocking
      .slice(0, PROBLEMS_MAX)
      .flatMap((problem) => indented(`${problem.code}: ${problemText(problem)}`, 4, width)),
    ...(rest > 0
      ? [dim(cut(`    and ${grouped(rest)} more; --format json lists all`, width))]
      : []),
  ];
}

function aside({ suppressed, exempted }: GateAnswer, { dim, width }: Screen): string[] {
  const shown = exempted.slice(0, EXEMPTED_MAX);
  const rest = suppressed.length + exempted.length - shown.length;
  return [
    ...shown.flatMap(({ rule, summary, reason, owner, until }) =>
      indented(
        `excepted: ${about(rule, summary)} (${reason}; ${owner}, until ${until})`,
        0,
        width,
      ).map(dim),
    ),
    ...(rest > 0 ? [dim(`set aside, not counted: ${grouped(rest)}`)] : []),
  ];
}

/** Rules in the words of their authors begin with their id. */
function about(rule: string, summary: string): string {
  return summary.startsWith(rule) ? summary : `${rule}: ${summary}`;
}

function nextSteps(gate: GateResult, { bold, dim, width }: Screen): string {
  const violations = gate.results.flatMap((r) =>
    r.answers.filter((a) => a.effect === "deny").flatMap((a) => a.violations),
  );
  const lacksData = gate.results.some((r) => r.data.kind !== "full" && r.exitCode === 4);
  const finding = violations.find((violation) => violation.finding !== null)?.finding ?? null;
  const steps = [
    ...(lacksData
      ? [`next: ${bold("bulwark db update")}${dim("  get the full advisory data")}`]
      : []),
    ...(finding === null
      ? []
      : [
          `next: ${bold(`bulwark explain ${finding}`)}${dim("  why it matched, where, and what to do")}`,
          ...wrap(`exception: ${howToAsk(gate)}`, width).map(dim),
        ]),
  ];
  return steps.join("\n");
}

function howToAsk({ policy }: GateResult): string {
  return visible(
    policy.ask ??
      "add the id with reason, owner and end date to bulwark.exceptions.yaml (docs/guide/exceptions.md)",
  );
}
