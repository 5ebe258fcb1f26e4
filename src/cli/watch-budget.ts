// `bulwark watch budget`: how much attention alerts ask for, and what would give most of it back.
import { type BudgetAnswer, budgetOf } from "../app/watch-alerts.ts";
import { type Palette, palette } from "../kit/colour.ts";
import { columns, padLeft, visible, wrap } from "../kit/display.ts";
import { AppError } from "../kit/error.ts";
import { count, grouped } from "../kit/phrase.ts";
import type { AlertCause } from "../model/alert.ts";
import { type Invocation, surroundingsOf } from "./command.ts";

/** Runs it and prints the answer. @returns The exit code: 4 when not all of the alerts could be read. */
export async function tellBudget(
  invocation: Invocation,
  files: readonly string[],
): Promise<number> {
  const { options, terminal } = invocation;
  needFiles(files, "budget");
  const answer = await budgetOf(files, surroundingsOf(invocation));
  const exitCode = answer.problems.length > 0 ? 4 : 0;
  if (options.text("format") === "json") {
    const document = { schema: "bulwark.dev/alert-budget/v1", ...answer, exitCode };
    await terminal.print(`${JSON.stringify(document, null, 2)}\n`);
  } else {
    await terminal.print(textOf(answer, terminal));
  }
  for (const { detail } of answer.problems) terminal.warn(visible(detail));
  return exitCode;
}

/** @throws {AppError} `usage` when no file of alerts was named. */
export function needFiles(files: readonly string[], name: string): void {
  if (files.length > 0) return;
  throw new AppError("usage", `cannot run watch ${name}: name a file of alerts`, {
    hint: `JSON lines of bulwark, Falco (json_output) or Tetragon; bulwark watch ${name} - reads standard input`,
  });
}

interface Screen {
  readonly width: number;
  readonly colour: boolean;
}

function textOf(answer: BudgetAnswer, screen: Screen): string {
  const colours = palette(screen.colour);
  const lines = [colours.bold(headOf(answer)), ...spanOf(answer), ""];
  for (const { group, share } of answer.noisiest) {
    const part = `${padLeft(String(Math.round(share * 100)), 3)} %`;
    const head = `${part}  ${visible(group.cause.rule)} (${group.cause.priority}), ${count(group.count, "alert")}`;
    lines.push(colours.bold(head), ...causeLines(group.cause, screen, colours));
  }
  if (answer.forgotten.groups > 0)
    lines.push(
      "",
      `${grouped(answer.forgotten.groups)} quiet causes were forgotten, with ${grouped(answer.forgotten.alerts)} alerts`,
    );
  if (answer.observations > 0)
    lines.push("", passedOver(answer.observations, "event", " that no rule asked for"));
  if (answer.strangers > 0)
    lines.push("", passedOver(answer.strangers, "line", " of something else"));
  return `${lines
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trimEnd()}\n`;
}

function passedOver(n: number, noun: string, which: string): string {
  return `${count(n, noun)}${which} ${n === 1 ? "was" : "were"} passed over`;
}

function headOf({ alerts, perWeek, causes, strangers }: BudgetAnswer): string {
  if (alerts === 0)
    return strangers === 0 ? "no alert" : "how many alerts there were cannot be told";
  const all = `${count(alerts, "alert")} of ${count(causes, "cause")}`;
  return perWeek === null ? all : `${all}: ${grouped(perWeek)} alerts a week`;
}

function spanOf({ from, to, hours, isExtrapolated, alerts, perWeek }: BudgetAnswer): string[] {
  if (alerts === 0 || from === null || to === null) return [];
  const span = hours < 48 ? `${hours.toFixed(1)} hours` : `${(hours / 24).toFixed(1)} days`;
  const how =
    perWeek === null
      ? ", too short to tell of a week"
      : isExtrapolated
        ? ", extrapolated to a week"
        : "";
  return [`from ${visible(from)} to ${visible(to)}: ${span}${how}`];
}

const INDENT = "       ";

function causeLines(cause: AlertCause, { width }: Screen, { dim }: Palette): string[] {
  const parts = [
    cause.image === null ? "on the host" : `in ${cause.image}`,
    cause.executable === null ? "" : `by ${cause.executable}`,
    cause.parent === null ? "" : `child of ${cause.parent}`,
    cause.subject === null ? "" : `about ${cause.subject}`,
    cause.namespace === null ? "" : `in namespace ${cause.namespace}`,
  ];
  const text = parts
    .filter((part) => part !== "")
    .map(visible)
    .join(", ");
  return wrap(text, Math.max(60, width) - columns(INDENT)).map((line) => dim(`${INDENT}${line}`));
}
