import { fileBytes } from "../io/look.ts";
import { type SideThread, startThread } from "../io/sensor/thread.ts";
import { reasonOf } from "../kit/error.ts";
import { count } from "../kit/phrase.ts";
import type { Alert } from "../model/alert.ts";
import type { EventType } from "../model/event.ts";
import { EVENT_TYPES } from "../model/event.ts";
import type { WorkloadMode } from "../model/sighting.ts";
import type {
  WatchAnswers,
  WatchedAlerts,
  WatchedSightings,
  WatchLearned,
  WatchLearning,
  WatchListening,
  WatchOrder,
  WatchStart,
  WatchTidings,
} from "../model/watching.ts";
import { AlertDesk, type DeskAnswer, type DeskListener, type DeskRequest } from "./alert-desk.ts";
import { auditSource, rulesBySource } from "./audit-source.ts";
import type { AuditReceived, AuditWebhookRequest } from "./audit-webhook.ts";
import { enforcedNames, strictIds } from "./drift-modes.ts";
import { DriftWatch, type DriftWatched } from "./drift-watch.ts";
import type { Enforceable } from "./enforcement.ts";
import { Enforcing } from "./enforcing.ts";
import { followRules } from "./followed-rules.ts";
import { knownBehaviour } from "./learn.ts";
import { demandUsable } from "./rule-watch.ts";
import { type RuleText, readRuleFiles } from "./rules.ts";
import { demandStrict, isStrict } from "./strict-health.ts";
import { StrictWatch } from "./strict-watch.ts";
import { aborted, type Surroundings } from "./surroundings.ts";
import { tellMeant } from "./told-meant.ts";
import { WatchedHosts } from "./watched-hosts.ts";

export interface WatchOptions extends DeskRequest {
  /** Containers in which what is not of their image dies. */
  readonly enforce: readonly string[];
  /** Workloads that are compared with their images; those of `enforce` are among them. The first that fits counts. */
  readonly modes: readonly WorkloadMode[];
  /** Enforce also what was not watched before. */
  readonly withoutRecord: boolean;
  readonly record: string | null;
  /** The recording takes the place of a file that is there. */
  readonly replaces: boolean;
  readonly events: WatchStart["events"];
  readonly only: string | null;
  /** Files of rules; without any, no rule is asked. */
  readonly rules: readonly string[];
  /** Where API servers post what they wrote down; null for nowhere. */
  readonly audit: AuditWebhookRequest | null;
  /** Files of what was learned, or {@link KEPT}: whatever is in none of them raises an alert. */
  readonly baselines: readonly string[];
  /** Is given what reads these files again, to call it when somebody asks for that. */
  readonly onReload: (reload: () => void) => void;
}

/** What is told as it comes: alerts are gathered first, sightings are for comparing, and who learns asks for that alone. */
export type ToldTidings =
  | Exclude<WatchTidings, WatchedAlerts | WatchedSightings | WatchLearned | WatchAnswers>
  | WatchListening;

/** Who is told. */
export interface WatchListener extends DeskListener {
  /** Everything that the sensor tells, but for alerts. */
  tidings(tidings: ToldTidings): void;
  /** More alerts than could be told at once. */
  omitted(alerts: number): void;
  /** Resolves when what was told until now has reached whoever reads it: what nobody takes is counted, and not kept for them. */
  taken(): Promise<void>;
}

/** What watching came to. */
export interface Watched extends DeskAnswer {
  readonly seconds: number;
  /** That the kernel sent, of all kinds. */
  readonly events: number;
  readonly lost: number;
  /** Alerts of storms that were more than could be told. */
  readonly omitted: number;
  readonly recording: { readonly path: string; readonly bytes: number } | null;
  /** What API servers posted; null when nobody listened. */
  readonly audit: AuditReceived | null;
  /** null when nothing was compared with its image. */
  readonly drift: DriftWatched | null;
}

