// A standard, requirement by requirement, for people: what is against it with its places, and what nobody looked at.
import { type Palette, palette } from "../kit/colour.ts";
import { columns, cut, padRight, visible, wrap } from "../kit/display.ts";
import { count, grouped, list } from "../kit/phrase.ts";
import type { CheckResult } from "../model/check-result.ts";
import type { ConfigFinding } from "../model/finding.ts";
import type { FrameworkReport, RequirementReport } from "../model/framework-report.ts";
import { problemLines } from "./check-text.ts";

interface Screen {
  readonly width: number;
  readonly colour: boolean;
}

type Standing = RequirementReport["standing"];

const PLACES_MAX = 5;
/** What somebody has to do something about comes first; within each, the standard's own order. */
const ORDER = ["fails", "unknown", "accepted", "holds"] as const;
type Told = (typeof ORDER)[number];

/** `deploy : CIS Docker Benchmark 1.6.0: 9 hold, 2 fail, 1 is unknown, 4 are not applicable, 101 to be looked at by hand`. */
export function frameworkAnswer({ targets }: CheckResult, framework: FrameworkReport): string {
  const number = (standing: Standing): number =>
    framework.requirements.filter((one) => one.standing === standing).length;
  const parts = [
    [number("fails"), "against"],
    [number("unknown"), "unknown"],
    [number("accepted"), "accepted"],
    [number("holds"), "held"],
    [number("not-applicable"), "not applicable"],
    [number("by-hand"), "to be looked at by hand"],
  ] as const;
  const told = parts.filter(([n]) => n > 0).map(([n, what]) => `${grouped(n)} ${what}`);
  const total = count(framework.requirements.length, "requirement");
  return `${targets.map(visible).join(" ")} : ${framework.title}, ${total}: ${list(told)}`;
}

/** The whole report. */
export function frameworkText(
  result: CheckResult,
  framework: FrameworkReport,
  screen: Screen,
): string {
  const colours = palette(screen.colour);
  const asked = ORDER.flatMap((standing) =>
    framework.requirements.flatMap((one) =>
      one.standing === standing ? [{ ...one, standing }] : [],
    ),
  );
  const width = Math.max(0, ...asked.map(({ id }) => columns(id)));
  const blocks = [
    wrap(frameworkAnswer(result, framework), Math.max(60, screen.width)).map(colours.bold),
    asked.flatMap((one) => [
      requirementLine(one, width, colours),
      ...placeLines(one, framework.standard, result.findings).map((line) =>
        colours.dim(cut(line, Math.max(60, screen.width))),
      ),
    ]),
    idLines("NOT APPLICABLE", "nothing here can have", "not-applicable", framework, screen),
    idLines("BY HAND", "no check answers", "by-hand", framework, screen),
    problemLines(result.problems, screen, colours),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

type ToldOf = Omit<RequirementReport, "standing"> & { readonly standing: Told };

/** `  fails     5.5   no privileged containers: 2 findings`. */
function requirementLine(one: ToldOf, width: number, colours: Palette): string {
  const standing = painted(one.standing, colours);
  return `  ${standing} ${padRight(one.id, width)}  ${one.title}: ${evidenceOf(one)}`;
}

function evidenceOf({ standing, findings, accepted, unknown, looked }: ToldOf): string {
  const aside = accepted === 0 ? "" : ` (${grouped(accepted)} accepted)`;
  switch (standing) {
    case "fails":
      return `${count(findings, "finding")}${aside}`;
    case "unknown":
      return `${count(unknown, "answer")} cannot be told${aside}`;
    case "accepted":
      return `all of ${count(accepted, "finding")} accepted`;
    case "holds":
      return `asked ${count(looked, "time")}`;
  }
}

const WORDS: Readonly<Record<Told, string>> = {
  fails: "against",
  unknown: "unknown",
  accepted: "accepted",
  holds: "held",
};

function painted(standing: Told, { red, yellow, green }: Palette): string {
  const word = padRight(WORDS[standing], 8);
  if (standing === "fails") return red(word);
  return standing === "holds" ? green(word) : yellow(word);
}

function placeLines(
  { id }: RequirementReport,
  standard: string,
  findings: readonly ConfigFinding[],
): string[] {
  const against = findings.filter(({ controls }) =>
    controls.some((control) => control.standard === standard && control.id === id),
  );
  const rest = against.length - PLACES_MAX;
  return [
    ...against.slice(0, PLACES_MAX).map(({ locations, message }) => {
      const [place] = locations;
      const line = place?.line === undefined ? "" : `:${place.line}:${place.column ?? 1}`;
      return `             ${visible(place?.path ?? "")}${line}  ${visible(message)}`;
    }),
    ...(rest > 0 ? [`             and ${grouped(rest)} more; --format json has all`] : []),
  ];
}

/** Requirements of which nothing is told but that they are there: by number, and not a line for each. */
function idLines(
  title: string,
  what: string,
  standing: Standing,
  { requirements, url }: FrameworkReport,
  { width, colour }: Screen,
): string[] {
  const ids = rangesOf(requirements, standing);
  if (ids.length === 0) return [];
  const more = standing === "by-hand" ? `; they are in ${url}` : "";
  const lines = wrap(`${what} ${list(ids)}${more}`, Math.max(60, width) - 4);
  return [palette(colour).bold(title), ...lines.map((line) => `    ${line}`)];
}

/** Neighbours in one: `1.1.1 to 1.1.21`. Words are no numbers, and stay words. */
function rangesOf(requirements: FrameworkReport["requirements"], wanted: Standing): string[] {
  const runs: string[][] = [];
  let open: string[] | null = null;
  for (const { id, standing } of requirements) {
    if (standing !== wanted) open = null;
    else if (open !== null && /^[\d.]+$/.test(id)) open.push(id);
    else {
      open = [id];
      runs.push(open);
    }
  }
  return runs.map((run) => (run.length < 3 ? run.join(", ") : `${run[0]} to ${run.at(-1)}`));
}
