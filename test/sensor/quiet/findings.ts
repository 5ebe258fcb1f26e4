// What was raised in a stretch of ordinary life: alerts of ordinary containers, and whether the canaries were found.
import { type Alert, isAtLeast } from "../../../src/model/alert.ts";
import { rules } from "../../../src/plugins/rules/index.ts";
import type { LabWatch } from "../../lab/sensor.ts";
import { OWN_STEPS, type OwnStep } from "../own/steps.data.ts";
import { blindness } from "../stock/stage.ts";
import { canaryName, isCanary, type Stretch } from "./stretch.ts";

/** One attack of one round. */
export interface CanaryFound {
  readonly step: OwnStep;
  readonly round: number;
  /** The title of the rule that is to find it. */
  readonly rule: string;
  /** From the event to whoever reads alerts, in milliseconds; null when it was not found. */
  readonly latencyMs: number | null;
}

/** Alerts of ordinary containers that belong together. */
export interface OrdinaryNoise {
  readonly rule: string;
  readonly priority: Alert["priority"];
  readonly container: string;
  readonly count: number;
  /** Of the first. */
  readonly output: string;
}

/** Sorts what a sensor raises by who raised it. */
export class Findings {
  readonly #stretch: Stretch;
  readonly #watch: LabWatch;
  /** When it was first read of a container: by `container|rule`. */
  readonly #latencies = new Map<string, number>();

  constructor(watch: LabWatch, stretch: Stretch) {
    this.#stretch = stretch;
    this.#watch = watch;
    watch.onAlert = (alert) => {
      const key = `${stretch.ownerOf(alert)}|${alert.rule}`;
      if (!this.#latencies.has(key)) {
        this.#latencies.set(key, Date.now() - Date.parse(alert.time));
      }
    };
  }

  canaries(rounds: number): readonly CanaryFound[] {
    const steps = OWN_STEPS.filter((step) => blindness(step) === null);
    return Array.from({ length: rounds }, (_, round) => round).flatMap((round) =>
      steps.map((step) => {
        const rule = rules.find(({ id }) => id === step.id)?.title ?? "";
        const latencyMs = this.#latencies.get(`${canaryName(step.place, round)}|${rule}`) ?? null;
        return { step, round, rule, latencyMs };
      }),
    );
  }

  /** The most urgent first. */
  ordinary(): readonly OrdinaryNoise[] {
    const found = new Map<string, OrdinaryNoise>();
    for (const alert of this.#watch.alerts) {
      const container = this.#stretch.ownerOf(alert);
      if (container === null || isCanary(container)) continue;
      const { rule, priority, output } = alert;
      const key = `${container}|${rule}`;
      const before = found.get(key) ?? { rule, priority, container, count: 0, output };
      found.set(key, { ...before, count: before.count + 1 });
    }
    return [...found.values()].sort((a, b) =>
      a.priority === b.priority ? b.count - a.count : isAtLeast(a.priority, b.priority) ? -1 : 1,
    );
  }

  get lost(): readonly string[] {
    const counts = this.#watch.state?.counts ?? [];
    return counts.filter(({ dropped }) => dropped > 0).map((one) => `${one.type} ${one.dropped}`);
  }
}

/** What wakes somebody. */
export const isNoise = ({ priority }: Pick<OrdinaryNoise, "priority">): boolean =>
  isAtLeast(priority, "Warning");
