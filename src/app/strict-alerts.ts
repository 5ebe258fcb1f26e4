// What the strict mode raises alerts about.
import type { StrictDecision } from "../formats/sensor/strict-report.ts";
import { hostName } from "../io/host-accounts.ts";
import { count } from "../kit/phrase.ts";
import type { Alert } from "../model/alert.ts";
import type { Container } from "../model/container.ts";
import type { EnforcedContainer } from "../model/watching.ts";
import { containerFields } from "./rule-watch.ts";

type Raised = Pick<Alert, "rule" | "priority" | "output" | "fields" | "tags">;

/** Ends of its responder within a minute that look like somebody's will. */
const OFTEN = 3;
const EVASION = ["container", "drift", "mitre_defense_evasion", "T1562.001"];

/** Raises the alerts of one container. */
export class StrictAlerts {
  readonly #enforced: EnforcedContainer;
  readonly #alert: (alert: Alert) => void;
  readonly #host = hostName();

  constructor(enforced: EnforcedContainer, alert: (alert: Alert) => void) {
    this.#enforced = enforced;
    this.#alert = alert;
  }

  decided(container: Container, one: StrictDecision): void {
    const { path, process, pid, sha256, sizeBytes, waitedUs, why } = one;
    const isDenied = one.decision === "denied";
    this.#raise(container, {
      rule: isDenied ? "Program denied before it began" : "Program not compared in time",
      priority: isDenied ? "Critical" : "Warning",
      output: `${path === "" ? "a file" : path} ${whatBecame(isDenied, why)} (sha256=${sha256 ?? "unread"} size=${sizeBytes} waited=${waitedUs}us process=${process})`,
      fields: {
        "proc.name": process,
        "proc.pid": pid,
        "fd.name": path,
        "drift.verdict": one.decision,
        "drift.use": "executed",
        "drift.sha256": sha256,
        "drift.image": this.#enforced.digest,
      },
      tags: ["container", "drift", "mitre_command_and_control", "T1105"],
    });
  }

  /** @param times Within a minute, this one included. */
  letGo(container: Container, why: string, times: number): void {
    const often =
      times >= OFTEN
        ? `; it ended ${times} times within a minute, as if somebody kept it from answering`
        : "";
    this.#raise(container, {
      rule: "Strict mode let go of a container",
      priority: times >= OFTEN ? "Critical" : "Error",
      output: `the responder of ${this.#enforced.name} ended ${why}: nothing was denied there until it began again, and enforcement went on${often}`,
      fields: { "drift.image": this.#enforced.digest },
      tags: EVASION,
    });
  }

  away(container: Container, seconds: number): void {
    this.#raise(container, {
      rule: "Strict mode is away from a container",
      priority: "Critical",
      output: `${this.#enforced.name} has run for ${count(seconds, "second")} without a responder: nothing is denied there until there is one, and enforcement goes on`,
      fields: { "drift.image": this.#enforced.digest },
      tags: EVASION,
    });
  }

  untold(container: Container, decisions: number): void {
    this.#raise(container, {
      rule: "Decisions of the strict mode were not told",
      priority: "Error",
      output: `${count(decisions, "more decision")} about programs of ${this.#enforced.name} came faster than they can be told`,
      fields: { "drift.image": this.#enforced.digest },
      tags: EVASION,
    });
  }

  #raise(container: Container, raised: Raised): void {
    this.#alert({
      ...raised,
      source: "syscall",
      time: new Date().toISOString(),
      hostname: this.#host,
      fields: { ...containerFields(container), ...raised.fields },
      sensor: "bulwark",
    });
  }
}

function whatBecame(isDenied: boolean, why: string): string {
  if (!isDenied)
    return `could not be compared in time (${why}), and was let run as far as enforcement lets it`;
  if (why === "unopened")
    return "was denied before it began, because somebody holds a lease on it and it could not be read (unopened)";
  return "was denied before it began, because the image does not have it";
}
