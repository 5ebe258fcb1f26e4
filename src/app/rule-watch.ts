import { falcoLine } from "../formats/alerts/falco-alert.ts";
import type { Expression } from "../formats/falco/condition.ts";
import { hostAccounts, hostName } from "../io/host-accounts.ts";
import { AppError } from "../kit/error.ts";
import { count } from "../kit/phrase.ts";
import type { Alert } from "../model/alert.ts";
import type { Container } from "../model/container.ts";
import { EVENT_TYPES, type EventType, type SensorEvent } from "../model/event.ts";
import type { BlindRule, Hook } from "../model/watching.ts";
import type { RuleEngine } from "../stages/watch/engine.ts";
import { timeOf } from "../stages/watch/event-record.ts";
import { hasEvent } from "../stages/watch/event-set.ts";
import { mayMatchFailure, mayMatchHost } from "../stages/watch/may-match.ts";
import type { PreparedRule } from "../stages/watch/prepare.ts";
import type { HostNames } from "../stages/watch/syscall/descriptor-fields.ts";
import { isOwnOutput, ownOutputText } from "./own-rules.ts";
import { type LoadedRules, loadRules, NO_SURROUNDINGS, type RuleText } from "./rules.ts";
import type { Surroundings } from "./surroundings.ts";

/** Rules at work: what they ask of the sensor, and the alerts that they raise. */
export class RuleWatch {
  readonly wanted: ReadonlySet<EventType>;
  /** Kinds of which some rule may match a call that failed. */
  readonly failed: ReadonlySet<EventType>;
  /** Kinds of which some rule may match what happens in no container. */
  readonly ofHost: ReadonlySet<EventType>;
  readonly #prepared: readonly PreparedRule<SensorEvent>[];
  readonly #engine: RuleEngine<SensorEvent>;
  readonly #raised: (rule: PreparedRule<SensorEvent>, event: SensorEvent) => void;

  /**
   * @param hosts What this host knows of others; null for a recording, whose users and hosts are those of another.
   * @param told Called for each alert.
   */
  constructor(texts: readonly RuleText[], hosts: HostNames | null, told: (alert: Alert) => void) {
    const host = hosts === null ? "" : hostName();
    const loaded = loadRules(
      texts,
      hosts === null ? NO_SURROUNDINGS : { hostName: host, ...hostAccounts(), hosts },
    );
    this.#prepared = loaded.sensor.rules;
    this.#engine = loaded.sensor.engine("first");
    this.wanted = new Set(EVENT_TYPES.filter((type) => this.#engine.needs.has(type)));
    this.failed = matchedBy(loaded, this.wanted, mayMatchFailure);
    this.ofHost = matchedBy(loaded, this.wanted, mayMatchHost);
    this.#raised = (rule, event) => told(alertOf(rule, event, host));
  }

  /** Enabled rules that ask, by name, about kinds of events that are not told here. */
  blindTo(hooks: readonly Hook[]): BlindRule[] {
    const missing = new Set(hooks.filter(({ state }) => state !== "attached").map((h) => h.type));
    return this.#prepared.flatMap(({ rule, events }) => {
      if (!rule.isEnabled || events.isComplement) return [];
      const asked = EVENT_TYPES.filter((type) => hasEvent(events, type));
      const unseen = asked.filter((type) => missing.has(type));
      if (unseen.length === 0) return [];
      return [{ rule: rule.name, missing: unseen, isDead: unseen.length === asked.length }];
    });
  }

  see(event: SensorEvent): void {
    this.#engine.run(event.code, event, this.#raised);
  }
}

/** Kinds about which a rule asks whose condition may match. */
function matchedBy(
  { sensor }: LoadedRules,
  wanted: ReadonlySet<EventType>,
  mayMatch: (condition: Expression) => boolean,
): Set<EventType> {
  const asking = sensor.rules.filter(({ rule }) => rule.isEnabled && mayMatch(rule.condition));
  return new Set([...wanted].filter((type) => asking.some(({ events }) => hasEvent(events, type))));
}

