// OSV's events become stretches. Source: OSV schema 1.7, "Evaluation": events are sorted by version before they are walked,
// `"0"` comes before every version, and a `limit` is an end like `fixed`.
import type { AffectedRange } from "../../model/advisory.ts";
import type { CompareVersions } from "./sink.ts";

export interface RangeEvent {
  readonly kind: "introduced" | "fixed" | "last";
  readonly version: string;
}

/**
 * Sorts events and pairs them into stretches.
 *
 * Where the order of two versions is not known (no comparer, or not a version), they stay in the order in which they were
 * listed, which is the right one in nearly all feeds.
 */
export function toRanges(
  events: readonly RangeEvent[],
  compare: CompareVersions | null,
): AffectedRange[] {
  const ranges: AffectedRange[] = [];
  let introduced: string | null = null;
  let empty: string | null = null;
  for (const event of sorted(events, compare)) {
    const { kind, version } = event;
    if (kind === "introduced") {
      if (version !== empty) introduced ??= version;
    } else if (introduced === null) {
      // What begins here too ends where it begins: so Bitnami writes that the first release of a branch has the fix.
      empty = kind === "fixed" && ranges.at(-1)?.fixed !== version ? version : null;
    } else {
      ranges.push(stretch(introduced, event));
      introduced = null;
    }
  }
  if (introduced !== null) ranges.push({ introduced });
  return ranges;
}

function stretch(introduced: string, { kind, version }: RangeEvent): AffectedRange {
  return kind === "fixed" ? { introduced, fixed: version } : { introduced, lastAffected: version };
}

/** The usual case, for which nothing need be compared. */
function isPlainPair(events: readonly RangeEvent[]): boolean {
  return events.length <= 2 && events[0]?.kind === "introduced" && events[1]?.kind !== "introduced";
}

function sorted(
  events: readonly RangeEvent[],
  compare: CompareVersions | null,
): readonly RangeEvent[] {
  return isPlainPair(events) ? events : [...events].sort((a, b) => orderOf(a, b, compare));
}

function orderOf(a: RangeEvent, b: RangeEvent, compare: CompareVersions | null): number {
  const aIsFirst = a.kind === "introduced" && a.version === "0";
  const bIsFirst = b.kind === "introduced" && b.version === "0";
  if (aIsFirst || bIsFirst) return Number(bIsFirst) - Number(aIsFirst);
  const order = compare?.(a.version, b.version) ?? 0;
  if (order !== 0) return order;
  // At one version a fix ends the stretch before, then the next begins; a last affected version belongs to its stretch.
  return a.version === b.version ? RANK[a.kind] - RANK[b.kind] : 0;
}

const RANK = { fixed: 0, introduced: 1, last: 2 } as const;

/**
 * Lets a project's own versions say where stretches end that go on for ever. Stretches with an end stay as they are, and so does
 * one about which the own versions say nothing that can be read: "affected, without a fix" is then all that is known.
 *
 * @param own The same statement in the project's own versions.
 */
export function endedBy(
  ranges: readonly AffectedRange[],
  own: readonly AffectedRange[],
  compare: CompareVersions | null,
): AffectedRange[] {
  if (!own.every((range) => isReadable(range, compare))) return [...ranges];
  return ranges.flatMap((range) => {
    if (range.fixed !== undefined || range.lastAffected !== undefined) return [range];
    const rest = own.flatMap((stretch) => partFrom(range.introduced, stretch, compare));
    return rest.length === 0 ? [range] : rest;
  });
}

function isReadable(range: AffectedRange, compare: CompareVersions | null): boolean {
  const { introduced, fixed, lastAffected } = range;
  return [introduced, fixed, lastAffected].every(
    (v) => v === undefined || v === "0" || compare === null || compare(v, v) !== null,
  );
}

/** What of a stretch lies at `begin` or above it; nothing when all lies below. */
function partFrom(
  begin: string,
  stretch: AffectedRange,
  compare: CompareVersions | null,
): AffectedRange[] {
  if (begin === "0") return [stretch];
  const { introduced, fixed, lastAffected } = stretch;
  if (fixed !== undefined && (compare?.(fixed, begin) ?? 1) <= 0) return [];
  if (lastAffected !== undefined && (compare?.(lastAffected, begin) ?? 1) < 0) return [];
  const isBelow = introduced === "0" || (compare?.(introduced, begin) ?? 0) < 0;
  return [isBelow ? { ...stretch, introduced: begin } : stretch];
}
