import type { AuditWebhookRequest } from "../app/audit-webhook.ts";
import { giveUpPrivileges } from "../app/least-privileges.ts";
import { chosenRules, NO_RULES } from "../app/own-rules.ts";
import type { Surroundings } from "../app/surroundings.ts";
import { type WatchListener, watch } from "../app/watch.ts";
import { AppError } from "../kit/error.ts";
import { count } from "../kit/phrase.ts";
import { DRIFT_MODES, type WorkloadMode } from "../model/sighting.ts";
import { chosenAction } from "./actions.ts";
import { type Command, type Invocation, type Options, surroundingsOf } from "./command.ts";
import { listenPlace } from "./listen-place.ts";
import { type LiveAsked, LiveView } from "./live-view.ts";
import { formatOption } from "./option-specs.ts";
import { FalcoLines } from "./watch-falco.ts";
import { demandOwnOutput } from "./watch-forward.ts";
import { tellWatched, WatchPrinter } from "./watch-text.ts";

export const watchCommand: Command = {
  name: "watch",
  summary: "see what containers do while they do it",
  usage: [
    "watch [options] [--rules FILE… [--to SINK…]]",
    "watch containers [--format json]",
    "watch learn [CONTAINER…] [--for 10m] [--output FILE]",
    "watch budget FILE… [--format json]",
    "watch exceptions FILE… [--into FILE] [--seen N]",
    "watch send FILE… --to SINK… [--once]",
    "watch receive --to SINK… [--listen HOST:PORT] [--once]",
  ],
  details: [
    "Loads a small program into the kernel and tells what it observes: programs that begin, files that are opened, connections, and what else rules ask about. It needs root, Linux 5.15 or later, and libbpf 1.",
    "Alerts are raised by rules in Falco's language: by those that are built in (bulwark rules list) unless --rules names others. bulwark names the built-in ones beside files, and none alone turns rules off. Where nobody asks for alerts by name (--rules, --baseline, --alert, --enforce, --strict, --to) events are shown, too.",
    "Events of containers are shown; --all shows those of the host, too. What the kernel cannot tell, and events that were lost, are said and never passed in silence.",
    "containers lists what has processes on this machine now, whatever started it: Docker, containerd, Kubernetes, CRI-O, Podman, nerdctl, LXC. It asks no engine and needs no sensor; it reads what each wrote down before it started the container. A container whose files may not be read is known by its id alone, and the list says so.",
    "learn keeps, for each image and container, what was seen: programs, arguments, paths, connections, names that were asked for, system calls and capabilities, and how long was looked. It ends after --for, or when it is stopped. What it keeps is a recording that bulwark access minimize reads, and that --baseline watches against: one alert for all that a container does at a time and was not seen to do.",
    "budget reads recorded alerts (JSON lines of bulwark, of Falco's json_output, or of Tetragon's export) and tells how many there are a week, and the three causes of most of them. exceptions proposes, for causes that were seen often, exceptions in Falco's language as a diff: each names the image, executable, parent, command line and file exactly as they were seen. Nothing is proposed for Critical and above.",
    "receive takes alerts of a running Falco (http_output) or lines of Tetragon's export over HTTP and sends them on, until it is stopped; send does the same with recorded ones, which also tries a sink. A SINK is stdout, file:PATH (64 MiB, four older files are kept), syslog:udp://HOST:PORT, syslog:tcp://HOST:PORT, syslog:unix:/PATH (a stream socket), webhook:URL or slack:URL; webhook:@FILE and slack:@FILE take the address out of a file that its owner alone may read. One that fails does not hold up the others: what it does not take is counted and told.",
    "--audit-webhook takes Kubernetes audit events beside what the sensor observes: the rules with source k8s_audit are asked of them. It speaks HTTPS with --tls-cert and --tls-key, and HTTP on this machine alone. Where no other rule is given the sensor is not started, and neither root nor libbpf is needed.",
    "A recording holds command lines and the beginnings of environments, which may hold secrets: it is made for its owner only.",
  ],
  options: {
    rules: {
      type: "string",
      value: "FILE",
      multiple: true,
      summary:
        "ask these rules instead of the built-in ones (bulwark; none: no rules), and show their alerts instead of events",
    },
    baseline: {
      type: "string",
      value: "FILE|kept",
      multiple: true,
      summary:
        "raise alerts for what containers were not seen to do by watch learn; kept: by all that is kept here",
    },
    for: { type: "string", value: "TIME", summary: "learn: so long, as in 30s, 10m, 2h, 7d" },
    output: {
      type: "string",
      short: "o",
      value: "FILE",
      summary: "learn: write what is known to a file, too",
    },
    events: { type: "boolean", summary: "show events beside the alerts that are asked for" },
    all: { type: "boolean", summary: "show events of the host, too" },
    container: {
      type: "string",
      value: "NAME",
      summary: "one container only: its name, or the beginning of its id",
    },
    format: formatOption(
      ["pretty", "live", "json", "falco"],
      "lines for people (default), a view of the whole in a terminal, one JSON value a line, or alerts alone as Falco writes them",
    ),
    record: {
      type: "string",
      value: "FILE",
      summary: "keep everything that is observed in a file, for bulwark replay",
    },
    force: { type: "boolean", summary: "with --record: replace a file that is there" },
    observe: {
      type: "string",
      value: "NAME",
      multiple: true,
      summary: "keep a record of what this workload runs that is not of its image; '*' for all",
    },
    alert: {
      type: "string",
      value: "NAME",
      multiple: true,
      summary: "the same, and raise an alert for each cause",
    },
    enforce: {
      type: "string",
      value: "NAME",
      multiple: true,
      summary: "the same, and end what is not of its image before it runs",
    },
    strict: {
      type: "string",
      value: "NAME",
      multiple: true,
      summary:
        "the same, and deny programs whose content the image does not have, however they came",
    },
    "without-record": {
      type: "boolean",
      summary: "enforce also what was not watched for an hour before",
    },
    into: {
      type: "string",
      value: "FILE",
      summary: "exceptions: the rules file that is to get them (default: bulwark.rules.yaml)",
    },
    seen: {
      type: "string",
      value: "N",
      summary: "exceptions: for causes of at least so many alerts (default: 3)",
    },
    to: {
      type: "string",
      value: "SINK",
      multiple: true,
      summary: "where alerts go, beside standard output while watching; may be repeated",
    },
    once: { type: "boolean", summary: "with --to: only the first alert of each cause" },
    listen: {
      type: "string",
      value: "HOST:PORT",
      summary: "receive: where to listen (default: 127.0.0.1:2801)",
    },
    "audit-webhook": {
      type: "string",
      value: "HOST:PORT",
      summary: "take Kubernetes audit events there, as API servers post them",
    },
    "tls-cert": { type: "string", value: "FILE", summary: "certificate for --audit-webhook, PEM" },
    "tls-key": { type: "string", value: "FILE", summary: "its key, PEM" },
    "client-ca": {
      type: "string",
      value: "FILE",
      summary: "who vouches for API servers, PEM: others are refused",
    },
    quiet: { type: "boolean", summary: "show no single events: alerts, and the state at the end" },
  },
  takes: {
    "": [
      "rules",
      "baseline",
      "events",
      "all",
      "container",
      "format",
      "record",
      "force",
      "observe",
      "alert",
      "enforce",
      "strict",
      "without-record",
      "to",
      "once",
      "audit-webhook",
      "tls-cert",
      "tls-key",
      "client-ca",
      "quiet",
    ],
    containers: ["format"],
    learn: ["for", "output", "format"],
    budget: ["format"],
    exceptions: ["into", "seen", "format"],
    send: ["to", "once"],
    receive: ["to", "once", "listen"],
  },
  examples: [
    ["sudo bulwark watch", "what all containers do, and alerts by the built-in rules"],
    ["sudo bulwark watch --quiet", "the alerts alone"],
    [
      "sudo bulwark watch --format live --rules falco_rules.yaml",
      "processes, rates and alerts on one screen",
    ],
    ["sudo bulwark watch --container web", "one of them"],
    ["sudo bulwark watch --rules bulwark --rules falco_rules.yaml", "alerts by more rules"],
    ["sudo bulwark watch --record day.events --quiet", "record, to try rules on it later"],
    [
      "bulwark watch --audit-webhook 127.0.0.1:9443 --rules k8s_audit_rules.yaml",
      "alerts over what an API server was asked",
    ],
    ["sudo bulwark watch containers", "what runs now, from which image, since when"],
    ["sudo bulwark watch learn web --for 1h", "learn what one container does"],
    ["sudo bulwark watch --baseline kept", "alerts for what was not learned"],
    ["bulwark watch budget alerts.jsonl", "how many alerts a week, and why"],
    ["bulwark watch exceptions alerts.jsonl | patch -p0", "take over what was reviewed"],
    ["bulwark watch send alerts.jsonl --to syslog:udp://127.0.0.1:514", "try a sink"],
    ["bulwark watch receive --to file:alerts.jsonl --to slack:$HOOK --once", "keep a Falco"],
  ],
  run: (invocation) => {
    const [name = "", ...more] = invocation.args;
    if (name === "") return watchHere(invocation);
    return chosenAction("watch", name, ACTIONS)(invocation, more);
  },
};

