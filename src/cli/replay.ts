import { replay } from "../app/replay.ts";
import { falcoLineOf } from "../app/rule-watch.ts";
import { AppError } from "../kit/error.ts";
import { count } from "../kit/phrase.ts";
import type { EventRecord } from "../model/event-record.ts";
import type { Command, Invocation } from "./command.ts";
import { formatOption } from "./option-specs.ts";
import { alertText, eventLine } from "./watch-text.ts";

/** Lines that are printed at once. */
const LINES_A_WRITE = 1000;

export const replayCommand: Command = {
  name: "replay",
  summary: "look again at what bulwark watch recorded",
  usage: ["replay FILE [options]"],
  details: [
    "Shows the events of a recording in order, as bulwark watch --all would have shown them. It needs no privilege and runs on any system.",
    "A recording that was cut off is shown as far as it goes, and said to be damaged; then the exit code is 1.",
  ],
  options: {
    rules: {
      type: "string",
      value: "FILE",
      multiple: true,
      summary: "try these rules in Falco's language: show their alerts instead of events",
    },
    format: formatOption(
      ["pretty", "json", "falco"],
      "lines for people (default), one JSON value a line, or alerts as Falco writes them",
    ),
  },
  examples: [
    ["bulwark replay day.events", "what happened"],
    ["bulwark replay day.events --rules ours.yaml", "what our rules would have said"],
    ["bulwark replay day.events --format json | jq .executable", "the same for programs"],
  ],
  run: replayHere,
};

async function replayHere({ args, options, terminal }: Invocation): Promise<number> {
  const [path, ...more] = args;
  if (path === undefined || more.length > 0) {
    throw new AppError("usage", "cannot replay: name one recording", {
      hint: "as in bulwark replay day.events; bulwark watch --record FILE makes one",
    });
  }
  const format = options.text("format") ?? "pretty";
  const lines: string[] = [];
  const prints: Promise<void>[] = [];
  const flush = (): void => {
    if (lines.length > 0) prints.push(terminal.print(`${lines.splice(0).join("\n")}\n`));
  };
  const add = (line: string): void => {
    lines.push(line);
    if (lines.length >= LINES_A_WRITE) flush();
  };
  const told = (event: EventRecord): void => {
    if (format === "falco") return;
    add(
      format === "json" ? JSON.stringify(event) : eventLine(event, terminal.width, terminal.colour),
    );
  };
  let alerts = 0;
  const replayed = await replay(path, options.texts("rules"), {
    event: told,
    alert: (alert) => {
      alerts += 1;
      if (format === "falco") add(falcoLineOf(alert));
      else add(format === "json" ? JSON.stringify(alert) : alertText(alert, terminal.colour));
    },
  });
  flush();
  await Promise.all(prints);
  if (options.texts("rules").length > 0) terminal.note(count(alerts, "alert"));
  terminal.note(
    `${count(replayed.events, "event")} of ${count(replayed.containers, "container")} and the host`,
  );
  if (replayed.blind.length > 0) {
    terminal.warn(`not recorded, because the kernel does not tell: ${replayed.blind.join(", ")}`);
  }
  if (replayed.damage === null) return 0;
  terminal.warn(`the recording is damaged: ${replayed.damage}`);
  return 1;
}
