// Drives the live view: takes what is told, looks at processes, and draws the whole screen twice a second until it is ended.
import { ProcessLook } from "../app/container-processes.ts";
import type { WatchListener } from "../app/watch.ts";
import { count } from "../kit/phrase.ts";
import { ALERT_PRIORITIES, type Alert, fieldText } from "../model/alert.ts";
import { type Container, isMeantBy } from "../model/container.ts";
import type { EventRecord } from "../model/event-record.ts";
import type { WatchState } from "../model/watching.ts";
import { whereOf } from "./alert-text.ts";
import { clockOf } from "./event-text.ts";
import { type LiveAlert, type LiveContainer, liveLines } from "./live-screen.ts";
import type { Terminal } from "./terminal.ts";
import { duration } from "./watch-text.ts";

const DRAW_MS = 500;
const RATES_MAX = 60;
/** So long is told of what began and has ended. */
const ENDED_MS = 5_000;
const ENDED_MAX = 8;
const CAUSES_MAX = 500;
const MESSAGE_MS = 10_000;

/** The screen beside the scrolled one, without a cursor; and back. */
const ENTER = "\u001b[?1049h\u001b[?25l";
const LEAVE = "\u001b[?25h\u001b[?1049l";

interface Ended {
  readonly command: string;
  readonly atMs: number;
}

/** What was asked for. */
export interface LiveAsked {
  readonly hasRules: boolean;
  /** The only container; null for all. */
  readonly only: string | null;
}

export class LiveView implements WatchListener {
  readonly #terminal: Terminal;
  readonly #asked: LiveAsked;
  readonly #look = new ProcessLook();
  readonly #began = performance.now();
  readonly #rates: number[] = [];
  readonly #started = new Map<string, Ended[]>();
  readonly #alerts = new Map<string, LiveAlert>();
  readonly #timer: NodeJS.Timeout;
  /** What is to stay to be read when the screen is left. */
  readonly #said: (() => void)[] = [];
  #message: { readonly text: string; readonly atMs: number } | null = null;
  #total = 0;
  #lost = 0;
  #isDrawing = false;

  constructor(terminal: Terminal, asked: LiveAsked) {
    this.#terminal = terminal;
    this.#asked = asked;
    void terminal.print(ENTER);
    this.#timer = setInterval(() => void this.#draw(), DRAW_MS);
  }

  note(text: string): void {
    this.#said.push(() => this.#terminal.note(text));
  }

  warn(text: string): void {
    this.#message = { text, atMs: performance.now() };
    this.#said.push(() => this.#terminal.warn(text));
  }

  /** The screen is drawn from what is known then: nothing waits for it. */
  taken(): Promise<void> {
    return Promise.resolve();
  }

  tidings(tidings: Parameters<WatchListener["tidings"]>[0]): void {
    if (tidings.kind === "events") for (const event of tidings.events) this.#saw(event);
    else if (tidings.kind === "state") this.#rate(tidings);
    else if (tidings.kind === "recording") this.warn(`the recording has ended: ${tidings.ended}`);
    else if (tidings.kind === "trouble") this.warn(tidings.text);
    else if (tidings.kind === "listening") this.note(`taking audit events at ${tidings.url}`);
    else
      for (const { rule, isDead } of tidings.blindRules)
        this.warn(
          `rule ${JSON.stringify(rule)} ${isDead ? "can never match here" : "does not see all"}`,
        );
  }

  each(alert: Alert): void {
    this.#total += 1;
    const where = whereOf(alert);
    const key = `${alert.rule}\n${where}\n${fieldText(alert, "proc.exepath") ?? ""}`;
    const before = this.#alerts.get(key);
    this.#alerts.delete(key);
    const times = (before?.count ?? 0) + 1;
    const { rule, priority } = alert;
    const last = clockOf(alert.time).slice(0, 8);
    this.#alerts.set(key, { rule, priority, where, count: times, last });
    const [oldest] = this.#alerts.size > CAUSES_MAX ? this.#alerts.keys() : [];
    if (oldest !== undefined) this.#alerts.delete(oldest);
  }

  folded(): void {
    // Each is counted, and the view shows the count.
  }

  omitted(alerts: number): void {
    this.warn(`${count(alerts, "alert")} more at the same time`);
  }

  /** Gives the screen back, and tells what was said meanwhile. */
  async end(): Promise<void> {
    clearInterval(this.#timer);
    await this.#terminal.print(LEAVE);
    for (const say of this.#said) say();
  }

  #rate({ rate, counts }: WatchState): void {
    this.#rates.push(rate);
    if (this.#rates.length > RATES_MAX) this.#rates.shift();
    this.#lost = counts.reduce((sum, { dropped }) => sum + dropped, 0);
  }

  #saw(event: EventRecord): void {
    if (event.container === null || !event.type.startsWith("execve") || event.error !== null)
      return;
    const own = this.#started.get(event.container.id) ?? [];
    const killed = event.killed ? "  KILLED" : "";
    own.unshift({ command: `${event.command}${killed}`, atMs: performance.now() });
    this.#started.set(event.container.id, own.slice(0, ENDED_MAX));
  }

  /** One drawing at a time: a terminal that is slow must not be filled. */
  async #draw(): Promise<void> {
    if (this.#isDrawing) return;
    this.#isDrawing = true;
    const { width, height, colour } = this.#terminal;
    const now = performance.now();
    if (this.#message !== null && now - this.#message.atMs > MESSAGE_MS) this.#message = null;
    const lines = liveLines(
      {
        elapsed: duration((now - this.#began) / 1000),
        rates: this.#rates,
        lost: this.#lost,
        containers: this.#containers(now),
        alerts: [...this.#alerts.values()].reverse().sort(byUrgency),
        alertsTotal: this.#total,
        hasRules: this.#asked.hasRules,
        message: this.#message?.text ?? null,
      },
      { width, height, colour },
    );
    await this.#terminal.print(
      `\u001b[H${lines.map((line) => `${line}\u001b[K`).join("\n")}\u001b[J`,
    );
    this.#isDrawing = false;
  }

  #containers(now: number): LiveContainer[] {
    const { only } = this.#asked;
    return this.#look
      .now()
      .filter(({ container }) => only === null || isMeantBy(container, only))
      .map(({ container, processes }) => {
        const running = new Set(processes.map(({ command }) => command));
        const started = this.#started.get(container.id.slice(0, ID_LENGTH)) ?? [];
        const ended = started.filter(
          ({ command, atMs }) => now - atMs < ENDED_MS && !running.has(command),
        );
        return {
          id: container.id,
          title: titleOf(container),
          image: container.image?.reference ?? "",
          processes,
          ended: [...new Set(ended.map(({ command }) => command))],
        };
      })
      .sort((a, b) => (a.title < b.title ? -1 : 1));
  }
}

/** As event records have it. */
const ID_LENGTH = 12;

function titleOf({ id, name, pod }: Container): string {
  const own = name ?? id.slice(0, ID_LENGTH);
  return pod === null ? own : `${pod.namespace}/${pod.name}/${own}`;
}

function byUrgency(a: LiveAlert, b: LiveAlert): number {
  return ALERT_PRIORITIES.indexOf(a.priority) - ALERT_PRIORITIES.indexOf(b.priority);
}