/** Everything but what is most of what happens, and matters to nobody who looks. */
const SHOWN: readonly EventType[] = EVENT_TYPES.filter(
  (type) => type !== "unknown" && !/^(?:recv|send|dup|fchdir|chdir)/.test(type),
);

/**
 * Watches this host until the signal is aborted.
 *
 * @throws {AppError} `sensor-unavailable`; `config-invalid` for rules that cannot be used; `usage` for what is no sink; what
 *   reading rules throws.
 */
export async function watch(
  options: WatchOptions,
  surroundings: Surroundings,
  listener: WatchListener,
): Promise<Watched> {
  const { signal } = surroundings;
  const { record, replaces, events, only } = options;
  const rules = await readRuleFiles(options.rules);
  demandUsable(rules, surroundings);
  const { modes } = options;
  await demandStrict(modes, signal);
  const names = enforcedNames(options.enforce, modes);
  const enforcing = new Enforcing(options, surroundings);
  const { enforceable, files } = await enforcing.begin(names);
  const enforced = enforceable.map(({ container }) => container);
  if (only !== null) tellMeant([only], "watching", surroundings);
  // What is enforced is asked when a file is mapped, too: libraries are never executed by name.
  const least: readonly EventType[] = enforced.length > 0 ? ["mmap"] : [];
  const wanted = events === null && record === null ? least : SHOWN;
  const learning = options.baselines.length === 0 ? null : await against(options, surroundings);
  const start: WatchStart = {
    ...{ record, replaces, events, only, enforced, modes, rules, wanted, learning },
    strict: isStrict(modes),
    engineFiles: files,
  };
  const desk = new AlertDesk(options, surroundings, listener);
  const strict = strictWatch(enforceable, modes, surroundings, (alert) => desk.take(alert));
  const drift =
    modes.length === 0 ? null : new DriftWatch(modes, surroundings, (alert) => desk.take(alert));
  const sum = new Sum();
  const audit = await auditSource(options.audit, rules, desk);
  if (audit !== null) listener.tidings({ kind: "listening", url: audit.url });
  // An API server's events alone need neither root nor a kernel.
  const isObserving =
    audit === null ||
    wanted.length > 0 ||
    modes.length > 0 ||
    learning !== null ||
    audit.rules.forSensor > 0;
  if (audit === null) tellUnasked(rules, surroundings);
  const observing = { surroundings, listener, desk, sum, drift, strict, enforcing };
  const sensor = isObserving ? observe(start, observing) : null;
  const followed = followRules(options.rules, rules, surroundings, (next) => {
    sensor?.use(next);
    audit?.use(next).catch((thrown: unknown) => surroundings.warn(reasonOf(thrown)));
  });
  options.onReload(() => followed.look());
  try {
    await (sensor === null ? aborted(signal) : sensor.ended);
  } finally {
    followed.stop();
    strict?.end();
    await audit?.end();
    await enforcing.end();
  }
  const compared = (await drift?.end()) ?? null;
  const watched = sum.watched(await desk.end(), record);
  return { ...watched, audit: audit?.received() ?? null, drift: compared };
}

/** The thread of the sensor, from outside. */
interface Observer {
  /** Other rules. */
  use(rules: readonly RuleText[]): void;
  readonly ended: Promise<void>;
}

interface Observing {
  readonly surroundings: Surroundings;
  readonly listener: WatchListener;
  readonly desk: AlertDesk;
  readonly sum: Sum;
  readonly drift: DriftWatch | null;
  readonly strict: StrictWatch | null;
  readonly enforcing: Enforcing;
}

