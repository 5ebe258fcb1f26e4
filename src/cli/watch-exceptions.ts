// `bulwark watch exceptions`: exceptions out of recorded alerts, as a diff that somebody reviews and applies.
import { type ExceptionsAnswer, exceptionsFor } from "../app/watch-alerts.ts";
import { visible } from "../kit/display.ts";
import { AppError } from "../kit/error.ts";
import { count } from "../kit/phrase.ts";
import type { Invocation } from "./command.ts";
import { surroundingsOf } from "./command.ts";
import { needFiles } from "./watch-budget.ts";

const RULES = "bulwark.rules.yaml";
const COUNT_MIN = 3;
const COUNT_MAX = 1_000_000;
const SHOWN_MAX = 20;

/** Runs it and prints the diff. @returns The exit code: 4 when not all of the alerts could be read. */
export async function tellExceptions(
  invocation: Invocation,
  files: readonly string[],
): Promise<number> {
  const { options, terminal } = invocation;
  needFiles(files, "exceptions");
  const request = {
    alerts: files,
    rules: options.text("into") ?? RULES,
    countMin: countOf(options.text("seen")),
    neverFrom: "Critical",
  } as const;
  const answer = await exceptionsFor(request, surroundingsOf(invocation));
  const exitCode = answer.problems.length > 0 ? 4 : 0;
  if (options.text("format") === "json") {
    const document = { schema: "bulwark.dev/exception-proposals/v1", ...answer, exitCode };
    await terminal.print(`${JSON.stringify(document, null, 2)}\n`);
    return exitCode;
  }
  if (answer.diff !== "") await terminal.print(answer.diff);
  tellBeside(answer, invocation);
  return exitCode;
}

/** The diff alone goes to standard output, so that it can be given to patch. */
function tellBeside(
  { proposals, unproposed, problems }: ExceptionsAnswer,
  { terminal }: Invocation,
): void {
  for (const { detail } of problems) terminal.warn(visible(detail));
  if (proposals.length === 0) terminal.note("there is no exception to propose");
  else
    terminal.note(
      `${count(proposals.length, "exception")} proposed; review each before you apply it with patch -p0`,
    );
  for (const { group, reason } of unproposed.slice(0, SHOWN_MAX)) {
    const { rule, image } = group.cause;
    const where = image === null ? "the host" : image;
    terminal.note(
      `none for ${visible(rule)} in ${visible(where)}, ${count(group.count, "alert")}: ${visible(reason)}`,
    );
  }
  if (unproposed.length > SHOWN_MAX)
    terminal.note(
      `none for ${count(unproposed.length - SHOWN_MAX, "more cause")}; --format json lists all`,
    );
}

function countOf(text: string | null): number {
  if (text === null) return COUNT_MIN;
  const number = Number(text);
  if (Number.isInteger(number) && number > 0 && number <= COUNT_MAX) return number;
  throw new AppError(
    "usage",
    `cannot ask for ${JSON.stringify(text.slice(0, 30))} alerts: not 1 to ${COUNT_MAX}`,
    { hint: "as in --seen 10" },
  );
}
