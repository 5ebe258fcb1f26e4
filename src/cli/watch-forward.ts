// `bulwark watch send` and `receive`: alerts of other sensors on their way to sinks, and what became of them.
import { type Forwarded, receiveAlerts, sendRecorded } from "../app/forward-alerts.ts";
import { visible } from "../kit/display.ts";
import { AppError } from "../kit/error.ts";
import { count, grouped } from "../kit/phrase.ts";
import { type Invocation, type Options, surroundingsOf } from "./command.ts";
import { listenPlace } from "./listen-place.ts";
import type { Terminal } from "./terminal.ts";
import { needFiles } from "./watch-budget.ts";

/** Sends recorded alerts. @returns The exit code: 4 when not all were read or delivered. */
export async function tellSent(invocation: Invocation, files: readonly string[]): Promise<number> {
  needFiles(files, "send");
  const request = requestOf(invocation, "send");
  return told(await sendRecorded(files, request, surroundingsOf(invocation)), invocation);
}

/** Receives alerts until it is stopped, which is no failure. @returns The exit code: 4 when not all were delivered. */
export async function tellReceived(invocation: Invocation): Promise<number> {
  const { options, terminal } = invocation;
  const request = {
    ...listenPlace(options.text("listen") ?? PLACE),
    ...requestOf(invocation, "receive"),
  };
  const forwarded = await receiveAlerts(request, surroundingsOf(invocation), (port) => {
    terminal.note(`taking alerts at http://${request.host}:${port}/`);
  });
  return told(forwarded, invocation);
}

function requestOf(
  { options }: Invocation,
  name: string,
): { sinks: readonly string[]; isOnce: boolean } {
  const sinks = options.texts("to");
  if (sinks.length === 0)
    throw new AppError("usage", `cannot run watch ${name}: say where alerts go`, {
      hint: "as in --to stdout, --to file:alerts.jsonl, --to slack:URL",
    });
  return { sinks, isOnce: options.flag("once") };
}

const PLACE = "127.0.0.1:2801";

function told({ alerts, causes, sinks, problems }: Forwarded, { terminal }: Invocation): number {
  for (const { detail } of problems) terminal.warn(visible(detail));
  terminal.note(`${count(alerts, "alert")} of ${count(causes, "cause")}`);
  const isDelivered = tellSinks(sinks, terminal);
  return problems.length > 0 || !isDelivered ? 4 : 0;
}

/** Alerts as JSON among lines for people are for nobody. @throws {AppError} `usage` */
export function demandOwnOutput(sinks: readonly string[], options: Options): void {
  const format = options.text("format") ?? "pretty";
  if (sinks.includes("stdout") && (format === "pretty" || format === "live"))
    throw new AppError(
      "usage",
      `cannot use --to stdout with --format ${format}: JSON would stand among it`,
      {
        hint: "--format falco writes alerts to standard output, as JSON and alone",
      },
    );
}

/** What became of alerts at each sink. @returns Whether all were delivered. */
export function tellSinks(sinks: Forwarded["sinks"], terminal: Terminal): boolean {
  for (const { name, sent, dropped, failure } of sinks) {
    terminal.note(`${visible(name)}: ${grouped(sent)} sent`);
    if (dropped > 0)
      terminal.warn(
        `${visible(name)}: ${grouped(dropped)} not delivered: ${visible(failure ?? "")}`,
      );
  }
  return sinks.every(({ dropped }) => dropped === 0);
}