type Action = (invocation: Invocation, args: readonly string[]) => Promise<number>;

/** What is done beside watching. */
const ACTIONS: ReadonlyMap<string, Action> = new Map<string, Action>([
  [
    "containers",
    async (invocation, args) => {
      refuse(args, "containers");
      const { tellContainers } = await import("./watch-containers.ts");
      return tellContainers(invocation);
    },
  ],
  [
    "learn",
    async (invocation, names) => (await import("./watch-learn.ts")).tellLearned(invocation, names),
  ],
  [
    "budget",
    async (invocation, files) => (await import("./watch-budget.ts")).tellBudget(invocation, files),
  ],
  [
    "exceptions",
    async (invocation, files) =>
      (await import("./watch-exceptions.ts")).tellExceptions(invocation, files),
  ],
  [
    "send",
    async (invocation, files) => (await import("./watch-forward.ts")).tellSent(invocation, files),
  ],
  [
    "receive",
    async (invocation, args) => {
      refuse(args, "receive");
      return (await import("./watch-forward.ts")).tellReceived(invocation);
    },
  ],
]);

function refuse([extra]: readonly string[], name: string): void {
  if (extra === undefined) return;
  const quoted = JSON.stringify(extra.slice(0, 100));
  throw new AppError("usage", `cannot use ${quoted} with watch ${name}: one argument too many`);
}

