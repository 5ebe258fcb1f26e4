import type { Verified } from "../app/verify.ts";
import { palette } from "../kit/colour.ts";
import { visible } from "../kit/display.ts";
import { type Claim, SIGN_PREDICATE } from "../model/trust.ts";
import { signatoryText } from "../model/verification.ts";

/** The answer for people: what counts, or why nothing does. */
export function verificationText(
  { target, digest, verification }: Verified,
  colour: boolean,
): string {
  const paint = palette(colour);
  const { outcome, claims, reasons } = verification;
  const word =
    outcome === "verified"
      ? paint.green("verified")
      : outcome === "refused"
        ? paint.red("not verified")
        : paint.yellow("undecided");
  const name = target === digest ? "" : `  ${visible(target)}`;
  const counted = claims.filter((claim) => claim.outcome === "verified").map(claimText);
  const lines = outcome === "verified" ? counted : reasons.map(visible);
  return `${word}${name}  ${digest}\n${lines.map((line) => `  ${line}\n`).join("")}`;
}

function claimText({ predicateType, signatory, signedAt, format, version }: Claim): string {
  const what = predicateType === SIGN_PREDICATE ? "signed" : (predicateType ?? "attested");
  const by = signatory === null ? "" : ` by ${signatoryText(signatory)}`;
  const when = signedAt === null ? "" : ` at ${signedAt}`;
  const how = version === null ? format : `${format} v${version}`;
  return visible(`${what}${by}${when} (${how})`);
}

/** `bulwark.dev/verification/v1` */
export function verificationJson(
  { target, digest, verification }: Verified,
  exitCode: number,
): string {
  const document = {
    schema: "bulwark.dev/verification/v1",
    target,
    digest,
    ...verification,
    exitCode,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
