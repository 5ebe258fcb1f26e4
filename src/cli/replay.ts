import { chosenRules, NO_RULES } from "../app/own-rules.ts";
import { replay } from "../app/replay.ts";
import { isRecording, replayAudit } from "../app/replay-audit.ts";
import { falcoLineOf } from "../app/rule-watch.ts";
import { AppError } from "../kit/error.ts";
import { count } from "../kit/phrase.ts";
import type { Alert } from "../model/alert.ts";
import type { EventRecord } from "../model/event-record.ts";
import { alertText } from "./alert-text.ts";
import { type Command, type Invocation, type Options, surroundingsOf } from "./command.ts";
import { eventLine } from "./event-text.ts";
import { formatOption } from "./option-specs.ts";
import type { Terminal } from "./terminal.ts";

/** Lines that are printed at once. */
const LINES_A_WRITE = 1000;

export const replayCommand: Command = {
  name: "replay",
  summary: "look again at what bulwark watch recorded, or at an audit log",
  usage: ["replay FILE [options]"],
  details: [
    "Shows the events of a recording in order, as bulwark watch would have shown them: those of containers, or of one of them; --all shows those of the host, too. The alerts of the built-in rules stand among them, behind the events that raised them. It needs no privilege and runs on any system.",
    "With --rules it also takes the audit log of a Kubernetes API server, a folder of them, or - for standard input, compressed or as a cloud exports it: the rules with source k8s_audit are asked of each event.",
    "A recording that was cut off is shown as far as it goes, and said to be damaged; then the exit code is 1.",
  ],
  options: {
    rules: {
      type: "string",
      value: "FILE",
      multiple: true,
      summary:
        "try these rules in Falco's language, and show their alerts instead of events; bulwark: the built-in ones, none: events alone",
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
    ["bulwark replay day.events", "what happened, with the alerts of the built-in rules"],
    ["bulwark replay day.events --rules ours.yaml", "what our rules would have said"],
    ["bulwark replay audit.log --rules k8s_audit_rules.yaml", "what rules say to an audit log"],
    [
      "bulwark replay day.events --rules none --format json | jq .executable",
      "the same for programs",
    ],
  ],
  run: replayHere,
};

async function replayHere(invocation: Invocation): Promise<number> {
  const [path, ...more] = invocation.args;
  if (path === undefined || more.length > 0) {
    throw new AppError("usage", "cannot replay: name one recording", {
      hint: "as in bulwark replay day.events; bulwark watch --record FILE makes one",
    });
  }
  const printer = new LinePrinter(invocation.terminal);
  const show = shown(invocation, printer);
  return (await isRecording(path))
    ? replayRecording(path, invocation, { printer, show })
    : replayLog(path, invocation, { printer, show });
}

interface Shown {
  event(event: EventRecord): void;
  alert(alert: Alert): void;
  /** How many there were. */
  readonly events: number;
  readonly alerts: number;
}

interface Showing {
  readonly printer: LinePrinter;
  readonly show: Shown;
}

function shown({ options, terminal }: Invocation, printer: LinePrinter): Shown {
  const format = options.text("format") ?? "pretty";
  const screen = { width: terminal.isScreen ? terminal.width : null, colour: terminal.colour };
  const counts = { events: 0, alerts: 0 };
  return {
    event: (event) => {
      counts.events += 1;
      if (format === "falco") return;
      printer.add(format === "json" ? JSON.stringify(event) : eventLine(event, screen));
    },
    alert: (alert) => {
      counts.alerts += 1;
      if (format === "falco") printer.add(falcoLineOf(alert));
      else if (format === "json") printer.add(JSON.stringify({ kind: "alert", ...alert }));
      else printer.add(alertText(alert, screen));
    },
    get events() {
      return counts.events;
    },
    get alerts() {
      return counts.alerts;
    },
  };
}

async function replayRecording(
  path: string,
  { options, terminal }: Invocation,
  { printer, show }: Showing,
): Promise<number> {
  const rules = chosenRules(options.texts("rules"));
  const events = namedRules(options).length > 0 ? null : options.flag("all") ? "all" : "containers";
  const asked = { rules, events, only: options.text("container") } as const;
  const warn = (text: string): void => terminal.warn(text);
  const replayed = await replay(path, asked, { event: show.event, alert: show.alert, warn });
  await printer.end();
  if (rules.length > 0) terminal.note(count(show.alerts, "alert"));
  terminal.note(
    `${count(replayed.events, "event")} of ${count(replayed.containers, "container")} and the host`,
  );
  const { ofHost } = replayed;
  if (show.events === 0 && events === "containers" && ofHost > 0)
    terminal.hint(
      `${count(ofHost, "event")} of the host ${ofHost === 1 ? "is" : "are"} there, too: --all shows them`,
    );
  if (replayed.blind.length > 0) {
    terminal.warn(`not recorded, because the kernel does not tell: ${replayed.blind.join(", ")}`);
  }
  if (replayed.lost.length > 0) {
    const lost = replayed.lost.reduce((sum, { dropped }) => sum + dropped, 0);
    const kinds = replayed.lost.map(({ type }) => type).join(", ");
    terminal.warn(`${count(lost, "event")} lost while it was recorded (${kinds})`);
  }
  if (replayed.damage === null) return 0;
  terminal.warn(`the recording is damaged: ${replayed.damage}`);
  return 1;
}

/** What somebody wants to try. */
function namedRules(options: Options): readonly string[] {
  return options.texts("rules").filter((name) => name !== NO_RULES);
}

/** @returns The exit code: 4 when not all of the log could be read. */
async function replayLog(
  path: string,
  invocation: Invocation,
  { printer, show }: Showing,
): Promise<number> {
  const { options, terminal } = invocation;
  const surroundings = surroundingsOf(invocation);
  const { events, problems } = await replayAudit(path, namedRules(options), {
    surroundings,
    alert: show.alert,
  });
  await printer.end();
  for (const { detail } of problems) terminal.warn(`${path}: ${detail}`);
  terminal.note(`${count(show.alerts, "alert")} over ${count(events, "audit event")}`);
  return problems.length > 0 ? 4 : 0;
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
