// Many alerts, few causes: one group for each rule, image, executable and subject, never for a process or a moment.
import { stableId } from "../../kit/stable-id.ts";
import { type Alert, type AlertCause, type AlertGroup, fieldText } from "../../model/alert.ts";

/** How much of alerts is kept. */
export interface GroupBounds {
  /** Groups; the one that was quiet for longest is forgotten for a new one. */
  readonly groupsMax: number;
  /** Different combinations of what an exception would name, in one group. */
  readonly observedMax: number;
}

const BOUNDS: GroupBounds = { groupsMax: 10_000, observedMax: 20 };
const CONTAINERS_MAX = 10;

/** What was forgotten to stay within the bounds. */
export interface ForgottenGroups {
  readonly groups: number;
  /** The alerts that they had counted. */
  readonly alerts: number;
}

interface Growing {
  readonly id: string;
  readonly cause: AlertCause;
  readonly example: Alert;
  count: number;
  first: string;
  last: string;
  readonly containers: Set<string>;
  /** Null once there were too many. */
  observed: Map<string, Readonly<Record<string, string>>> | null;
}

/** Groups alerts as they come. Memory is bounded whatever comes; what is forgotten for that is counted. */
export class AlertGroups {
  readonly #bounds: GroupBounds;
  /** The one that was quiet for longest comes first. */
  readonly #groups = new Map<string, Growing>();
  #forgotten = { groups: 0, alerts: 0 };
  #alerts = 0;

  constructor(bounds: Partial<GroupBounds> = {}) {
    this.#bounds = { ...BOUNDS, ...bounds };
  }

  /** @returns Whether it is the first of its cause, as far as is remembered. */
  add(alert: Alert): boolean {
    this.#alerts += alert.repeats?.count ?? 1;
    const cause = causeOf(alert);
    const id = causeId(cause);
    const known = this.#groups.get(id);
    const group = known ?? begun(id, cause, alert);
    const { count, first, last } = alert.repeats ?? {
      count: 1,
      first: alert.time,
      last: alert.time,
    };
    group.count += count;
    // Alerts of several hosts do not come in the order of their times.
    if (isBefore(first, group.first)) group.first = first;
    if (isBefore(group.last, last)) group.last = last;
    const container = fieldText(alert, "k8s.pod.name") ?? fieldText(alert, "container.id");
    if (container !== null && group.containers.size < CONTAINERS_MAX)
      group.containers.add(container);
    this.#observe(group, alert);
    if (known !== undefined) this.#groups.delete(id);
    this.#groups.set(id, group);
    if (this.#groups.size > this.#bounds.groupsMax) this.#forgetQuietest();
    return known === undefined;
  }

  /** How many alerts came. */
  get alerts(): number {
    return this.#alerts;
  }

  get forgotten(): ForgottenGroups {
    return { ...this.#forgotten };
  }

  /** All groups that are remembered, the largest first. */
  groups(): AlertGroup[] {
    const all = [...this.#groups.values()].map(
      ({ containers, observed, ...group }): AlertGroup => ({
        ...group,
        containers: [...containers],
        observed: observed === null ? null : [...observed.values()],
      }),
    );
    return all.sort((a, b) => b.count - a.count || (a.id < b.id ? -1 : 1));
  }

  #observe(group: Growing, alert: Alert): void {
    if (group.observed === null) return;
    const named = namedByExceptions(alert);
    const key = JSON.stringify(named);
    if (group.observed.has(key)) return;
    if (group.observed.size >= this.#bounds.observedMax) group.observed = null;
    else group.observed.set(key, named);
  }

  #forgetQuietest(): void {
    for (const [id, { count }] of this.#groups) {
      this.#groups.delete(id);
      this.#forgotten = {
        groups: this.#forgotten.groups + 1,
        alerts: this.#forgotten.alerts + count,
      };
      return;
    }
  }
}

function begun(id: string, cause: AlertCause, example: Alert): Growing {
  const { time } = example;
  const containers = new Set<string>();
  return { id, cause, example, count: 0, first: time, last: time, containers, observed: new Map() };
}

/** Times of one form compare as texts; those of several hosts may have other fractions. */
function isBefore(one: string, other: string): boolean {
  const [a, b] = [Date.parse(one), Date.parse(other)];
  return a === b ? one < other : a < b;
}

/** Twelve hexadecimal digits that stay the same as long as the cause does. */
export function causeId(cause: AlertCause): string {
  return stableId(Object.values(cause).map((part) => part ?? "\0"));
}

/** Why an alert came, without what is different each time. */
export function causeOf(alert: Alert): AlertCause {
  const of = (name: string): string | null => fieldText(alert, name);
  return {
    rule: alert.rule,
    priority: alert.priority,
    image: imageOf(alert),
    executable: of("proc.exepath") ?? of("proc.name") ?? of("ka.user.name"),
    parent: of("proc.pname"),
    subject: subjectOf(alert),
    namespace: of("k8s.ns.name") ?? of("ka.target.namespace"),
  };
}

function imageOf(alert: Alert): string | null {
  const repository = fieldText(alert, "container.image.repository");
  const digest = fieldText(alert, "container.image.digest");
  const tag = fieldText(alert, "container.image.tag");
  if (repository !== null && digest !== null) return `${repository}@${digest}`;
  if (repository !== null) return tag === null ? repository : `${repository}:${tag}`;
  const container = fieldText(alert, "container.id");
  // An image that nobody knows is not the host.
  return container === null || container === "host" ? null : "unknown image";
}

function subjectOf(alert: Alert): string | null {
  // Another behaviour of the same program is another cause, or its content would never be told.
  const behaviour = fieldText(alert, "baseline.behaviour");
  if (behaviour !== null) return `behaviour ${behaviour}`;
  const name = fieldText(alert, "fd.name");
  if (name?.startsWith("/")) return generalised(name);
  const port = fieldText(alert, "fd.sport") ?? (name === null ? null : serverPort(name));
  if (port !== null) return `port ${port}`;
  const resource = fieldText(alert, "ka.target.resource");
  return resource === null ? null : `${fieldText(alert, "ka.verb") ?? ""} ${resource}`.trim();
}

/** `10.0.0.1:43210->10.0.0.2:443`. */
function serverPort(name: string): string | null {
  return /->.*:(\d{1,5})$/.exec(name)?.[1] ?? null;
}

/** Numbers, and long runs of hexadecimal digits, are different each time: `/proc/123/mem`, `/tmp/3f1c09d2ab77`. */
function generalised(path: string): string {
  return path.replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{12,}|\d+/g, "*");
}

/** What an exception names, in this order: where, who, whose child, with which words, and what it was about. */
const NAMED: readonly string[] = [
  "container.image.repository",
  "k8s.ns.name",
  "proc.exepath",
  "proc.name",
  "proc.pname",
  "proc.cmdline",
  "fd.sip",
  "fd.sport",
  "ka.user.name",
  "ka.verb",
  "ka.target.resource",
  "ka.target.namespace",
  "ka.target.name",
];

/** The values by which exactly this alert could be excepted, those that the alert tells. */
function namedByExceptions(alert: Alert): Readonly<Record<string, string>> {
  const named: Record<string, string> = {};
  // What is excepted on the host is not excepted in containers.
  if (fieldText(alert, "container.id") === "host") named["container.id"] = "host";
  for (const field of NAMED) {
    const value = fieldText(alert, field);
    if (value !== null) named[field] = value;
  }
  // The whole path says more than the name.
  if ("proc.exepath" in named) delete named["proc.name"];
  const file = fieldText(alert, "fd.name");
  if (file?.startsWith("/")) named["fd.name"] = file;
  return named;
}
