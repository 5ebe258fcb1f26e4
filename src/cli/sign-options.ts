// With what commands sign: a key, or a certificate for minutes.
import type { SealRequest } from "../app/seal.ts";
import { visible } from "../kit/display.ts";
import { AppError } from "../kit/error.ts";
import type { Invocation, OptionSpec } from "./command.ts";
import { keyPassword } from "./password.ts";

/** The key, or whom to ask when there is none. */
export const KEY_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  key: {
    type: "string",
    value: "KEY",
    summary: "sign with this key: a file, awskms:///…, or hashivault://NAME",
  },
  keyless: {
    type: "boolean",
    summary: "sign with a certificate for minutes, by an identity token",
  },
  "identity-token": {
    type: "string",
    value: "FILE",
    summary: "keyless: the token (default: SIGSTORE_ID_TOKEN, or the GitHub workflow's)",
  },
  fulcio: { type: "string", value: "URL", summary: "keyless: the authority (default: the public)" },
  rekor: {
    type: "string",
    value: "URL",
    summary: "enter the signature in this log (default: keyless the public, with a key none)",
  },
  "rekor-version": {
    type: "string",
    value: "1|2",
    choices: ["1", "2"],
    summary: "the log's version (default: 1)",
  },
  timestamps: {
    type: "string",
    value: "URL",
    summary: "have the time proved by this timestamp authority",
  },
  "signing-config": {
    type: "string",
    value: "FILE",
    summary: "authority, logs and timestamp authorities in Sigstore's form, in their stead",
  },
};

/** @param what For the message: `sign`. @throws {AppError} `usage` when neither or both are named. */
export function sealRequestOf({ options }: Invocation, what: string): SealRequest {
  const key = options.text("key");
  if ((key !== null) === options.flag("keyless"))
    throw new AppError("usage", `cannot ${what}: name either --key or --keyless`, {
      hint: "as in --key release.key; bulwark keys generate makes one",
    });
  return {
    key,
    keyless: {
      identityToken: options.text("identity-token"),
      fulcio: options.text("fulcio"),
      rekor: options.text("rekor"),
      rekorVersion: options.text("rekor-version") === "2" ? 2 : 1,
      timestamps: options.text("timestamps"),
      signingConfig: options.text("signing-config"),
    },
    password: () => keyPassword(`password for ${visible(key ?? "the key")}`, process.env),
  };
}
