import type { AffectedPackage, AffectedRange } from "../../model/advisory.ts";
import type { FindingFix } from "../../model/finding.ts";
import type { Scheme } from "./contract.ts";

/** A statement that holds for the installed version. */
export interface Held {
  /** `>= 0, < 1.1.1w-0+deb11u1`, or `= 4.17.20` for a version that is listed. */
  readonly range: string;
  readonly fix: Pick<FindingFix, "state" | "version">;
}

/** Whether a text is a version of the scheme, of which can be told what holds for it. */
export function isReadable(version: string, scheme: Scheme): boolean {
  return scheme.isVersion?.(version) !== false && scheme.compare(version, version) !== null;
}

/**
 * Whether a statement holds for a version.
 *
 * @returns null when it does not, and `unreadable` when that cannot be told: the version, or a bound, is none of the scheme.
 */
export function heldBy(
  said: AffectedPackage,
  version: string,
  scheme: Scheme,
): Held | "unreadable" | null {
  if (said.state === "not-affected") return null;
  if (isListed(said, version, scheme)) {
    const within = said.ranges.find((range) => holds(range, version, scheme) === true);
    const range = within === undefined ? `= ${version}` : rangeText(within);
    return { range, fix: fixOf(said, within ?? null, { version, scheme }) };
  }
  if (scheme.isVersion?.(version) === false) return isOfVersions(said) ? "unreadable" : null;
  const held = heldByRange(said, version, scheme);
  // No bound was there to tell that the version is none.
  const isUntold = held === null && said.ranges.length === 0 && isOfVersions(said);
  return isUntold && !isReadable(version, scheme) ? "unreadable" : held;
}

function heldByRange(
  said: AffectedPackage,
  version: string,
  scheme: Scheme,
): Held | "unreadable" | null {
  let isUnreadable = false;
  for (const range of said.ranges) {
    const answer = holds(range, version, scheme);
    if (answer === true) {
      return { range: rangeText(range), fix: fixOf(said, range, { version, scheme }) };
    }
    if (answer === null) isUnreadable = true;
  }
  return isUnreadable ? "unreadable" : null;
}

function isOfVersions({ ranges, versions }: AffectedPackage): boolean {
  return ranges.length > 0 || versions !== undefined;
}

/** Lists beside ranges repeat what the ranges say, in the publisher's spelling; only a list that stands alone is compared. */
function isListed({ versions, ranges }: AffectedPackage, version: string, scheme: Scheme): boolean {
  if (versions === undefined) return false;
  if (versions.includes(version)) return true;
  return ranges.length === 0 && versions.some((listed) => scheme.compare(listed, version) === 0);
}

/** null when a bound cannot be compared. */
function holds(range: AffectedRange, version: string, scheme: Scheme): boolean | null {
  const { introduced, fixed, lastAffected } = range;
  const begin = introduced === "0" || introduced === "" ? 0 : scheme.compare(introduced, version);
  if (begin === null) return null;
  if (begin > 0) return false;
  if (fixed !== undefined) return isTrue(scheme.compare(version, fixed), (order) => order < 0);
  if (lastAffected === undefined) return true;
  return isTrue(scheme.compare(version, lastAffected), (order) => order <= 0);
}

function isTrue(order: number | null, test: (order: number) => boolean): boolean | null {
  return order === null ? null : test(order);
}

function rangeText({ introduced, fixed, lastAffected }: AffectedRange): string {
  const from = `>= ${introduced === "" ? "0" : introduced}`;
  if (fixed !== undefined) return `${from}, < ${fixed}`;
  return lastAffected === undefined ? from : `${from}, <= ${lastAffected}`;
}

/**
 * What closes it: the end of the range that holds, otherwise the lowest fix above the installed version that the same
 * statement names, because some publishers list versions and fixes apart.
 */
function fixOf(
  said: AffectedPackage,
  range: AffectedRange | null,
  { version, scheme }: { version: string; scheme: Scheme },
): Held["fix"] {
  const fixed = range?.fixed ?? lowestAbove(said.ranges, version, scheme);
  if (fixed !== null) return { state: "available", version: fixed };
  if (said.state === "wont-fix") return { state: "wont-fix", version: null };
  const isOpen = range !== null && range.lastAffected === undefined;
  return { state: isOpen && said.state === undefined ? "none" : "unknown", version: null };
}

function lowestAbove(
  ranges: readonly AffectedRange[],
  version: string,
  scheme: Scheme,
): string | null {
  let lowest: string | null = null;
  for (const { fixed } of ranges) {
    if (fixed === undefined || (scheme.compare(fixed, version) ?? 0) <= 0) continue;
    if (lowest === null || (scheme.compare(fixed, lowest) ?? 0) < 0) lowest = fixed;
  }
  return lowest;
}
