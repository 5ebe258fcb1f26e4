// The trust of a machine as one file to carry elsewhere, and as something to look over.
import { trustFileText } from "../formats/trust-file-text.ts";
import { now } from "../io/clock.ts";
import { readOptional } from "../io/named-file.ts";
import { bundledTrust, describeTrust } from "../io/trust/trust-bundle.ts";
import { AppError } from "../kit/error.ts";
import { type TrustDescription, trustWarnings } from "../model/trust-description.ts";
import { type TrustRequest, trustFileOf } from "./trust.ts";

/** Whom somebody believes, with what there is to look after. */
export interface ShownTrust extends TrustDescription {
  /** RFC 3339. */
  readonly shownAt: string;
  readonly warnings: readonly string[];
}

/** @throws {AppError} what reading the trust throws. */
export async function showTrust(request: TrustRequest, endingDays: number): Promise<ShownTrust> {
  const description = await describeTrust(await trustFileOf(await withUsualFile(request)));
  const shownAt = now();
  const warnings = trustWarnings(description, { now: shownAt, endingDays });
  return { shownAt, ...description, warnings };
}

/** A trust file that names no other, with what was shown of it. */
export interface TrustBundle {
  readonly text: string;
  readonly shown: ShownTrust;
}

/** @throws {AppError} as {@link showTrust}. */
export async function bundleTrust(request: TrustRequest, endingDays: number): Promise<TrustBundle> {
  const whole = await withUsualFile(request);
  const text = trustFileText(await bundledTrust(await trustFileOf(whole)));
  return { text, shown: await showTrust(whole, endingDays) };
}

const USUAL_FILE = "bulwark.trust.yaml";

/** Where nobody is named, the file that usually says it. */
async function withUsualFile(request: TrustRequest): Promise<TrustRequest> {
  const { keys, identity, issuer, trust } = request;
  if (keys.length > 0 || identity !== null || issuer !== null || trust !== null) return request;
  if ((await readOptional(USUAL_FILE)) !== null) return { ...request, trust: USUAL_FILE };
  throw new AppError("usage", `cannot find whom you believe: there is no ${USUAL_FILE} here`, {
    hint: "name a trust file, or give --key FILE, or --identity I with --issuer U",
  });
}
