// How much an audit log can tell: from when until when, in which hours nothing at all was written, and what its policy leaves out.
import type { AuditEvent } from "../../model/audit-event.ts";
import type { Outcome } from "./audit-outcome.ts";

export interface LogCoverage {
  /** Of the first and the last event; null when none told its time. Milliseconds since 1970. */
  readonly from: number | null;
  readonly to: number | null;
  /** Hours of the clock between these, and those of them with any event of anybody. */
  readonly hours: number;
  readonly hoursSeen: number;
  /** Of the hours, those with an event: a whole percentage, never rounded up to all of them. */
  readonly percent: number;
  /** Stretches without any event, the longest first; at most ten. */
  readonly gaps: readonly { readonly from: number; readonly hours: number }[];
  readonly events: number;
  /** Events by stage and by level, sorted by name. */
  readonly stages: readonly Counted[];
  readonly levels: readonly Counted[];
  /** Events that say that a request was allowed, refused, or neither. */
  readonly allowed: number;
  readonly refused: number;
  readonly untold: number;
  /** Allowed by the status of the answer, because the event does not tell the decision. */
  readonly bySignOnly: number;
  readonly untimed: number;
  /** Why what was not seen may have happened all the same. */
  readonly doubts: readonly string[];
}

export interface Counted {
  readonly name: string;
  readonly count: number;
}

const HOUR_MS = 3_600_000;
const DAYS_MIN = 7;
const COVERAGE_MIN = 90;
const GAPS_MAX = 10;
/** Names of stages and levels that are told apart. */
const NAMES_MAX = 20;
const READS: ReadonlySet<string> = new Set(["get", "list", "watch"]);

/** Counts what all events have in common. */
export class AuditCoverage {
  /** Hours since 1970. */
  readonly #hours = new Set<number>();
  readonly #stages = new Map<string, number>();
  readonly #levels = new Map<string, number>();
  #from = Number.POSITIVE_INFINITY;
  #to = Number.NEGATIVE_INFINITY;
  #events = 0;
  #untimed = 0;
  #allowed = 0;
  #refused = 0;
  #untold = 0;
  #bySignOnly = 0;
  #sawRead = false;
  #sawRecording = false;

  add(event: AuditEvent, outcome: Outcome | null): void {
    this.#events += 1;
    bump(this.#stages, event.stage);
    bump(this.#levels, event.level);
    const { at, request } = event;
    if (at === null) this.#untimed += 1;
    else {
      if (at < this.#from) this.#from = at;
      if (at > this.#to) this.#to = at;
      this.#hours.add(Math.floor(at / HOUR_MS));
    }
    if (request.path === "" && READS.has(request.verb)) this.#sawRead = true;
    if (request.resource === "events") this.#sawRecording = true;
    if (outcome === "allowed") {
      this.#allowed += 1;
      if (event.decision === null) this.#bySignOnly += 1;
    } else if (outcome === "untold") this.#untold += 1;
    else if (outcome !== null) this.#refused += 1;
  }

  coverage(): LogCoverage {
    const isTimed = this.#hours.size > 0;
    const hours = isTimed
      ? Math.floor(this.#to / HOUR_MS) - Math.floor(this.#from / HOUR_MS) + 1
      : 0;
    const hoursSeen = this.#hours.size;
    const percent = hours === 0 ? 0 : Math.floor((100 * hoursSeen) / hours);
    return {
      from: isTimed ? this.#from : null,
      to: isTimed ? this.#to : null,
      hours,
      hoursSeen,
      percent,
      gaps: this.#gaps(),
      events: this.#events,
      stages: counted(this.#stages),
      levels: counted(this.#levels),
      allowed: this.#allowed,
      refused: this.#refused,
      untold: this.#untold,
      bySignOnly: this.#bySignOnly,
      untimed: this.#untimed,
      doubts: this.#events === 0 ? [] : this.#doubts(percent),
    };
  }

  #gaps(): { from: number; hours: number }[] {
    const seen = [...this.#hours].sort((a, b) => a - b);
    return seen
      .map((hour, i) => ({
        from: (seen[i - 1] ?? hour) + 1,
        hours: hour - (seen[i - 1] ?? hour) - 1,
      }))
      .filter(({ hours }) => hours > 0)
      .sort((a, b) => b.hours - a.hours || a.from - b.from)
      .slice(0, GAPS_MAX)
      .map(({ from, hours }) => ({ from: from * HOUR_MS, hours }));
  }

  #doubts(percent: number): string[] {
    return [
      this.#to - this.#from < DAYS_MIN * 24 * HOUR_MS
        ? `the log is of less than ${DAYS_MIN} days`
        : null,
      percent < COVERAGE_MIN ? "there are hours without any event" : null,
      this.#stages.has("ResponseComplete")
        ? null
        : "the audit policy leaves out the stage ResponseComplete, which tells how requests ended",
      this.#sawRead
        ? null
        : "nobody was seen to get, list or watch anything: the audit policy leaves reading out, and so do the roles",
      this.#sawRecording
        ? null
        : "nobody was seen to write an event, which most controllers do: the audit policy leaves them out, and so do the roles",
      this.#untold > 0 ? `${this.#untold} events do not tell whether they were allowed` : null,
      this.#bySignOnly > 0
        ? `${this.#bySignOnly} events do not tell the decision, which was taken from how they were answered`
        : null,
      this.#untimed > 0 ? `${this.#untimed} events do not tell their time` : null,
    ].filter((doubt) => doubt !== null);
  }
}

function bump(counts: Map<string, number>, name: string): void {
  const known = counts.get(name);
  if (known !== undefined || counts.size < NAMES_MAX) counts.set(name, (known ?? 0) + 1);
}

function counted(counts: ReadonlyMap<string, number>): Counted[] {
  return [...counts]
    .map(([name, count]) => ({ name, count }))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
