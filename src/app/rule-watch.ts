import { falcoLine } from "../formats/alerts/falco-alert.ts";
import { hostAccounts, hostName } from "../io/host-accounts.ts";
import { AppError } from "../kit/error.ts";
import type { Alert } from "../model/alert.ts";
import { EVENT_TYPES, type EventType, type SensorEvent } from "../model/event.ts";
import type { RuleEngine } from "../stages/watch/engine.ts";
import { timeOf } from "../stages/watch/event-record.ts";
import { hasEvent } from "../stages/watch/event-set.ts";
import { mayMatchFailure } from "../stages/watch/failures.ts";
import type { PreparedRule } from "../stages/watch/prepare.ts";
import { type LoadedRules, loadRules, NO_SURROUNDINGS, type RuleText } from "./rules.ts";

/** Rules at work: what they ask of the sensor, and the alerts that they raise. */
export class RuleWatch {
  readonly wanted: ReadonlySet<EventType>;
  /** Kinds of which some rule may match a call that failed. */
  readonly failed: ReadonlySet<EventType>;
  readonly #engine: RuleEngine<SensorEvent>;
  readonly #raised: (rule: PreparedRule<SensorEvent>, event: SensorEvent) => void;

  /**
   * @param isLive Whether names of users are those of this host; a recording is of another.
   * @param told Called for each alert.
   */
  constructor(texts: readonly RuleText[], isLive: boolean, told: (alert: Alert) => void) {
    const host = isLive ? hostName() : "";
    const loaded = loadRules(
      texts,
      isLive ? { ...NO_SURROUNDINGS, hostName: host, ...hostAccounts() } : NO_SURROUNDINGS,
    );
    this.#engine = loaded.sensor.engine("first");
    this.wanted = new Set(EVENT_TYPES.filter((type) => this.#engine.needs.has(type)));
    this.failed = failuresOf(loaded, this.wanted);
    this.#raised = (rule, event) => told(alertOf(rule, event, host));
  }

  see(event: SensorEvent): void {
    this.#engine.run(event.code, event, this.#raised);
  }
}

function failuresOf({ sensor }: LoadedRules, wanted: ReadonlySet<EventType>): Set<EventType> {
  const asking = sensor.rules.filter(
    ({ rule }) => rule.isEnabled && mayMatchFailure(rule.condition),
  );
  return new Set([...wanted].filter((type) => asking.some(({ events }) => hasEvent(events, type))));
}

function alertOf(
  { rule, output }: PreparedRule<SensorEvent>,
  event: SensorEvent,
  host: string,
): Alert {
  const { text, fields } = output(event);
  return {
    rule: rule.name,
    priority: rule.priority,
    source: rule.source,
    time: timeOf(event),
    hostname: host,
    output: text,
    // Where it happened is told whatever the rule writes: a field that is missing would be taken for the host.
    fields: { ...placeOf(event), ...fields },
    tags: rule.tags,
    sensor: "bulwark",
  };
}

/** What Falco adds to every alert of its container plugin: where it happened, by the rule language's names. */
function placeOf({ process }: SensorEvent): Record<string, string | null> {
  const { container } = process;
  if (container === null) return { "container.id": "host" };
  const { image, pod } = container;
  return {
    "container.id": container.id.slice(0, SHORT_ID),
    "container.name": container.name,
    "container.image.repository": image?.repository ?? null,
    "container.image.tag": image?.tag ?? null,
    "container.image.digest": image?.digest ?? null,
    ...(pod === null ? {} : { "k8s.ns.name": pod.namespace, "k8s.pod.name": pod.name }),
  };
}

const SHORT_ID = 12;

/** The line that Falco prints: its sentence begins with the time and the priority. */
export function falcoLineOf(alert: Alert): string {
  const head = `${alert.time.slice(11, 29)}: ${alert.priority} `;
  return falcoLine({ ...alert, output: head + alert.output });
}

/** @throws {AppError} `config-invalid` when a rule cannot be used: a rule that is silently absent would be taken for quiet. */
export function demandUsable(texts: readonly RuleText[]): void {
  const { messages } = loadRules(texts);
  const [first, ...more] = messages.filter(({ level }) => level === "error");
  if (first === undefined) return;
  throw new AppError(
    "config-invalid",
    `${first.place.path}:${first.place.line}: ${first.message}${more.length > 0 ? ` (and ${more.length} more)` : ""}`,
    { hint: "bulwark rules check FILE… shows each with its line and what to do" },
  );
}
