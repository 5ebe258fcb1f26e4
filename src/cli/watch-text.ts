// How watching looks: one line an event, the newest last; what is said about the stream goes to stderr.
import { palette } from "../kit/colour.ts";
import { cut, visible } from "../kit/display.ts";
import { count } from "../kit/phrase.ts";
import { type Alert, type AlertPriority, fieldText } from "../model/alert.ts";
import type { EventRecord } from "../model/event-record.ts";
import type { EventCount, Hook, WatchTidings } from "../model/watching.ts";
import type { Terminal } from "./terminal.ts";

const TYPE_WIDTH = 10;
const PLACE_WIDTH = 16;

function kinds(hooks: readonly Hook[]): string {
  const attached = hooks.filter((hook) => hook.state === "attached");
  return `${attached.length} of ${count(hooks.length, "kind")}`;
}

/** Prints tidings as they come. */
export class WatchPrinter {
  readonly #terminal: Terminal;
  #dropped = 0;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  show(tidings: WatchTidings): void {
    switch (tidings.kind) {
      case "started":
        this.#showStart(tidings.hooks, tidings.processes);
        return;
      case "reloaded":
        this.#terminal.note(`the rules were read again: ${kinds(tidings.hooks)} of events`);
        return;
      case "events":
        this.#showEvents(tidings.events, tidings.omitted);
        return;
      case "alerts":
        this.#showAlerts(tidings.alerts, tidings.omitted);
        return;
      case "state":
        this.#showState(tidings.counts, tidings.rate, tidings.containers);
    }
  }

  #showStart(hooks: readonly Hook[], processes: number): void {
    const blind = hooks.filter((hook) => hook.state !== "attached");
    this.#terminal.note(
      `watching: ${kinds(hooks)} of events, ${count(processes, "process", "processes")} already there`,
    );
    if (blind.length === 0) return;
    this.#terminal.warn(
      `blind to ${blind.map((hook) => hook.type).join(", ")}: ${blind[0]?.reason ?? ""}`,
    );
  }

  #showEvents(events: readonly EventRecord[], omitted: number): void {
    const { width, colour } = this.#terminal;
    const lines = events.map((event) => eventLine(event, width, colour));
    if (omitted > 0) lines.push(`… and ${count(omitted, "event")} more at the same time`);
    void this.#terminal.print(`${lines.join("\n")}\n`);
  }

  #showAlerts(alerts: readonly Alert[], omitted: number): void {
    const { colour } = this.#terminal;
    void this.#terminal.print(alerts.map((alert) => `${alertText(alert, colour)}\n`).join(""));
    if (omitted > 0) this.#terminal.warn(`${count(omitted, "alert")} more at the same time`);
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

/** The time, how urgent, which rule; below it what happened. */
export function alertText(alert: Alert, colour: boolean): string {
  const { alarm, bold, red, yellow, dim } = palette(colour);
  const paint = PAINTS[alert.priority];
  const priority = { alarm, red, yellow, plain: (text: string) => text }[paint](
    alert.priority.padEnd(PRIORITY_WIDTH),
  );
  const place = fieldText(alert, "container.name") ?? fieldText(alert, "container.id") ?? "host";
  return `${dim(alert.time.slice(11, 23))} ${priority} ${bold(visible(alert.rule))} in ${visible(place)}\n             ${visible(alert.output)}`;
}

const PRIORITY_WIDTH = 13;

const PAINTS: Record<AlertPriority, "alarm" | "red" | "yellow" | "plain"> = {
  Emergency: "alarm",
  Alert: "alarm",
  Critical: "alarm",
  Error: "red",
  Warning: "yellow",
  Notice: "plain",
  Informational: "plain",
  Debug: "plain",
};

/** `12:00:01.123  execve  web  sh → /usr/bin/curl -s http://…`. */
export function eventLine(event: EventRecord, width: number, colour: boolean): string {
  const { dim, bold, red, blue } = palette(colour);
  const time = event.time.slice(11, 23);
  const place = event.container === null ? "host" : (event.container.name ?? event.container.id);
  const isBegin = event.type === "execve" || event.type === "execveat";
  const who = isBegin ? (event.parent ?? String(event.parentPid)) : event.process;
  const what = isBegin ? event.command : (event.subject ?? "");
  const failed = event.result !== null && event.result < 0 ? ` (error ${-event.result})` : "";
  const killed = event.killed ? " KILLED" : "";
  const head = `${event.type.padEnd(TYPE_WIDTH)} ${cut(visible(place), PLACE_WIDTH).padEnd(PLACE_WIDTH)} `;
  const text = visible(`${who} → ${what}`);
  const room = Math.max(20, width - time.length - head.length - 1 - failed.length - killed.length);
  const shown = cut(text, room);
  return `${dim(time)} ${isBegin ? bold(blue(head)) : head}${shown}${dim(failed)}${red(killed)}`;
}
