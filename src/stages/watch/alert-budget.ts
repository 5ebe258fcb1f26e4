// How much attention alerts ask for: how many a week, and what makes the most of them.
import type { AlertGroup } from "../../model/alert.ts";

/** What a recording of alerts costs whoever reads them. */
export interface AlertBudget {
  readonly alerts: number;
  /** RFC 3339; null when there were none. */
  readonly from: string | null;
  readonly to: string | null;
  readonly hours: number;
  /** As many as came, for seven days; null for less than an hour, which says nothing of a week. */
  readonly perWeek: number | null;
  /** Less than a week was recorded, so the figures are extrapolated. */
  readonly isExtrapolated: boolean;
  readonly causes: number;
  /** The three causes of most alerts, with the part of all that they are, from 0 to 1. */
  readonly noisiest: readonly { readonly group: AlertGroup; readonly share: number }[];
}

const WEEK_HOURS = 7 * 24;
const NOISIEST = 3;

/** @param groups Largest first. @param alerts All that came, also those whose groups were forgotten. */
export function alertBudget(groups: readonly AlertGroup[], alerts: number): AlertBudget {
  const times = groups.flatMap(({ first, last }) => [first, last]);
  const byTime = times.sort((a, b) => Date.parse(a) - Date.parse(b));
  const from = byTime[0] ?? null;
  const to = byTime.at(-1) ?? null;
  const hours = from === null || to === null ? 0 : (Date.parse(to) - Date.parse(from)) / 3_600_000;
  const aWeek = (n: number): number | null =>
    hours < 1 ? null : Math.round((n * WEEK_HOURS) / hours);
  return {
    alerts,
    from,
    to,
    hours,
    perWeek: aWeek(alerts),
    isExtrapolated: hours < WEEK_HOURS,
    causes: groups.length,
    noisiest: groups
      .slice(0, NOISIEST)
      .map((group) => ({ group, share: alerts === 0 ? 0 : group.count / alerts })),
  };
}
