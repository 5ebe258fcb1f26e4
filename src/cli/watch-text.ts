// How watching looks as lines: the newest last; what is said about the stream goes to stderr.
import type { DriftWatched } from "../app/drift-watch.ts";
import type { ToldTidings, Watched } from "../app/watch.ts";
import { visible } from "../kit/display.ts";
import { count, firstOf, grouped, size } from "../kit/phrase.ts";
import type { Alert } from "../model/alert.ts";
import type { EventRecord } from "../model/event-record.ts";
import type { EventCount, Hook, WatchStarted } from "../model/watching.ts";
import { alertText } from "./alert-text.ts";
import { type EventScreen, eventLine } from "./event-text.ts";
import type { Terminal } from "./terminal.ts";
import { tellSinks } from "./watch-forward.ts";

const RULES_NAMED_MAX = 5;

/** Prints tidings as they come. */
export class WatchPrinter {
  readonly #terminal: Terminal;
  readonly #screen: EventScreen;
  #dropped = 0;

  constructor(terminal: Terminal) {
    const { width, isScreen, colour } = terminal;
    this.#terminal = terminal;
    this.#screen = { width: isScreen ? width : null, colour };
  }

  show(tidings: ToldTidings): void {
    switch (tidings.kind) {
      case "listening":
        this.#terminal.note(`taking audit events at ${tidings.url}`);
        return;
      case "started":
        tellStart(tidings, this.#terminal);
        return;
      case "reloaded":
        this.#terminal.note(`the rules were read again: ${kinds(tidings.hooks)}`);
        tellBlind(tidings, this.#terminal);
        return;
      case "trouble":
        this.#terminal.warn(tidings.text);
        return;
      case "events":
        this.#showEvents(tidings.events, tidings.omitted);
        return;
      case "recording":
        this.#terminal.warn(`the recording has ended: ${tidings.ended}; watching goes on`);
        return;
      case "state":
        this.#showState(tidings.counts, tidings.rate, tidings.containers);
    }
  }

  alert(alert: Alert): void {
    void this.#terminal.print(`${alertText(alert, this.#screen)}\n`);
  }

  #showEvents(events: readonly EventRecord[], omitted: number): void {
    const lines = events.map((event) => eventLine(event, this.#screen));
    if (omitted > 0) lines.push(`… and ${count(omitted, "event")} more at the same time`);
    void this.#terminal.print(`${lines.join("\n")}\n`);
  }

  #showState(counts: readonly EventCount[], rate: number, containers: number): void {
    const dropped = counts.reduce((sum, kind) => sum + kind.dropped, 0);
    if (dropped > this.#dropped) {
      const kinds = counts.filter((kind) => kind.dropped > 0).map((kind) => kind.type);
      this.#terminal.warn(`${count(dropped - this.#dropped, "event")} lost (${kinds.join(", ")})`);
      this.#dropped = dropped;
    }
    this.#terminal.progress(
      `${count(rate, "event")}/s · ${count(containers, "container")} · ${dropped} lost`,
    );
  }
}

/** What is observed, and what is not. */
export function tellStart(started: WatchStarted, terminal: Pick<Terminal, "note" | "warn">): void {
  const there = count(started.processes, "process", "processes");
  terminal.note(`watching ${kinds(started.hooks)}; ${there} already there`);
  tellBlind(started, terminal);
}

function kinds(hooks: readonly Hook[]): string {
  const attached = hooks.filter((hook) => hook.state === "attached").length;
  return `${count(attached, "kind")} of events, of ${hooks.length} that this asks for`;
}

function tellBlind(
  { hooks, blindRules }: Pick<WatchStarted, "hooks" | "blindRules">,
  { warn }: Pick<Terminal, "warn">,
): void {
  const blind = hooks.filter((hook) => hook.state !== "attached");
  const byReason = new Map<string, string[]>();
  for (const { type, reason } of blind)
    byReason.set(reason ?? "", [...(byReason.get(reason ?? "") ?? []), type]);
  for (const [reason, types] of byReason) warn(`blind to ${types.join(", ")}: ${reason}`);
  const dead = blindRules.filter(({ isDead }) => isDead);
  const named = (rules: typeof blindRules): string =>
    firstOf(
      rules.map(({ rule }) => JSON.stringify(rule)),
      RULES_NAMED_MAX,
    );
  if (dead.length > 0) warn(`${count(dead.length, "rule")} can never match here: ${named(dead)}`);
  for (const { rule, missing } of blindRules.filter(({ isDead }) => !isDead))
    warn(`rule ${JSON.stringify(rule)} does not see ${missing.join(", ")}`);
}

/** What it came to, and what may be done with it. @returns The exit code: 4 when not all alerts were delivered. */
export function tellWatched(watched: Watched, hasAlerts: boolean, terminal: Terminal): number {
  const { seconds, events, lost, alerts, causes, omitted, recording, sinks, audit } = watched;
  terminal.progress(null);
  const told = hasAlerts ? `, ${count(alerts, "alert")} of ${count(causes, "cause")}` : "";
  terminal.note(
    `watched for ${duration(seconds)}: ${count(events, "event")}${told}, ${grouped(lost)} lost`,
  );
  if (audit !== null) {
    const broken = audit.damaged === 0 ? "" : `, ${grouped(audit.damaged)} could not be read`;
    terminal.note(
      `${count(audit.events, "audit event")} in ${count(audit.lists, "list")}${broken}`,
    );
  }
  if (omitted > 0) terminal.warn(`${count(omitted, "alert")} more came than could be told`);
  if (watched.drift !== null) tellCompared(watched.drift, terminal);
  const isDelivered = tellSinks(sinks, terminal);
  if (recording !== null)
    terminal.note(
      `${visible(recording.path)} holds ${size(recording.bytes)}: bulwark replay ${visible(recording.path)} shows it, with --rules FILE what rules say to it`,
    );
  return isDelivered ? 0 : 4;
}

function tellCompared({ compared, unknown, problems }: DriftWatched, terminal: Terminal): void {
  terminal.note(
    `compared ${count(compared, "use")} of files with images; bulwark drift --would-have tells what enforcement would have ended`,
  );
  if (unknown > 0)
    terminal.warn(
      `of ${count(unknown, "file")} nothing can be told: gone, too large, too many, or of an image that is not known`,
    );
  for (const { detail } of problems) terminal.warn(detail);
}

/** `42 s`, `3 min 5 s`, `2 h 10 min`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  return minutes < 60
    ? `${minutes} min ${whole % 60} s`
    : `${grouped(Math.floor(minutes / 60))} h ${minutes % 60} min`;
}
