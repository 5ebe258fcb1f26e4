import { replay } from "../app/replay.ts";
import { falcoLineOf } from "../app/rule-watch.ts";
import { AppError } from "../kit/error.ts";
import { count } from "../kit/phrase.ts";
import { alertText } from "./alert-text.ts";
import type { Command, Invocation } from "./command.ts";
import { eventLine } from "./event-text.ts";
import { formatOption } from "./option-specs.ts";
import type { Terminal } from "./terminal.ts";

/** Lines that are printed at once. */
const LINES_A_WRITE = 1000;

export const replayCommand: Command = {
  name: "replay",
  summary: "look again at what bulwark watch recorded",
  usage: ["replay FILE [options]"],
  details: [
    "Shows the events of a recording in order, as bulwark watch would have shown them: those of containers, or of one of them; --all shows those of the host, too. It needs no privilege and runs on any system.",
    "A recording that was cut off is shown as far as it goes, and said to be damaged; then the exit code is 1.",
  ],
  options: {
    rules: {
      type: "string",
      value: "FILE",
      multiple: true,
      summary: "try these rules in Falco's language: show their alerts instead of events",
    },
    all: { type: "boolean", summary: "show events of the host, too" },
    container: {
      type: "string",
      value: "NAME",
      summary: "one container only: its name, or the beginning of its id; events and alerts",
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
  const printer = new LinePrinter(terminal);
  const format = options.text("format") ?? "pretty";
  const screen = { width: terminal.isScreen ? terminal.width : null, colour: terminal.colour };
  const rules = options.texts("rules");
  let shown = 0;
  const replayed = await replay(
    path,
    { rules, all: options.flag("all"), only: options.text("container") },
    {
      event: (event) => {
        shown += 1;
        if (format === "falco") return;
        printer.add(format === "json" ? JSON.stringify(event) : eventLine(event, screen));
      },
      alert: (alert) => {
        shown += 1;
        if (format === "falco") printer.add(falcoLineOf(alert));
        else printer.add(format === "json" ? JSON.stringify(alert) : alertText(alert, screen));
      },
      warn: (text) => terminal.warn(text),
    },
  );
  await printer.end();
  if (rules.length > 0) terminal.note(count(shown, "alert"));
  terminal.note(
    `${count(replayed.events, "event")} of ${count(replayed.containers, "container")} and the host`,
  );
  const { ofHost } = replayed;
  if (shown === 0 && rules.length === 0 && ofHost > 0)
    terminal.hint(
      `${count(ofHost, "event")} of the host ${ofHost === 1 ? "is" : "are"} there, too: --all shows them`,
    );
  if (replayed.blind.length > 0) {
    terminal.warn(`not recorded, because the kernel does not tell: ${replayed.blind.join(", ")}`);
  }
  if (replayed.damage === null) return 0;
  terminal.warn(`the recording is damaged: ${replayed.damage}`);
  return 1;
}

/** Prints many lines at once, and ends without a word when nobody reads them. */
class LinePrinter {
  readonly #terminal: Terminal;
  readonly #lines: string[] = [];
  #last: Promise<void> = Promise.resolve();

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  add(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length >= LINES_A_WRITE) this.#flush();
  }

  #flush(): void {
    const text = `${this.#lines.splice(0).join("\n")}\n`;
    if (text !== "\n") this.#last = this.#terminal.print(text);
  }

  async end(): Promise<void> {
    this.#flush();
    await this.#last;
  }
}
