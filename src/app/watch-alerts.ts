// What recorded alerts ask of whoever reads them: how many a week, why, and which exceptions would quieten what is no attack.
import { exceptionsText } from "../formats/falco/exceptions-text.ts";
import { type AlertReading, readAlertLog } from "../io/alert-log.ts";
import { readOptional } from "../io/named-file.ts";
import { utf8 } from "../kit/text.ts";
import { unifiedDiff } from "../kit/unified-diff.ts";
import type { AlertGroup, AlertPriority } from "../model/alert.ts";
import type { Problem } from "../model/problem.ts";
import { type AlertBudget, alertBudget } from "../stages/watch/alert-budget.ts";
import { AlertGroups, type ForgottenGroups } from "../stages/watch/group.ts";
import { type ProposedExceptions, proposeExceptions } from "../stages/watch/propose-exceptions.ts";
import type { Surroundings } from "./surroundings.ts";

/** Recorded alerts, grouped. */
export interface RecordedAlerts {
  readonly groups: readonly AlertGroup[];
  readonly alerts: number;
  readonly forgotten: ForgottenGroups;
  /** Events of sensors that no rule asked for. */
  readonly observations: number;
  readonly strangers: number;
  readonly problems: readonly Problem[];
}

/**
 * Reads and groups alerts of ours, of Falco and of Tetragon.
 *
 * @param paths Files of JSON lines; `-` for standard input.
 * @throws {AppError} `not-found`, `unreadable`.
 */
async function recordedAlerts(
  paths: readonly string[],
  { signal }: Surroundings,
): Promise<RecordedAlerts> {
  const grouped = new AlertGroups();
  const readings: AlertReading[] = [];
  for (const path of new Set(paths))
    readings.push(await readAlertLog(path, (alert) => grouped.add(alert), signal));
  const sum = (of: (reading: AlertReading) => number): number =>
    readings.reduce((total, reading) => total + of(reading), 0);
  const isForeign = grouped.alerts === 0 && sum((reading) => reading.strangers) > 0;
  return {
    groups: grouped.groups(),
    alerts: grouped.alerts,
    forgotten: grouped.forgotten,
    observations: sum((reading) => reading.observations),
    strangers: sum((reading) => reading.strangers),
    problems: [
      ...readings.flatMap(({ problems }) => problems),
      ...(isForeign ? [noAlertsIn(paths)] : []),
    ],
  };
}

/** A file of something else is no file without alerts. */
export function noAlertsIn(paths: readonly string[]): Problem {
  return { code: "log-damaged", detail: `${paths.join(", ")}: nothing in it is an alert` };
}

/** A budget, and what it was made of. */
export type BudgetAnswer = AlertBudget & Omit<RecordedAlerts, "groups" | "alerts">;

/** How many alerts a week, and the causes of most of them. @throws {AppError} `not-found`, `unreadable`. */
export async function budgetOf(
  paths: readonly string[],
  surroundings: Surroundings,
): Promise<BudgetAnswer> {
  const { groups, alerts, ...rest } = await recordedAlerts(paths, surroundings);
  return { ...rest, ...alertBudget(groups, alerts) };
}

export interface ExceptionsRequest {
  readonly alerts: readonly string[];
  /** The rules file that is to get them; it need not be there. */
  readonly rules: string;
  readonly countMin: number;
  readonly neverFrom: AlertPriority;
}

/** Proposals, and the rules file as it would be. */
export interface ExceptionsAnswer extends ProposedExceptions {
  /** Unified; empty when there is nothing to propose. */
  readonly diff: string;
  readonly problems: readonly Problem[];
}

/** Proposes exceptions from alerts. Writes nothing. @throws {AppError} `not-found`, `unreadable`, `limit-exceeded`. */
export async function exceptionsFor(
  request: ExceptionsRequest,
  surroundings: Surroundings,
): Promise<ExceptionsAnswer> {
  const { groups, problems } = await recordedAlerts(request.alerts, surroundings);
  const file = await readOptional(request.rules);
  const before = file === null ? "" : utf8(file.bytes);
  const all = proposeExceptions(groups, request);
  // Names are made of causes, so what was taken over already is known again.
  const proposals = all.proposals.filter(({ name }) => !before.includes(name));
  const known = all.proposals
    .filter((one) => !proposals.includes(one))
    .map(({ group, name }) => ({ group, reason: `${request.rules} has ${name} already` }));
  const text = exceptionsText(
    proposals.map(({ group, ...rest }) => ({
      ...rest,
      rule: group.cause.rule,
      comment: `${group.count} alerts from ${group.first} to ${group.last}; review before you take it over`,
    })),
  );
  const gap = before === "" || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
  const after = text === "" ? before : `${before}${gap}${text}`;
  return {
    proposals,
    unproposed: [...all.unproposed, ...known],
    diff: unifiedDiff(before, after, request.rules),
    problems,
  };
}
