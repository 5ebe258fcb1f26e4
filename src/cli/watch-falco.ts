// Alerts as Falco's `json_output` has them, for whatever reads Falco today; what was lost is a line among them, as Falco says it.
import { falcoLineOf } from "../app/rule-watch.ts";
import type { ToldTidings } from "../app/watch.ts";
import { count } from "../kit/phrase.ts";
import type { Alert } from "../model/alert.ts";
import type { EventCount } from "../model/watching.ts";
import type { Terminal } from "./terminal.ts";
import { WatchPrinter } from "./watch-text.ts";

/** Falco's own name for it (userspace/falco/event_drops.cpp), on which people have alarms. */
const DROPS = "Falco internal: syscall event drop";

/** Prints what is watched as lines of Falco's. */
export class FalcoLines {
  readonly #terminal: Terminal;
  /** Says on stderr what is about the stream, and not in it. */
  readonly #printer: WatchPrinter;
  #dropped = 0;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    this.#printer = new WatchPrinter(terminal);
  }

  print(alert: Alert): void {
    void this.#terminal.print(`${falcoLineOf(alert)}\n`);
  }

  tidings(tidings: ToldTidings): void {
    if (tidings.kind === "events") return;
    this.#printer.show(tidings);
    if (tidings.kind === "state") this.#tellDrops(tidings.counts);
  }

  #tellDrops(counts: readonly EventCount[]): void {
    const dropped = counts.reduce((sum, kind) => sum + kind.dropped, 0);
    const more = dropped - this.#dropped;
    if (more <= 0) return;
    this.#dropped = dropped;
    const kinds = counts.filter((kind) => kind.dropped > 0);
    const sent = counts.reduce((sum, kind) => sum + kind.sent, 0);
    this.#internal(`${count(more, "system call")} dropped in last second.`, {
      n_drops: more,
      n_evts: sent + dropped,
      ...Object.fromEntries(kinds.map((kind) => [`n_drops_${kind.type}`, kind.dropped])),
    });
  }

  /** Alerts of a storm that were more than could be told. */
  omitted(alerts: number): void {
    this.#internal(`${count(alerts, "alert")} more than could be told.`, { n_alerts: alerts });
  }

  #internal(said: string, fields: Alert["fields"]): void {
    this.print({
      rule: DROPS,
      priority: "Critical",
      source: "internal",
      time: new Date().toISOString(),
      hostname: "",
      output: `${DROPS}. ${said}`,
      fields,
      tags: [],
      sensor: "bulwark",
    });
  }
}