async function watchHere(invocation: Invocation): Promise<number> {
  const { options, terminal, signal } = invocation;
  const rules = chosenRules(options.texts("rules"));
  const modes = modesOf(options);
  const baselines = options.texts("baseline");
  const isAlarmed =
    rules.length + baselines.length > 0 || modes.some(({ mode }) => mode !== "observe");
  const around = surroundingsOf(invocation);
  const sinks = sinksOf(options, isAlarmed);
  const audit = auditOf(options);
  const record = options.text("record");
  await giveUpPrivileges(
    { modes, outputs: record === null ? [] : [record], sinks, port: audit?.port ?? null },
    around,
  );
  const isShown = areEventsShown(options);
  const only = options.text("container");
  if (isShown && modes.length === 0 && options.text("format") === null)
    terminal.hint("programs that are not of their image raise nothing without --alert '*'");
  const live = liveOf(invocation, { hasRules: isAlarmed, only });
  const watching = watch(
    {
      record,
      replaces: options.flag("force"),
      events: live === null && !isShown ? null : options.flag("all") ? "all" : "containers",
      rules,
      only,
      enforce: [...options.texts("enforce"), ...options.texts("strict")],
      modes,
      withoutRecord: options.flag("without-record"),
      // What asks a service to read its files again. It ends with the process.
      onReload: (reload) => process.on("SIGHUP", reload),
      audit,
      baselines,
      sinks,
      isOnce: options.flag("once"),
    },
    {
      ...around,
      ...(live === null ? {} : saidIn(live)),
      // Whoever reads `watch | head` has seen enough.
      signal: AbortSignal.any([signal, terminal.unread]),
    },
    live ?? listenerOf(invocation),
  );
  const watched = await watching.finally(() => live?.end());
  return tellWatched(watched, isAlarmed, terminal);
}

