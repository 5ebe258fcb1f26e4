// `bulwark verify --running`: a table of what runs, the worst first, with the reason under each that somebody must look after.
import {
  type RunningImage,
  type RunningRequest,
  type VerifiedRunning,
  verifyRunning,
} from "../app/verify-running.ts";
import { type Palette, palette } from "../kit/colour.ts";
import { columns, cut, padRight, visible, wrap } from "../kit/display.ts";
import { AppError } from "../kit/error.ts";
import { count, firstOf, grouped } from "../kit/phrase.ts";
import { shortDigest } from "../model/digest.ts";
import { type Standing, voucherText } from "../model/key-standing.ts";
import { type Invocation, type Options, surroundingsOf } from "./command.ts";

/** Runs it and prints the answer. @returns The exit code. */
export async function tellRunning(
  invocation: Invocation,
  request: RunningRequest,
): Promise<number> {
  const { options, terminal, args } = invocation;
  refuseOthers(args, options);
  const run = await verifyRunning(request, surroundingsOf(invocation));
  const { recordRunning } = await import("../app/trust-evidence.ts");
  await recordRunning(run, options.text("evidence"), surroundingsOf(invocation));
  const exitCode = exitCodeOf(run);
  if (options.text("format") === "json") await terminal.print(runningJson(run, exitCode));
  else if (run.images.length === 0 && run.unasked.length === 0)
    terminal.hint("no container runs here, so nothing was verified");
  else await terminal.print(runningText(run, terminal));
  return exitCode;
}

function refuseOthers(args: readonly string[], options: Options): void {
  const [first] = args;
  const other =
    first !== undefined
      ? JSON.stringify(first)
      : options.texts("bundle").length > 0
        ? "--bundle"
        : options.flag("offline")
          ? "--offline"
          : null;
  if (other === null) return;
  throw new AppError("usage", `cannot verify what runs: ${other} does not go with --running`, {
    hint: "signatures of what runs are read from the registries that it came from",
  });
}

/** A denial is one whatever else could not be told. */
function exitCodeOf({ images, unasked }: VerifiedRunning): number {
  const has = (...standings: Standing[]): boolean =>
    images.some(({ standing }) => standings.includes(standing));
  if (has("refused", "lapsed")) return 3;
  return has("undecided") || unasked.length > 0 ? 4 : 0;
}

/** `bulwark.dev/running-verification/v1` */
function runningJson(run: VerifiedRunning, exitCode: number): string {
  const document = { schema: "bulwark.dev/running-verification/v1", ...run, exitCode };
  return `${JSON.stringify(document, null, 2)}\n`;
}

interface Screen {
  readonly width: number;
  readonly colour: boolean;
}

const WORDS: Readonly<Record<Standing, string>> = {
  current: "vouched for",
  "old-key": "old key",
  lapsed: "key ended",
  refused: "not signed",
  undecided: "undecided",
};
const WORDS_WIDTH = 13;
const NAMES_SHOWN = 3;

function runningText({ images, unasked, verifiedAt }: VerifiedRunning, screen: Screen): string {
  const colours = palette(screen.colour);
  const blocks = [
    [colours.bold(answerOf(images, unasked.length))],
    tableOf(images, verifiedAt, screen, colours),
    unasked.length === 0
      ? []
      : [colours.bold("NOT ASKED"), ...unasked.flatMap((detail) => indented(detail, screen.width))],
  ];
  const texts = blocks.filter((lines) => lines.length > 0).map((lines) => lines.join("\n"));
  return `${texts.join("\n\n")}\n`;
}

const COUNTED: readonly (readonly [Standing, string])[] = [
  ["refused", "not signed by anybody who is trusted"],
  ["lapsed", "signed only by keys that count no longer"],
  ["undecided", "undecided"],
  ["old-key", "signed only by old keys"],
  ["current", "vouched for"],
];

/** `4 images run: 1 not signed by anybody who is trusted, 3 vouched for`. */
function answerOf(images: readonly RunningImage[], unasked: number): string {
  const parts = COUNTED.flatMap(([standing, words]) => {
    const n = images.filter((image) => image.standing === standing).length;
    return n === 0 ? [] : [`${grouped(n)} ${words}`];
  });
  if (unasked > 0) parts.push(`${count(unasked, "engine")} not asked`);
  const noun = images.length === 1 ? "1 image runs" : `${grouped(images.length)} images run`;
  return parts.length === 0 ? noun : `${noun}: ${parts.join(", ")}`;
}

function tableOf(
  images: readonly RunningImage[],
  now: string,
  { width }: Screen,
  colours: Palette,
): string[] {
  const rest = WORDS_WIDTH + "0123456789ab".length + 4;
  const longest = images.reduce((most, one) => Math.max(most, columns(visible(one.image))), 0);
  const names = Math.min(longest, Math.max(24, Math.floor((width - rest) * 0.7)));
  return images.flatMap((one) => {
    const { standing, image, digest, containers } = one;
    const users = firstOf(containers, NAMES_SHOWN);
    const head = [
      paintOf(standing, colours)(padRight(WORDS[standing], WORDS_WIDTH - 2)),
      padRight(cut(visible(image), names), names),
      padRight(digest === null ? "-" : shortDigest(digest), 12),
      colours.dim(cut(visible(users), Math.max(12, width - rest - names - 2))),
    ].join("  ");
    return [head, ...detailsOf(one, now).flatMap((detail) => indented(detail, width))];
  });
}

function detailsOf({ vouchers, reasons, standing }: RunningImage, now: string): string[] {
  if (standing === "refused" || standing === "undecided") return [...reasons];
  const said = standing === "lapsed" ? "was signed by" : "signed by";
  return vouchers.map((voucher) => `${said} ${voucherText(voucher, now)}`);
}

function indented(text: string, width: number): string[] {
  const indent = " ".repeat(WORDS_WIDTH);
  return wrap(visible(text), Math.max(60, width) - WORDS_WIDTH).map((line) => `${indent}${line}`);
}

function paintOf(standing: Standing, { red, yellow, green }: Palette): (text: string) => string {
  if (standing === "current") return green;
  return standing === "refused" || standing === "lapsed" ? red : yellow;
}