/** Starts the thread of the sensor; it ends with the signal. */
function observe(
  start: WatchStart,
  { surroundings, listener, desk, sum, drift, strict, enforcing }: Observing,
): Observer {
  const { signal } = surroundings;
  const send = (order: WatchOrder): void => thread.send(order);
  const thread: SideThread<WatchOrder> = startThread(
    new URL("./sensor-thread.js", import.meta.url),
    start,
    (tidings: WatchTidings) => {
      sum.see(tidings);
      if (drift !== null) tellDrift(drift, tidings, sum.lost);
      enforcing.take(tidings, send);
      if (tidings.kind === "answers") strict?.begin(tidings.fd);
      if (isInternal(tidings)) return;
      if (tidings.kind === "alerts") tellAlerts(tidings, desk, listener);
      else listener.tidings(tidings);
      if (tidings.kind !== "alerts" && tidings.kind !== "events") return;
      void listener.taken().then(() => thread.send({ kind: "taken" }));
    },
  );
  const stop = (): void => thread.send({ kind: "stop" });
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  const hosts = new WatchedHosts((names) => thread.send({ kind: "hosts", names }));
  void hosts.follow(start.rules);
  return {
    use: (rules) => {
      thread.send({ kind: "rules", rules });
      void hosts.follow(rules);
    },
    ended: thread.ended.finally(() => {
      signal.removeEventListener("abort", stop);
      hosts.end();
    }),
  };
}

/** What is not for whoever watches. */
function isInternal(
  tidings: WatchTidings,
): tidings is WatchedSightings | WatchLearned | WatchAnswers {
  return ["sightings", "learned", "answers"].includes(tidings.kind);
}

function strictWatch(
  enforceable: readonly Enforceable[],
  modes: readonly WorkloadMode[],
  surroundings: Surroundings,
  alert: (alert: Alert) => void,
): StrictWatch | null {
  const ids = strictIds(modes);
  const strict = enforceable.filter(({ container }) => ids.has(container.id));
  return strict.length === 0 ? null : new StrictWatch(strict, surroundings, alert);
}

function tellAlerts({ alerts, omitted }: WatchedAlerts, desk: AlertDesk, to: WatchListener): void {
  for (const alert of alerts) desk.take(alert);
  if (omitted > 0) to.omitted(omitted);
}

function tellDrift(drift: DriftWatch, tidings: WatchTidings, lost: number): void {
  if (tidings.kind === "started") drift.meet();
  else if (tidings.kind === "state") drift.lost(lost);
  else if (tidings.kind === "sightings") drift.take(tidings.containers);
}

/** Rules that nothing brings events to are not quiet, but unasked. */
function tellUnasked(rules: readonly RuleText[], { warn }: Surroundings): void {
  const { forAudit } = rulesBySource(rules);
  if (forAudit > 0)
    warn(
      `${count(forAudit, "rule")} over Kubernetes audit events ${forAudit === 1 ? "is" : "are"} not asked: --audit-webhook HOST:PORT takes these events`,
    );
}

/** What the sensor said, added up. */
class Sum {
  readonly #began = performance.now();
  #events = 0;
  #lost = 0;
  #omitted = 0;

  see(tidings: WatchTidings): void {
    if (tidings.kind === "alerts") this.#omitted += tidings.omitted;
    if (tidings.kind !== "state") return;
    this.#events = tidings.counts.reduce((sum, { sent }) => sum + sent, 0);
    this.#lost = tidings.counts.reduce((sum, { dropped }) => sum + dropped, 0);
  }

  get lost(): number {
    return this.#lost;
  }

  watched(answer: DeskAnswer, record: string | null): Omit<Watched, "audit" | "drift"> {
    const recording = record === null ? null : { path: record, bytes: fileBytes(record) };
    const seconds = (performance.now() - this.#began) / 1000;
    const [events, lost, omitted] = [this.#events, this.#lost, this.#omitted];
    return { ...answer, seconds, events, lost, omitted, recording };
  }
}

async function against(
  { baselines, only }: WatchOptions,
  surroundings: Surroundings,
): Promise<WatchLearning> {
  const known = await knownBehaviour(baselines, surroundings);
  return { containers: only === null ? [] : [only], known };
}
