import { reviewFile } from "../app/admit-review.ts";
import { ADMISSION_MODES } from "../app/answer-review.ts";
import { visible } from "../kit/display.ts";
import { AppError } from "../kit/error.ts";
import { admissionRequestOf } from "./admit-options.ts";
import { reviewText } from "./admit-text.ts";
import { type Invocation, surroundingsOf } from "./command.ts";

/** `bulwark admit review FILE`. */
export async function admitReview(
  invocation: Invocation,
  args: readonly string[],
): Promise<number> {
  const { options, terminal } = invocation;
  const [file, extra] = args;
  if (file === undefined || extra !== undefined)
    throw new AppError("usage", "cannot review: name one file", {
      hint: "as in bulwark admit review pod.yaml",
    });
  const mode = ADMISSION_MODES.find((name) => name === options.text("mode")) ?? "enforce";
  const request = { ...admissionRequestOf(options), file, mode };
  const reviewed = await reviewFile(request, surroundingsOf(invocation));
  const isJson = options.text("format") === "json";
  await terminal.print(
    isJson
      ? `${JSON.stringify(reviewed.answer, null, 2)}\n`
      : `${visible(file)} : ${reviewText(reviewed)}`,
  );
  return reviewed.exitCode;
}
