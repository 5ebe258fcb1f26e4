// `bulwark check --fix` and `--dry-run`: what was done, what was not and why, and what the checks say afterwards.
import type { CheckRequest } from "../app/check.ts";
import { type FixedFile, type FixRun, fix, type LeftFinding } from "../app/fix.ts";
import { type Palette, palette } from "../kit/colour.ts";
import { visible, wrap } from "../kit/display.ts";
import { AppError } from "../kit/error.ts";
import { count } from "../kit/phrase.ts";
import { unifiedDiff } from "../kit/unified-diff.ts";
import type { ConfigFinding } from "../model/finding.ts";
import { checkAnswer, placedLines, placeText } from "./check-text.ts";
import { type Invocation, surroundingsOf } from "./command.ts";

const FIX_SCHEMA = "bulwark.dev/check-fix/v1";
/** Places of one check that are listed. */
const PLACES_MAX = 50;

/** @returns The exit code: of the check afterwards, or 1 when a file could not be written. */
export async function checkAndFix(request: CheckRequest, invocation: Invocation): Promise<number> {
  const { options, terminal } = invocation;
  const isPreview = options.flag("dry-run");
  const format = options.text("format") ?? "table";
  if (format === "sarif" || options.text("output") !== null)
    throw new AppError("usage", "cannot use --fix with --format sarif or --output", {
      hint: "run bulwark check once more for the report",
    });
  const run = await fix(request, { isPreview }, surroundingsOf(invocation));
  if (format === "json") await terminal.print(fixJson(run, isPreview));
  else await terminal.print(fixText(run, isPreview, terminal));
  for (const { path, failure } of run.files)
    if (failure !== null) terminal.warn(`cannot fix ${JSON.stringify(path)}: ${failure}`);
  return run.exitCode;
}

function fixJson({ files, fixed, left, result, exitCode }: FixRun, isPreview: boolean): string {
  const document = {
    schema: FIX_SCHEMA,
    mode: isPreview ? "preview" : "write",
    files: files.map((file) => ({
      path: file.path,
      isWritten: file.isWritten,
      failure: file.failure,
      diff: diffOf(file),
    })),
    fixed,
    left: left.map(({ finding, reason }) => ({ id: finding.id, reason })),
    check: result,
    exitCode,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

interface Screen {
  readonly width: number;
  readonly colour: boolean;
}

function fixText(run: FixRun, isPreview: boolean, screen: Screen): string {
  const colours = palette(screen.colour);
  const { fixed, left, result } = run;
  const done = isPreview ? "would be fixed" : "fixed";
  const blocks = [
    ...(isPreview ? run.files.map((file) => [coloured(diffOf(file), colours)]) : []),
    fixed.length === 0
      ? []
      : [
          colours.bold(isPreview ? "WOULD BE FIXED" : "FIXED"),
          ...fixed.flatMap((finding) => linesOf(finding, screen)),
        ],
    leftLines(left, screen, colours),
    [
      colours.bold(`${count(fixed.length, "finding")} ${done}, ${left.length} left`),
      `${isPreview ? "it would be" : "it is now"}: ${checkAnswer(result)}`,
    ],
  ];
  const texts = blocks.filter((lines) => lines.length > 0).map((lines) => lines.join("\n"));
  return `${texts.join("\n\n")}\n`;
}

/** What a terminal might take for a command is made visible, line by line. */
function diffOf({ path, before, after }: FixedFile): string {
  return unifiedDiff(before, after, path);
}

function coloured(diff: string, { red, green, bold, blue }: Palette): string {
  const lines = diff.replace(/\n$/, "").split("\n");
  return lines
    .map((line, i) => {
      const text = visible(line.replace(/\r$/, ""));
      if (i < 2) return bold(text);
      if (line.startsWith("@@")) return blue(text);
      if (line.startsWith("+")) return green(text);
      return line.startsWith("-") ? red(text) : text;
    })
    .join("\n");
}

function linesOf(finding: ConfigFinding, { width }: Screen): string[] {
  return placedLines(placeText(finding), `${finding.rule.id}: ${finding.message}`, width);
}

/** By check and reason: what to do is the same for all of them. */
function leftLines(left: readonly LeftFinding[], screen: Screen, colours: Palette): string[] {
  if (left.length === 0) return [];
  const groups = new Map<string, LeftFinding[]>();
  for (const one of left) {
    const key = `${one.finding.rule.id}\n${one.reason}`;
    const group = groups.get(key) ?? [];
    group.push(one);
    groups.set(key, group);
  }
  return [
    colours.bold("LEFT"),
    ...[...groups.values()].flatMap((group) => groupLines(group, screen, colours)),
  ];
}

function groupLines(group: readonly LeftFinding[], screen: Screen, { dim }: Palette): string[] {
  const [first] = group;
  if (first === undefined) return [];
  const rest = group.length - PLACES_MAX;
  const said = `${first.reason}; by hand: ${first.finding.remedy}`;
  return [
    ...group.slice(0, PLACES_MAX).flatMap(({ finding }) => linesOf(finding, screen)),
    ...(rest > 0 ? [`    and ${rest} more`] : []),
    ...wrap(visible(said), Math.max(60, screen.width) - 8).map((line) => dim(`        ${line}`)),
  ];
}
