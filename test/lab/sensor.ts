// The sensor on the kernel of this machine, through the built command, as users have it.
import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Alert } from "../../src/model/alert.ts";
import type { EventRecord } from "../../src/model/event-record.ts";
import type { WatchState, WatchTidings } from "../../src/model/watching.ts";

/** Of the checkout in which the test or the bench was started. */
const COMMAND = resolve("bin/bulwark.js");
const STARTED_WITHIN_MS = 20_000;
const SEEN_WITHIN_MS = 15_000;

/** Why nothing can be observed here; null when it can. What a bare machine lacks and root can have is set up. */
export function sensorHindrance(): string | null {
  if (process.getuid?.() !== 0) return "needs root";
  if (!existsSync("/sys/kernel/btf/vmlinux")) return "this kernel has no BTF";
  if (!existsSync("/sys/kernel/tracing/events")) {
    try {
      execFileSync("mount", ["-t", "tracefs", "tracefs", "/sys/kernel/tracing"], {
        stdio: "ignore",
      });
    } catch {
      return "tracefs cannot be mounted";
    }
  }
  return null;
}

/** `bulwark watch` at work. */
export class LabWatch {
  readonly events: EventRecord[] = [];
  readonly alerts: Alert[] = [];
  readonly #child: ChildProcess;
  #said = "";
  #rest = "";
  #isStarted = false;
  /** How often rules were read again. */
  #reloads = 0;
  state: WatchState | null = null;
  /** Told of each alert when it is read. */
  onAlert: (alert: Alert) => void = () => undefined;

  /** What it printed, line by line. */
  readonly lines: string[] = [];

  /** @param within A command that runs another: what the sensor finds around it. */
  constructor(
    args: readonly string[],
    place: Pick<SpawnOptions, "env" | "cwd"> = {},
    within: readonly string[] = [],
  ) {
    const line = [...within, process.execPath, COMMAND, "watch", "--format", "json", ...args];
    this.#child = spawn(line[0] ?? "", line.slice(1), {
      ...place,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child.stdout?.on("data", (piece: Buffer) => this.#take(piece.toString()));
    this.#child.stderr?.on("data", (piece: Buffer) => {
      this.#said += piece.toString();
    });
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    this.lines.push(...lines);
    for (const line of lines) {
      const tidings = JSON.parse(line) as WatchTidings | ({ readonly kind: "alert" } & Alert);
      if (tidings.kind === "started") this.#isStarted = true;
      else if (tidings.kind === "reloaded") this.#reloads += 1;
      else if (tidings.kind === "events") this.events.push(...tidings.events);
      else if (tidings.kind === "alert") this.#alerted(tidings);
      else if (tidings.kind === "state") this.state = tidings;
    }
  }

  /** What it told people. */
  get said(): string {
    return this.#said;
  }

  #alerted(alert: Alert): void {
    this.alerts.push(alert);
    this.onAlert(alert);
  }

  /** Resolves when it is attached. */
  async started(): Promise<this> {
    const until = Date.now() + STARTED_WITHIN_MS;
    while (!this.#isStarted) {
      if (this.#child.exitCode !== null || Date.now() > until) {
        throw new Error(`the sensor does not start: ${this.#said}`);
      }
      await sleep(20);
    }
    return this;
  }

  /** The first event of that form, which may still come. */
  seen(fits: (event: EventRecord) => boolean, what: string): Promise<EventRecord> {
    return this.#found(this.events, fits, what);
  }

  alerted(fits: (alert: Alert) => boolean, what: string): Promise<Alert> {
    return this.#found(this.alerts, fits, what);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Until rules were read again so often, or something was said on stderr. */
  reloaded(times: number): Promise<void> {
    return this.until(() => this.#reloads >= times, `reload ${times}`);
  }

  warned(text: string): Promise<void> {
    return this.until(() => this.#said.includes(text), text);
  }

  async until(is: () => boolean, what: string): Promise<void> {
    const until = Date.now() + SEEN_WITHIN_MS;
    while (!is()) {
      if (Date.now() > until) throw new Error(`not seen: ${what}\n${this.#said}`);
      await sleep(20);
    }
  }

  async #found<T>(all: readonly T[], fits: (one: T) => boolean, what: string): Promise<T> {
    const until = Date.now() + SEEN_WITHIN_MS;
    for (;;) {
      const found = all.find(fits);
      if (found !== undefined) return found;
      if (Date.now() > until) throw new Error(`not seen: ${what}`);
      await sleep(20);
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Stops it, and waits for its end. */
  async stop(): Promise<number | null> {
    // Not its exit: what it says at the end may still be on its way.
    const ended = new Promise<number | null>((done) => this.#child.once("close", done));
    const { exitCode, signalCode } = this.#child;
    if (exitCode !== null || signalCode !== null) return exitCode;
    this.#child.kill("SIGINT");
    return ended;
  }
}
