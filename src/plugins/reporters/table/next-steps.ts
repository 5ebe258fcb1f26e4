import { palette } from "../../../kit/colour.ts";
import { cut, visible } from "../../../kit/display.ts";
import { groupByFix } from "../../../model/fix-group.ts";
import type { ScanResult } from "../../../model/scan.ts";
import type { ReportSurroundings } from "../../../stages/report/contract.ts";

/** Ids that can be pasted into a shell as they are. */
const PLAIN_ID = /^[A-Za-z0-9][A-Za-z0-9._:-]{2,60}$/;

/** What a reader would do next, as commands to paste; empty when there is nothing. */
export function nextSteps(
  results: readonly ScanResult[],
  { colour, width }: ReportSurroundings,
): string {
  const { bold, dim } = palette(colour);
  const [first] = [
    ...dataStep(results),
    ...explainStep(results),
    ...targetStep(results),
    ...coverStep(results),
  ];
  const steps = [...(first === undefined ? [] : [first]), ...imagesStep(results, width)];
  return steps
    .map(([command, does]) => {
      const room = Math.max(0, width - 6 - command.length);
      return `next: ${bold(command)}${dim(cut(`  ${does}`, room))}`;
    })
    .join("\n");
}

type Step = readonly [command: string, does: string];

function dataStep(results: readonly ScanResult[]): Step[] {
  const lacks = results.some((r) => r.artifact.kind !== "sarif" && r.data.kind !== "full");
  return lacks ? [["bulwark db update", "get the full advisory data, then scan again"]] : [];
}

function explainStep(results: readonly ScanResult[]): Step[] {
  const flaws = results.flatMap((r) => {
    const { fixes, unfixed } = groupByFix(r.findings);
    return [fixes[0]?.flaws[0], unfixed[0]].filter((flaw) => flaw !== undefined);
  });
  const [first] = flaws.sort((a, b) => b.score - a.score);
  if (first === undefined || !PLAIN_ID.test(visible(first.id))) return [];
  return [[`bulwark explain ${first.id}`, "why it matched, where, and what to do"]];
}

function targetStep(results: readonly ScanResult[]): Step[] {
  const empty = results.every((r) => r.packages.length === 0 && r.findings.length === 0);
  return empty ? [["bulwark scan --help", "what else can be named"]] : [];
}

/** Words that a shell leaves as they are, and that are no option. */
const PLAIN_PATH = /^[A-Za-z0-9_./][A-Za-z0-9_./@+-]*$/;

/** A project names images, and they are no part of its result. */
function imagesStep(results: readonly ScanResult[], width: number): Step[] {
  const named = results.flatMap(({ artifact }) => artifact.namesImagesIn ?? []);
  let command = "";
  for (const path of new Set(named)) {
    const longer = `${command === "" ? "bulwark scan" : command} ${path}`;
    if (PLAIN_PATH.test(path) && longer.length + 6 <= width) command = longer;
  }
  return command === "" ? [] : [[command, "the images that are named there"]];
}

/** Nothing was found, and the data is why that may be. */
function coverStep(results: readonly ScanResult[]): Step[] {
  const codes = new Set(results.flatMap((r) => r.problems.map((problem) => problem.code)));
  if (codes.has("ecosystem-unsupported") || codes.has("distribution-unsupported"))
    return [["bulwark db status", "what the advisory data covers"]];
  return codes.has("data-old") ? [["bulwark db update", "get newer advisory data"]] : [];
}
