// Who can become whom, for people: how many come there, what ends most of it, and the ways one by one.

import type { AccessPaths, PathStep, ToldPath } from "../app/access-graph.ts";
import type { AccessPatch } from "../app/access-patch.ts";
import type { WrittenAt } from "../app/read-cluster.ts";
import { type Palette, palette } from "../kit/colour.ts";
import { padLeft, visible, wrap } from "../kit/display.ts";
import { count, firstOf } from "../kit/phrase.ts";
import { problemLines } from "./access-text.ts";

interface Screen {
  readonly width: number;
  readonly colour: boolean;
}

const PATHS_SHOWN = 20;
const INDENT = "  ";

/** The answer in one line, then changes, then paths, the shortest first. */
export function accessPathsText(result: AccessPaths, screen: Screen): string {
  const colours = palette(screen.colour);
  const { administrators, paths, cuts, left, patch, problems } = result;
  const shown = paths.slice(0, PATHS_SHOWN);
  const rest = paths.length - shown.length;
  const blocks = [
    [
      colours.bold(answerOf(result)),
      ...(administrators.length === 0
        ? []
        : wrap(
            `besides ${firstOf(administrators.map(visible), 8)}, who were made so by name`,
            screen.width,
          )),
    ],
    cuts.length === 0
      ? []
      : [
          colours.bold("ENDS MOST OF THEM"),
          ...cuts.map(({ ends, fix, at }) => {
            const where = at === null ? "" : colours.dim(`  ${placeText(at)}`);
            return `${INDENT}${padLeft(String(ends), 5)}  ${visible(fix)}${where}`;
          }),
          `${INDENT}${padLeft(String(left), 5)}  left after that`,
        ],
    ...shown.map((path) => pathLines(path, screen.width, colours)),
    rest === 0 ? [] : [`and ${count(rest, "more source", "more sources")}; --format json has all`],
    patch === null ? [] : patchLines(patch, colours),
    problemLines(problems, screen, colours),
    paths.length === 0
      ? []
      : ["next: --format svg -o paths.svg draws them; --from WHO asks about one"],
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function patchLines({ diff, left }: AccessPatch, { bold, dim, green, red }: Palette): string[] {
  if (diff === "" && left.length === 0) return [];
  const lines = diff === "" ? [] : diff.trimEnd().split("\n").map(visible);
  return [
    bold("PATCH"),
    ...lines.map((line) => {
      if (line.startsWith("+")) return green(line);
      return line.startsWith("-") ? red(line) : line;
    }),
    ...left.map(({ fix, reason }) => dim(visible(`${INDENT}not in it: ${fix}: ${reason}`))),
  ];
}

function answerOf({ to, from, sources, paths, problems }: AccessPaths): string {
  const whence = from === null ? "" : ` from ${visible(from)}`;
  const fresh = paths.filter(({ isNew }) => isNew).length;
  const compared = paths.some(({ isNew }) => isNew !== null) ? `, ${fresh} of them new` : "";
  const unsure = problems.length === 0 ? "" : ", as far as can be told";
  const who = paths.length === 0 ? "nobody" : String(paths.length);
  return `ways to ${to}${whence} : ${who} of ${count(sources, "source")}${compared}${unsure}`;
}

function pathLines({ from, steps, isNew }: ToldPath, width: number, colours: Palette): string[] {
  const mark = isNew === true ? ` ${colours.alarm(" NEW ")}` : "";
  const lines = steps
    .filter(({ type }, at) => type !== "CONTAINS" || at === steps.length - 1)
    .flatMap((step) => stepLines(step, width, colours));
  return [`${colours.bold(visible(from.name))}${mark}`, ...lines];
}

function stepLines(
  { type, does, to, at, supposed }: PathStep,
  width: number,
  colours: Palette,
): string[] {
  const where = at === null ? "" : `  ${placeText(at)}`;
  const told = `${does}: ${visible(to.name)}`;
  const [first = "", ...others] = wrap(told, Math.max(20, width - INDENT.length - 2));
  return [
    `${INDENT}> ${first}`,
    ...others.map((line) => `${INDENT}  ${line}`),
    `${INDENT}  ${colours.dim(`${type}${where}`)}`,
    ...(supposed === "" ? [] : [`${INDENT}  ${colours.yellow(`supposed: ${visible(supposed)}`)}`]),
  ];
}

function placeText({ path, line }: WrittenAt): string {
  return visible(line === null ? path : `${path}:${line}`);
}
