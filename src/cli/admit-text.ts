// The answer to a review, for people.
import type { AnsweredReview, ReviewOutcome } from "../app/answer-review.ts";
import { visible } from "../kit/display.ts";
import type { ImageAnswer } from "../model/admission.ts";

const WORDS: Readonly<Record<ReviewOutcome, string>> = {
  allow: "allowed",
  deny: "denied",
  undecided: "undecided",
  passed: "allowed",
  refused: "refused",
};

/** The outcome first, then what is said to who asked, and what is said of each image. */
export function reviewText(
  reviewed: Pick<AnsweredReview, "outcome" | "reasons" | "response" | "decision"> & {
    readonly policy: string;
  },
): string {
  const { outcome, reasons, response, decision, policy } = reviewed;
  const lines = [`${WORDS[outcome]} by ${visible(policy)}`];
  for (const reason of reasons) lines.push(`  ${visible(reason)}`);
  for (const finding of decision?.findings ?? [])
    lines.push(`  ${finding.severity} ${finding.rule.id}: ${visible(finding.message)}`);
  for (const image of decision?.images ?? []) lines.push(`  ${imageLine(image)}`);
  for (const warning of response.warnings) lines.push(`  warning: ${visible(warning)}`);
  if (response.allowed && outcome !== "allow" && outcome !== "passed")
    lines.push("  in this mode it may run all the same");
  return `${lines.join("\n")}\n`;
}

function imageLine({ reference, digest, verdict, isLastKnownGood }: ImageAnswer): string {
  const known = digest === null ? "" : ` ${digest.slice(0, 19)}`;
  const good = isLastKnownGood ? ", by an older answer" : "";
  return `image ${visible(reference)}${known}: ${verdict.outcome}${good}`;
}