/** Events are shown among alerts, unless somebody asks for alerts by name, for no events, or for a form that has none. */
function areEventsShown(options: Options): boolean {
  if (options.text("format") === "falco") return false;
  if (options.flag("events")) return true;
  if (options.flag("quiet")) return false;
  const named = options.texts("rules").filter((name) => name !== NO_RULES);
  const asked = ["baseline", "to", "alert", "enforce", "strict"].map((name) => options.texts(name));
  return [named, ...asked].every((some) => some.length === 0);
}

function liveOf({ options, terminal }: Invocation, asked: LiveAsked): LiveView | null {
  if (options.text("format") !== "live") return null;
  if (terminal.isScreen) return new LiveView(terminal, asked);
  throw new AppError("usage", "cannot show the live view: standard output is no terminal", {
    hint: "--format pretty writes lines",
  });
}

/** What is said at once would be drawn over. */
function saidIn(live: LiveView): Pick<Surroundings, "note" | "warn" | "progress"> {
  return {
    note: (text) => live.note(text),
    warn: (text) => live.warn(text),
    progress: () => undefined,
  };
}

function auditOf(options: Options): AuditWebhookRequest | null {
  const written = options.text("audit-webhook");
  const [certificate, key] = [options.text("tls-cert"), options.text("tls-key")];
  const clientCa = options.text("client-ca");
  if ((certificate === null) !== (key === null) || (clientCa !== null && certificate === null))
    throw new AppError("usage", "cannot use one of --tls-cert and --tls-key without the other");
  if (written === null) {
    if (certificate === null) return null;
    throw new AppError("usage", "cannot use --tls-cert without --audit-webhook");
  }
  const tls = certificate === null || key === null ? null : { certificate, key, clientCa };
  return { ...listenPlace(written), tls };
}

/** What is strongest comes first, and counts. */
function modesOf(options: Options): readonly WorkloadMode[] {
  return [...DRIFT_MODES]
    .reverse()
    .flatMap((mode) => options.texts(mode).map((workload) => ({ workload, mode, writable: [] })));
}

function sinksOf(options: Options, isAlarmed: boolean): readonly string[] {
  const sinks = options.texts("to");
  if (sinks.length > 0 && !isAlarmed)
    throw new AppError("usage", "cannot send alerts without anything that raises them", {
      hint: `leave --rules ${NO_RULES} away, or name what is to be watched: --alert NAME, --baseline kept`,
    });
  demandOwnOutput(sinks, options);
  return sinks;
}

function listenerOf({ options, terminal }: Invocation): WatchListener {
  const printed = (line: string): void => void terminal.print(`${line}\n`);
  const nothing = (): void => undefined;
  // What is written is taken in its order, so that nothing at the end of it is the sign.
  const taken = (): Promise<void> => terminal.print("");
  const warnOfOmitted = (alerts: number): void =>
    terminal.warn(`${count(alerts, "alert")} more at the same time`);
  switch (options.text("format") ?? "pretty") {
    case "json":
      return {
        tidings: (tidings) => printed(JSON.stringify(tidings)),
        // An alert has a line of its own, which whoever reads alerts reads.
        each: (alert) => printed(JSON.stringify({ kind: "alert", ...alert })),
        omitted: (alerts) => printed(JSON.stringify({ kind: "omitted", alerts })),
        folded: nothing,
        taken,
      };
    case "falco": {
      const falco = new FalcoLines(terminal);
      return {
        tidings: (tidings) => falco.tidings(tidings),
        each: (alert) => falco.print(alert),
        omitted: (alerts) => falco.omitted(alerts),
        folded: nothing,
        taken,
      };
    }
    default: {
      const printer = new WatchPrinter(terminal);
      return {
        tidings: (tidings) => printer.show(tidings),
        each: nothing,
        omitted: warnOfOmitted,
        folded: (alert) => printer.alert(alert),
        taken,
      };
    }
  }
}
