// Who asked an API server for what and was let through, gathered from audit events in any order; what repeats changes nothing but
// the totals. Memory is bounded by distinct requests, not by events.
import type { ApiRequest, ApiUser, AuditEvent } from "../../model/audit-event.ts";
import { AuditCoverage, type LogCoverage } from "./audit-coverage.ts";
import { outcomeOf, type Refusal } from "./audit-outcome.ts";

/** A request that was made, with when. Times are milliseconds since 1970; null when no event told. */
export interface ApiUse {
  readonly request: ApiRequest;
  readonly first: number | null;
  readonly last: number | null;
}

export interface WantedUse extends ApiUse {
  readonly refusedBy: Refusal;
}

/** All that is known of somebody who asked. */
export interface ApiSubject {
  readonly name: string;
  /** Of all its requests, sorted. */
  readonly groups: readonly string[];
  /** Allowed, each once, sorted. */
  readonly uses: readonly ApiUse[];
  /** Refused and never allowed, sorted. */
  readonly wanted: readonly WantedUse[];
  /** Refused requests beyond those that are kept. */
  readonly moreWanted: number;
  /** Whether it was in `system:masters`, whom no role limits. */
  readonly bypasses: boolean;
  /** Whether somebody else than RBAC let some of it through, such as a webhook or the node authorizer. */
  readonly hasOtherAuthorizer: boolean;
  /** Whether it impersonated in the constrained way, of which events do not tell what was asked. */
  readonly isConstrained: boolean;
}

export interface ApiUses {
  readonly subjects: readonly ApiSubject[];
  readonly coverage: LogCoverage;
  /** Distinct requests beyond those that are kept: nothing is told of them. */
  readonly dropped: number;
}

const USES_MAX = 1_000_000;
/** Somebody who probes can ask for anything, and often. */
const WANTED_MAX = 1000;
const GROUPS_MAX = 500;
const MASTERS = "system:masters";

interface Gathered {
  readonly groups: Set<string>;
  readonly uses: Map<string, Times>;
  readonly wanted: Map<string, Times & { refusedBy: Refusal }>;
  moreWanted: number;
  bypasses: boolean;
  hasOtherAuthorizer: boolean;
  isConstrained: boolean;
}

interface Times {
  readonly request: ApiRequest;
  first: number | null;
  last: number | null;
}

/** Gathers events; `uses` is the result so far. */
export class ApiUseGathering {
  readonly #usesMax: number;
  readonly #subjects = new Map<string, Gathered>();
  readonly #coverage = new AuditCoverage();
  #kept = 0;
  #dropped = 0;

  constructor(usesMax: number = USES_MAX) {
    this.#usesMax = usesMax;
  }

  /**
   * Whether an event says something that none said before. Events that do are looked at more closely, which costs too much for all.
   */
  isNew(event: AuditEvent): boolean {
    const outcome = outcomeOf(event);
    if (outcome === null || outcome === "untold") return false;
    const subject = this.#subjects.get(event.user.name);
    const key = keyOf(event.request);
    return (
      subject === undefined || !(outcome === "allowed" ? subject.uses : subject.wanted).has(key)
    );
  }

  add(event: AuditEvent): void {
    const outcome = outcomeOf(event);
    this.#coverage.add(event, outcome);
    if (event.impersonator !== null && outcome !== null) this.#addImpersonator(event);
    if (outcome === null || outcome === "untold") return;
    const subject = this.#subjectOf(event.user);
    if (outcome !== "allowed") {
      this.#addWanted(subject, event, outcome);
      return;
    }
    this.#addUse(subject, event.request, event.at);
    if (event.reason !== "" && !event.reason.startsWith("RBAC:")) subject.hasOtherAuthorizer = true;
    if (makesByName(event)) this.#addUse(subject, { ...event.request, verb: "create" }, event.at);
  }

  uses(): ApiUses {
    return {
      subjects: [...this.#subjects]
        .map(([name, subject]) => subjectOf(name, subject))
        .sort((a, b) => order(a.name, b.name)),
      coverage: this.#coverage.coverage(),
      dropped: this.#dropped,
    };
  }

  #subjectOf({ name, groups }: ApiUser): Gathered {
    let subject = this.#subjects.get(name);
    if (subject === undefined) {
      subject = {
        groups: new Set(),
        uses: new Map(),
        wanted: new Map(),
        moreWanted: 0,
        bypasses: false,
        hasOtherAuthorizer: false,
        isConstrained: false,
      };
      this.#subjects.set(name, subject);
    }
    for (const group of groups) {
      if (subject.groups.size < GROUPS_MAX) subject.groups.add(group);
      if (group === MASTERS) subject.bypasses = true;
    }
    return subject;
  }

  #addImpersonator({ impersonator, at }: AuditEvent): void {
    if (impersonator === null) return;
    const subject = this.#subjectOf(impersonator.user);
    if (impersonator.constraint !== "") subject.isConstrained = true;
    for (const request of impersonator.requests) this.#addUse(subject, request, at);
  }

  #addUse(subject: Gathered, request: ApiRequest, at: number | null): void {
    const key = keyOf(request);
    const known = subject.uses.get(key);
    if (known !== undefined) widen(known, at);
    else if (this.#kept >= this.#usesMax) this.#dropped += 1;
    else {
      subject.uses.set(key, { request, first: at, last: at });
      this.#kept += 1;
    }
  }

  #addWanted(subject: Gathered, event: AuditEvent, refusedBy: Refusal): void {
    const key = keyOf(event.request);
    const known = subject.wanted.get(key);
    if (known !== undefined) {
      widen(known, event.at);
      if (refusedBy === "authorization") known.refusedBy = refusedBy;
    } else if (subject.wanted.size >= WANTED_MAX) subject.moreWanted += 1;
    else {
      const { request, at } = event;
      subject.wanted.set(key, { request, first: at, last: at, refusedBy });
    }
  }
}

/** Whether an object was made by writing to its name, which asks for `create` of that name as well. */
function makesByName({ request, status }: AuditEvent): boolean {
  return status === 201 && (request.verb === "patch" || request.verb === "update");
}

function widen(times: Times, at: number | null): void {
  if (at === null) return;
  if (times.first === null || at < times.first) times.first = at;
  if (times.last === null || at > times.last) times.last = at;
}

function keyOf(request: ApiRequest): string {
  const { verb, group, resource, subresource, namespace, name, path } = request;
  return JSON.stringify([path, namespace, group, resource, subresource, name, verb]);
}

function subjectOf(name: string, gathered: Gathered): ApiSubject {
  const { groups, uses, wanted, ...rest } = gathered;
  return {
    name,
    groups: [...groups].sort(order),
    uses: sorted(uses),
    wanted: sorted(new Map([...wanted].filter(([key]) => !uses.has(key)))),
    ...rest,
  };
}

function sorted<T>(map: ReadonlyMap<string, T>): T[] {
  return [...map].sort(([a], [b]) => order(a, b)).map(([, one]) => one);
}

/** By code units: the same on every machine. */
function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
