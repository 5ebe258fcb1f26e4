import { forget, type Top, topOf } from "../app/top.ts";
import { palette } from "../kit/colour.ts";
import { cut, visible } from "../kit/display.ts";
import { AppError } from "../kit/error.ts";
import { count, firstOf } from "../kit/phrase.ts";
import type { TopFix } from "../model/top-fixes.ts";
import { type Command, surroundingsOf } from "./command.ts";
import { ANSWER_FORMAT } from "./option-specs.ts";
import type { Terminal } from "./terminal.ts";

const FIXES = 5;
const FIXES_MAX = 1000;

export const topCommand: Command = {
  name: "top",
  summary: "the five fixes to do next, over all saved scans",
  usage: ["top [options]", "top --forget NAME"],
  details: [
    "Every scan is kept in the record of this machine; here the newest of each artifact counts.",
    "Fixes are ranked by the priority of the most urgent flaw they close, then by in how many artifacts they are needed.",
  ],
  options: {
    number: { type: "string", value: "N", short: "n", summary: "how many fixes (default: 5)" },
    forget: {
      type: "string",
      value: "NAME",
      multiple: true,
      summary: "drop what is kept of an artifact that is no more; may be repeated",
    },
    format: ANSWER_FORMAT,
  },
  examples: [
    ["bulwark top", "what to do next"],
    ["bulwark top -n 20 --format json", "more of it, for programs"],
    ["bulwark top --forget registry.example/team/old", "count it no more"],
  ],
  run: async (invocation) => {
    const { options, terminal, args } = invocation;
    if (args.length > 0)
      throw new AppError("usage", "cannot narrow down: top takes no arguments", {
        hint: "it looks over every scan that was kept",
      });
    const forgotten = options.texts("forget");
    if (forgotten.length > 0) {
      const dropped = await forget(forgotten, surroundingsOf(invocation));
      terminal.note(`${count(dropped, "result")} forgotten`);
      return 0;
    }
    const top = await topOf(numberOf(options.text("number")), surroundingsOf(invocation));
    const json = options.text("format") === "json";
    const text = json
      ? `${JSON.stringify({ schema: "bulwark.dev/top/v1", ...top }, null, 2)}\n`
      : textOf(top, terminal);
    await terminal.print(text);
    if (top.artifacts === 0) terminal.hint("nothing was scanned here yet; run bulwark scan TARGET");
    return 0;
  },
};

function numberOf(text: string | null): number {
  if (text === null) return FIXES;
  const number = Number(text);
  if (Number.isInteger(number) && number > 0 && number <= FIXES_MAX) return number;
  throw new AppError("usage", `cannot list ${JSON.stringify(text)} fixes: not 1 to ${FIXES_MAX}`, {
    hint: "as in bulwark top -n 20",
  });
}

function textOf(top: Top, terminal: Terminal): string {
  const { bold, dim } = palette(terminal.colour);
  const [first] = top.fixes;
  const answer =
    first === undefined
      ? `nothing to upgrade in ${count(top.artifacts, "artifact")}`
      : `upgrade ${visible(first.upgrade)} first: closes ${first.closes} in ${count(first.places.length, "artifact")}`;
  const partly =
    top.incomplete === 0
      ? ""
      : `; ${count(top.incomplete, "result")} incomplete, there may be more`;
  const head = `${bold(answer)}${partly}\n`;
  const lines = top.fixes.flatMap((fix, i) => fixLines(fix, i + 1, terminal));
  const moment = top.oldest?.slice(0, 16).replace("T", " ");
  const since = moment === undefined ? "" : dim(`oldest result: ${moment} UTC`);
  return `${[head, ...lines, ...(since === "" ? [] : [since])].join("\n").trimEnd()}\n`;
}

function fixLines(fix: TopFix, rank: number, { colour, width }: Terminal): string[] {
  const { bold, red, dim } = palette(colour);
  const exploited = fix.knownExploited === 0 ? "" : red(`, ${fix.knownExploited} known exploited`);
  const [place] = fix.places;
  const change = place === undefined ? "" : ` ${visible(place.from)} → ${visible(place.to)}`;
  const where = firstOf(
    fix.places.map((p) => visible(p.artifact)),
    3,
  );
  return [
    `${String(rank).padStart(2)}. ${bold(`upgrade ${visible(fix.upgrade)}`)}${cut(change, width - 20)}`,
    `    closes ${fix.closes}${exploited}; priority ${fix.score}`,
    cut(`    in ${where}`, width),
    dim(cut(`    ${fix.reasons.map(visible).join(", ")}`, width)),
    "",
  ];
}
