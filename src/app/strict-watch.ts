// The strict mode: a responder for each container, started when the sensor is there, and again when it ended and the container did not.
import type {
  StrictCounts,
  StrictDecision,
  StrictReport,
} from "../formats/sensor/strict-report.ts";
import { hostName } from "../io/host-accounts.ts";
import type { ProgramEnd } from "../io/process.ts";
import { hostOverlay, overlayDevice } from "../io/sensor/overlay.ts";
import { Responder } from "../io/sensor/responder.ts";
import { strictIndex } from "../io/sensor/strict-index.ts";
import type { Alert } from "../model/alert.ts";
import type { Container } from "../model/container.ts";
import type { EnforcedContainer } from "../model/watching.ts";
import type { Enforceable } from "./enforcement.ts";
import { containerFields } from "./rule-watch.ts";
import { strictHindrance } from "./strict-health.ts";
import type { Surroundings } from "./surroundings.ts";
import { containersNow } from "./watch-containers.ts";

/** Containers that have none are looked for so often: they begin again, or their responder ended. */
const LOOK_MS = 1_000;
const AGAIN_MIN_MS = 250;
const AGAIN_MAX_MS = 30_000;
/** One that was well for so long begins anew. */
const WELL_MS = 60_000;

interface Kept {
  readonly enforced: EnforcedContainer;
  readonly index: Uint8Array;
  /** Its own in the memory that the kernel tells of files in. */
  readonly place: number;
  responder: Responder | null;
  container: Container | null;
  isReady: boolean;
  startedAt: number;
  notBefore: number;
  pauseMs: number;
  counts: StrictCounts | null;
}

/** Keeps a responder for each container. To be ended by who made it. */
export class StrictWatch {
  readonly #kept: readonly Kept[];
  readonly #surroundings: Surroundings;
  readonly #alert: (alert: Alert) => void;
  readonly #host = hostName();
  #answers = -1;
  #timer: NodeJS.Timeout | null = null;

  constructor(
    strict: readonly Enforceable[],
    surroundings: Surroundings,
    alert: (alert: Alert) => void,
  ) {
    this.#surroundings = surroundings;
    this.#alert = alert;
    this.#kept = strict.map(({ container, index }, place) => ({
      ...{ enforced: container, index: strictIndex(index.files), place },
      ...{ responder: null, container: null, isReady: false, counts: null },
      ...{ startedAt: 0, notBefore: 0, pauseMs: AGAIN_MIN_MS },
    }));
  }

  /** @param answers What the sensor told to map. */
  begin(answers: number): void {
    this.#answers = answers;
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
    this.#timer.unref();
    this.#look();
  }

  end(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    for (const { responder } of this.#kept) responder?.stop();
  }

  #look(): void {
    const now = performance.now();
    const waiting = this.#kept.filter(
      ({ responder, notBefore }) => responder === null && notBefore <= now,
    );
    if (waiting.length === 0 || this.#timer === null) return;
    const running = new Map(containersNow().map((one) => [one.container.id, one]));
    for (const kept of waiting) {
      const found = running.get(kept.enforced.id);
      if (found !== undefined) this.#start(kept, found.container, found.pids);
    }
  }

  #start(kept: Kept, container: Container, pids: readonly number[]): void {
    const { enforced, index, place } = kept;
    // One that was started again has another root.
    const root = hostOverlay(enforced.merged) ?? enforced.root;
    // What a runtime begins with, and what has a root of its own, is not what is meant.
    const pid = pids.find((one) => overlayDevice(`/proc/${one}/root`) === root);
    if (pid === undefined) return;
    kept.container = container;
    kept.isReady = false;
    kept.startedAt = performance.now();
    kept.responder = new Responder(
      { pid, root, place, answers: this.#answers, index },
      (report) => this.#told(kept, report),
      (end) => this.#ended(kept, end),
    );
  }

  #told(kept: Kept, report: StrictReport): void {
    const { name } = kept.enforced;
    if (report.kind === "ready") {
      kept.isReady = true;
      this.#surroundings.note?.(
        `strict in ${name}: what is executed there is compared with the image before it begins`,
      );
    } else if (report.kind === "counts") kept.counts = report;
    // It ended between being found and being asked about.
    else if (report.kind === "failed" && report.step !== "container")
      this.#surroundings.warn(`strict mode in ${name} has ended: ${strictHindrance(report)}`);
    else if (report.kind === "decision" && report.decision !== "allowed" && kept.container !== null)
      this.#alert(this.#decided(kept, kept.container, report));
  }

  #ended(kept: Kept, { code, signal }: ProgramEnd): void {
    kept.responder = null;
    if (this.#timer === null) return;
    const now = performance.now();
    if (now - kept.startedAt > WELL_MS) kept.pauseMs = AGAIN_MIN_MS;
    kept.notBefore = now + kept.pauseMs;
    kept.pauseMs = Math.min(2 * kept.pauseMs, AGAIN_MAX_MS);
    // With the container, or with us.
    if (code === 0) return;
    const why = signal === null ? `with ${code}` : `by ${signal}`;
    if (kept.isReady && kept.container !== null)
      this.#alert(this.#letGo(kept, kept.container, why));
    setTimeout(() => this.#look(), kept.pauseMs / 2).unref();
  }

  #decided(kept: Kept, container: Container, one: StrictDecision): Alert {
    const { path, process, pid, sha256, sizeBytes, waitedUs, why } = one;
    const isDenied = one.decision === "denied";
    const said = isDenied
      ? "was denied before it began, because the image does not have it"
      : `could not be compared in time (${why}), and was let run as far as enforcement lets it`;
    return this.#alertOf(container, {
      rule: isDenied ? "Program denied before it began" : "Program not compared in time",
      priority: isDenied ? "Critical" : "Warning",
      output: `${path} ${said} (sha256=${sha256 ?? "unread"} size=${sizeBytes} waited=${waitedUs}us process=${process})`,
      fields: {
        "proc.name": process,
        "proc.pid": pid,
        "fd.name": path,
        "drift.verdict": one.decision,
        "drift.use": "executed",
        "drift.sha256": sha256,
        "drift.image": kept.enforced.digest,
      },
      tags: ["container", "drift", "mitre_command_and_control", "T1105"],
    });
  }

  #letGo(kept: Kept, container: Container, why: string): Alert {
    const { name } = kept.enforced;
    return this.#alertOf(container, {
      rule: "Strict mode let go of a container",
      priority: "Error",
      output: `the responder of ${name} ended ${why}: nothing was denied there until it began again, and enforcement went on`,
      fields: { "drift.image": kept.enforced.digest },
      tags: ["container", "drift", "mitre_defense_evasion", "T1562.001"],
    });
  }

  #alertOf(
    container: Container,
    alert: Pick<Alert, "rule" | "priority" | "output" | "fields" | "tags">,
  ): Alert {
    return {
      ...alert,
      source: "syscall",
      time: new Date().toISOString(),
      hostname: this.#host,
      fields: { ...containerFields(container), ...alert.fields },
      sensor: "bulwark",
    };
  }
}
