// The strict mode: a responder for each container, started when the sensor is there, and again when it ended and the container did not.
import type { StrictDecision, StrictReport } from "../formats/sensor/strict-report.ts";
import type { ProgramEnd } from "../io/process.ts";
import { cgroupFolder, processesIn } from "../io/sensor/hierarchy.ts";
import { hostOverlay, overlayDevice } from "../io/sensor/overlay.ts";
import { oldestFirst } from "../io/sensor/proc.ts";
import { Responder } from "../io/sensor/responder.ts";
import { strictIndex } from "../io/sensor/strict-index.ts";
import { AppError, reasonOf } from "../kit/error.ts";
import type { Alert } from "../model/alert.ts";
import type { Container } from "../model/container.ts";
import type { EnforcedContainer } from "../model/watching.ts";
import type { Enforceable } from "./enforcement.ts";
import { StrictAlerts } from "./strict-alerts.ts";
import { strictHindrance } from "./strict-health.ts";
import type { Surroundings } from "./surroundings.ts";
import { containersNow } from "./watch-containers.ts";

/** Containers that have none are looked for so often: they begin again, or their responder ended. */
const LOOK_MS = 1_000;
/** The same among all processes, which is much to read: where the cgroup it had does not tell. */
const LOOK_AT_ALL_MS = 10_000;
/** Whoever ends it again and again must not gain by it: it begins at once, and no more often than this. */
const START_EVERY_MS = 250;
/** It proves its own timer first, which takes a second; one that is stopped before that ends by nothing else. */
const READY_WITHIN_MS = 5_000;
/** A container that runs for so long without a responder is told of. */
const AWAY_MS = 3_000;
const MINUTE_MS = 60_000;
/** Decisions that are told one by one; of one container. */
const TOLD_A_SECOND = 20;

interface Kept {
  readonly enforced: EnforcedContainer;
  readonly index: Uint8Array;
  /** Its own in the memory that the kernel tells of files in. */
  readonly place: number;
  readonly alerts: StrictAlerts;
  responder: Responder | null;
  container: Container | null;
  /** Of its cgroup, which is the same when it is started again; null where that is not told. */
  folder: string | null;
  /** Whose root was shown to its responder. */
  pid: number;
  isReady: boolean;
  startedAt: number;
  /** When it was seen to run without one that is ready; null while it has one, or does not run. */
  awaySince: number | null;
  isAwayTold: boolean;
  /** When its responders ended by no will of ours. */
  ends: readonly number[];
  /** Lines that this responder lost, as far as that was told. */
  lost: number;
  toldThisSecond: number;
  untold: number;
}

/** Keeps a responder for each container. To be ended by who made it. */
export class StrictWatch {
  readonly #kept: readonly Kept[];
  readonly #surroundings: Surroundings;
  #answers = -1;
  #timer: NodeJS.Timeout | null = null;
  #lookAtAllFrom = 0;