function alertOf(
  { rule, output }: PreparedRule<SensorEvent>,
  event: SensorEvent,
  host: string,
): Alert {
  const { text, fields: written } = output(event);
  const isOwn = isOwnOutput(rule.name, rule.output.text);
  // Ours name what events of any kind may have.
  const fields = isOwn ? withValue(written) : written;
  return {
    rule: rule.name,
    priority: rule.priority,
    source: rule.source,
    time: timeOf(event),
    hostname: host,
    output: isOwn ? ownOutputText(rule.name, fields) : text,
    // Where it happened is told whatever the rule writes: a field that is missing would be taken for the host.
    fields: { ...whereOf(event), ...fields },
    tags: rule.tags,
    sensor: "bulwark",
  };
}

function withValue(fields: Alert["fields"]): Alert["fields"] {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}

function whereOf({ process }: SensorEvent): Record<string, string | null> {
  return { "proc.exepath": process.exePath, ...placeOf(process.container) };
}

/** What Falco adds to every alert of its container plugin: where it happened, by the rule language's names. */
export function placeOf(container: Container | null): Record<string, string | null> {
  return container === null ? { "container.id": "host" } : containerFields(container);
}

/** Which container, of which image and of whom, by the rule language's names. */
export function containerFields(container: Container): Record<string, string | null> {
  const { image, pod, labels, problems } = container;
  const [problem] = problems;
  const owner = OWNER_LABELS.find((name) => Object.hasOwn(labels, name));
  return {
    ...(owner === undefined ? {} : { [`container.label.${owner}`]: labels[owner] ?? null }),
    "container.id": container.id.slice(0, SHORT_ID),
    "container.name": container.name,
    "container.image.repository": image?.repository ?? null,
    "container.image.tag": image?.tag ?? null,
    "container.image.digest": image?.digest ?? null,
    "container.image.id": image?.id ?? null,
    ...(pod === null ? {} : { "k8s.ns.name": pod.namespace, "k8s.pod.name": pod.name }),
    // Why the rest is missing, where it is.
    ...(problem === undefined ? {} : { "container.problem": problem.detail }),
  };
}

const SHORT_ID = 12;
/** Whom an image says to be of, the best first. @see OCI image-spec, annotations.md */
const OWNER_LABELS = [
  "org.opencontainers.image.authors",
  "maintainer",
  "org.opencontainers.image.vendor",
  "org.opencontainers.image.source",
];

/** The line that Falco prints. */
export function falcoLineOf(alert: Alert): string {
  return falcoLine(alert);
}

/** Faults that are told one by one. */
const FAULTS_MAX = 20;

/**
 * Tells each fault of rules, and refuses them: a rule that is silently absent would be taken for quiet.
 *
 * @throws {AppError} `config-invalid` when there is one, and when files hold no rule that is asked.
 */
export function demandUsable(
  texts: readonly RuleText[],
  { warn }: Pick<Surroundings, "warn">,
): void {
  const loaded = loadRules(texts);
  const faults = loaded.messages.filter(({ level }) => level === "error");
  if (faults.length === 0) {
    demandRules(texts, loaded);
    return;
  }
  for (const { place, subject, message, hint } of faults.slice(0, FAULTS_MAX)) {
    const about = subject.name === null ? "" : `${subject.type} ${JSON.stringify(subject.name)}: `;
    const way = hint === null ? "" : ` (${hint})`;
    warn(`${place.path}:${place.line}:${place.column}: ${about}${message}${way}`);
  }
  throw new AppError(
    "config-invalid",
    `these rules cannot be used: ${count(faults.length, "fault")}`,
    {
      hint: "bulwark rules check FILE… shows each in its line",
    },
  );
}

/** Files without rules would be quiet whatever happens. */
function demandRules(texts: readonly RuleText[], { sensor, audit }: LoadedRules): void {
  const isAsked = [...sensor.rules, ...audit.rules].some(({ rule }) => rule.isEnabled);
  if (texts.length === 0 || isAsked) return;
  const paths = texts.map(({ path }) => JSON.stringify(path)).join(", ");
  throw new AppError("config-invalid", `no rule would be asked: there is none in ${paths}`, {
    hint: "rules that are switched off (enabled: false) do not count; --rules bulwark names the built-in ones, --rules none turns rules off",
  });
}
