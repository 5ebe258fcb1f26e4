// `bulwark watch learn`: what is known now of each container, how surely, and what to do with it.
import { type LearnedContainer, type LearnResult, learn } from "../app/learn.ts";
import { giveUpPrivileges } from "../app/least-privileges.ts";
import { type Palette, palette } from "../kit/colour.ts";
import { visible } from "../kit/display.ts";
import { count, list, span } from "../kit/phrase.ts";
import { type Invocation, surroundingsOf } from "./command.ts";
import { lengthOption } from "./length-option.ts";
import { WatchPrinter } from "./watch-text.ts";

/** Learns until it was stopped or the time is over, and tells what is known then. */
export async function tellLearned(
  invocation: Invocation,
  containers: readonly string[],
): Promise<number> {
  const { options, terminal } = invocation;
  const length = options.text("for");
  const forMs = length === null ? null : lengthOption("for", length) * 1000;
  const output = options.text("output");
  const outputs = output === null ? [] : [output];
  const surroundings = surroundingsOf(invocation);
  await giveUpPrivileges({ modes: [], outputs, sinks: [], port: null }, surroundings);
  const printer = new WatchPrinter(terminal);
  const result = await learn({ containers, output, forMs }, surroundings, (tidings) => {
    if (tidings.kind === "started" || tidings.kind === "state") printer.show(tidings);
  });
  await terminal.print(
    options.text("format") === "json"
      ? `${JSON.stringify(result, null, 2)}\n`
      : textOf(result, palette(terminal.colour)),
  );
  return 0;
}

function textOf(result: LearnResult, colours: Palette): string {
  const { containers, blind, foreign } = result;
  const lines = containers.flatMap((one) => containerLines(one, colours));
  const doubts = [
    ...blind.map(({ type, reason }) => `${type} were not learned: ${reason ?? "unknown"}`),
    ...(foreign.length === 0
      ? []
      : [`${list(foreign)} made calls of 32-bit programs, which are not named`]),
  ];
  const [first] = containers;
  const next = `bulwark access minimize --events ${result.written ?? first?.path ?? ""}`;
  return [
    ...lines,
    ...doubts.map((doubt) => colours.yellow(doubt)),
    `${colours.dim("next:")} ${visible(next)}`,
    "",
  ].join("\n");
}

function containerLines(one: LearnedContainer, { bold, dim }: Palette): string[] {
  const { container, known, predecessor, path, lost, isCut } = one;
  const of = (kind: keyof typeof known): number => known[kind] ?? 0;
  const parts = [
    count(of("execute"), "command"),
    count(of("read") + of("write"), "path"),
    count(of("flow"), "connection"),
    count(of("listen"), "port"),
    count(of("name"), "name"),
    count(of("syscall"), "system call"),
    count(of("capability"), "capability", "capabilities"),
  ];
  const rests = [
    `learned for ${span(one.learnedMs)} since ${new Date(container.from).toISOString().slice(0, 16)}Z`,
    `${count(one.starts, "start")} and ${count(one.ends, "end")} seen`,
    `${count(lost, "event")} lost`,
    ...(predecessor === null ? [] : [`began with what ${predecessor.slice(0, 19)} was seen to do`]),
    ...(isCut ? ["more was seen than is kept"] : []),
  ];
  return [
    `${bold(visible(container.name))} ${dim(container.image?.slice(0, 19) ?? "no image")}: ${list(parts)}`,
    `  ${rests.join(", ")}`,
    `  ${dim(visible(path))}`,
    "",
  ];
}
