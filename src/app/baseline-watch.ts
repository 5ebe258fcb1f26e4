import { hostName } from "../io/host-accounts.ts";
import type { Alert } from "../model/alert.ts";
import type { Container } from "../model/container.ts";
import type { Process } from "../model/event.ts";
import type { ObservedEvent } from "../model/observed.ts";
import {
  type Anomaly,
  anomalyOf,
  fieldsOf,
  priorityOf,
  sentenceOf,
} from "../stages/compare/anomaly.ts";
import { type Baseline, baselinesOf, ownerOf } from "../stages/compare/baseline.ts";
import type { Deed } from "../stages/compare/behaviour.ts";
import type { Learned } from "./learner.ts";
import { placeOf } from "./rule-watch.ts";

const RULE = "Behaviour outside of the baseline";
/** What belongs together comes together: after the first of it so long is waited for the rest. */
const GATHER_MS = 5_000;
/** Of one container; what comes after is told with the first alert of the next hour. */
const ALERTS_AN_HOUR = 4;
const HOUR_MS = 3_600_000;
/** Of one alert; the rest is counted. */
const ANOMALIES_MAX = 1000;

interface Gathering {
  readonly container: Container;
  readonly baseline: Baseline;
  anomalies: Anomaly[];
  omitted: number;
  since: number;
  /** Who did the heaviest of it, as far as somebody was seen. */
  process: { readonly name: string; readonly path: string; readonly weight: number } | null;
  /** When alerts were raised in the last hour. */
  raised: number[];
}

/** Raises alerts for what containers do and were not seen to do while they were learned: few, each for all of one moment. */
export class BaselineWatch {
  readonly #baselines = new Map<string, Baseline>();
  readonly #gathering = new Map<string, Gathering>();
  readonly #told: (alert: Alert) => void;
  readonly #host = hostName();

  constructor(known: readonly ObservedEvent[], told: (alert: Alert) => void) {
    for (const one of baselinesOf(known)) this.#baselines.set(ownerOf(one.looks[0]), one);
    this.#told = told;
  }

  see(deed: Deed, { owner, container }: Learned, process: Process | null, now: number): void {
    const baseline = this.#baselines.get(owner);
    const anomaly = baseline === undefined ? null : anomalyOf(baseline, deed);
    if (baseline === undefined || anomaly === null) return;
    const found = this.#gathering.get(owner) ?? begun(container, baseline, now);
    this.#gathering.set(owner, found);
    if (found.anomalies.length === 0) found.since = now;
    if (found.anomalies.length < ANOMALIES_MAX) found.anomalies.push(anomaly);
    else found.omitted += 1;
    if (process !== null && anomaly.weight > (found.process?.weight ?? 0))
      found.process = { name: process.name, path: process.exePath, weight: anomaly.weight };
  }

  /** Raises what has waited long enough; at the end all of it. */
  raise(now: number, isEnd: boolean): void {
    for (const found of this.#gathering.values()) {
      if (found.anomalies.length === 0 || (!isEnd && now - found.since < GATHER_MS)) continue;
      found.raised = found.raised.filter((at) => now - at < HOUR_MS);
      if (!isEnd && found.raised.length >= ALERTS_AN_HOUR) continue;
      found.raised.push(now);
      this.#told(this.#alertOf(found));
      found.anomalies = [];
      found.omitted = 0;
      found.process = null;
    }
  }

  #alertOf({ container, baseline, anomalies, omitted, since, process }: Gathering): Alert {
    const name = container.name ?? container.id.slice(0, 12);
    return {
      rule: RULE,
      priority: priorityOf(anomalies),
      source: "syscall",
      time: new Date(since).toISOString(),
      hostname: this.#host,
      output: sentenceOf(name, anomalies, baseline),
      fields: {
        ...placeOf(container),
        ...(process === null ? {} : { "proc.name": process.name, "proc.exepath": process.path }),
        ...fieldsOf(anomalies, omitted),
      },
      tags: ["baseline"],
      sensor: "bulwark",
    };
  }
}

function begun(container: Container, baseline: Baseline, since: number): Gathering {
  return { container, baseline, anomalies: [], omitted: 0, since, process: null, raised: [] };
}