  constructor(
    strict: readonly Enforceable[],
    surroundings: Surroundings,
    alert: (alert: Alert) => void,
  ) {
    this.#surroundings = surroundings;
    this.#kept = strict.map(({ container, index }, place) => ({
      ...{ enforced: container, index: strictIndex(index.files), place },
      ...{ alerts: new StrictAlerts(container, alert), responder: null, container: null },
      ...{ folder: null, pid: 0, isReady: false, startedAt: 0, awaySince: null, isAwayTold: false },
      ...{ ends: [], lost: 0, toldThisSecond: 0, untold: 0 },
    }));
  }

  /** @param answers What the sensor told to map. */
  begin(answers: number): void {
    this.#answers = answers;
    this.#timer = setInterval(() => {
      this.#look();
      for (const kept of this.#kept) tellUntold(kept);
    }, LOOK_MS);
    this.#timer.unref();
    this.#look();
  }

  end(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    for (const kept of this.#kept) {
      kept.responder?.stop();
      tellUntold(kept);
    }
  }

  #look(): void {
    if (this.#timer === null) return;
    const now = performance.now();
    const away = this.#kept.filter(({ isReady }) => !isReady);
    for (const kept of away) this.#lookFor(kept, now);
    const missing = away.filter(
      ({ responder, folder, awaySince }) =>
        responder === null && (folder === null || awaySince === null),
    );
    if (missing.length === 0 || now < this.#lookAtAllFrom) return;
    this.#lookAtAllFrom = now + LOOK_AT_ALL_MS;
    const running = new Map(containersNow().map((one) => [one.container.id, one]));
    for (const kept of missing) {
      const found = running.get(kept.enforced.id);
      if (found === undefined) continue;
      kept.container = found.container;
      kept.folder = cgroupFolder(found.pids[0] ?? 0);
      this.#start(kept, found.pids);
    }
  }

  /** Where it was. */
  #lookFor(kept: Kept, now: number): void {
    const pids = kept.folder === null ? [kept.pid].filter(isThere) : processesIn(kept.folder);
    if (pids.length === 0 && kept.responder === null) {
      kept.awaySince = null;
      return;
    }
    kept.awaySince ??= now;
    if (now - kept.awaySince > AWAY_MS && !kept.isAwayTold && kept.container !== null) {
      kept.isAwayTold = true;
      kept.alerts.away(kept.container, Math.round((now - kept.awaySince) / 1000));
    }
    if (kept.responder !== null) {
      if (now - kept.startedAt > READY_WITHIN_MS) kept.responder.stop();
    } else if (now - kept.startedAt >= START_EVERY_MS) this.#start(kept, pids);
  }

  #start(kept: Kept, pids: readonly number[]): void {
    const { enforced, index, place } = kept;
    // One that was started again has another root.
    const root = hostOverlay(enforced.merged) ?? enforced.root;
    // What a runtime begins with, and what has a root of its own, is not what is meant; and what was executed there later may end
    // at once, and the responder with it.
    const pid = oldestFirst(pids).find((one) => overlayDevice(`/proc/${one}/root`) === root);
    if (pid === undefined) {
      // It is somewhere else, if it is there.
      kept.folder = null;
      return;
    }
    kept.folder = cgroupFolder(pid);
    kept.pid = pid;
    kept.startedAt = performance.now();
    kept.lost = 0;
    try {
      kept.responder = new Responder(
        { pid, root, place, answers: this.#answers, index },
        (report) => this.#told(kept, report),
        (end) => this.#ended(kept, end),
      );
    } catch (thrown) {
      // Somebody took the program away. Enforcement goes on.
      if (!(thrown instanceof AppError)) throw thrown;
      if (!kept.isAwayTold) this.#surroundings.warn(reasonOf(thrown));
    }
  }

  #told(kept: Kept, report: StrictReport): void {
    const { name } = kept.enforced;
    if (report.kind === "ready") {
      kept.isReady = true;
      kept.awaySince = null;
      kept.isAwayTold = false;
      this.#surroundings.note?.(
        `strict in ${name}: what is executed there is compared with the image before it begins`,
      );
    } else if (report.kind === "counts") {
      kept.untold += Math.max(0, report.lost - kept.lost);
      kept.lost = report.lost;
    }
    // It ended between being found and being asked about.
    else if (report.kind === "failed" && report.step !== "container")
      this.#surroundings.warn(`strict mode in ${name} has ended: ${strictHindrance(report)}`);
    else if (report.kind === "decision" && report.decision !== "allowed")
      tellDecision(kept, report);
  }

  #ended(kept: Kept, { code, signal }: ProgramEnd): void {
    const { container, isReady } = kept;
    kept.responder = null;
    kept.isReady = false;
    if (this.#timer === null) return;
    // With the container, or with us.
    if (code === 0) return;
    const now = performance.now();
    const why = signal === null ? `with ${code}` : `by ${signal}`;
    kept.ends = [...kept.ends.filter((at) => now - at < MINUTE_MS), now];
    if (isReady && container !== null) kept.alerts.letGo(container, why, kept.ends.length);
    // A timer may come a moment before its time.
    const pause = Math.max(0, kept.startedAt + START_EVERY_MS - now + 2);
    setTimeout(() => this.#look(), pause).unref();
  }
}

function isThere(pid: number): boolean {
  return overlayDevice(`/proc/${pid}/root`) !== null;
}

/** Whoever tries to run many must not fill the memory of whoever is told, and hides nothing by it: the rest is counted. */
function tellDecision(kept: Kept, decision: StrictDecision): void {
  if (kept.container === null) return;
  kept.toldThisSecond += 1;
  if (kept.toldThisSecond <= TOLD_A_SECOND) kept.alerts.decided(kept.container, decision);
  else kept.untold += 1;
}

function tellUntold(kept: Kept): void {
  if (kept.untold > 0 && kept.container !== null) kept.alerts.untold(kept.container, kept.untold);
  kept.untold = 0;
  kept.toldThisSecond = 0;
}
