import type { Signing, SignRequest } from "../app/sign.ts";
import { visible } from "../kit/display.ts";
import { AppError } from "../kit/error.ts";
import { type Command, type Invocation, type OptionSpec, surroundingsOf } from "./command.ts";
import { ANSWER_FORMAT, evidenceOption } from "./option-specs.ts";
import { KEY_OPTIONS, sealRequestOf } from "./sign-options.ts";

/** What commands that sign images share. */
export const SIGN_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  ...KEY_OPTIONS,
  "old-tag": {
    type: "boolean",
    summary: "write cosign's older form, too, for readers that know no other",
  },
  offline: { type: "boolean", summary: "touch no network; for layouts" },
  evidence: evidenceOption("what was signed"),
  format: ANSWER_FORMAT,
};

export const signCommand: Command = {
  name: "sign",
  summary: "sign an image, and attach the signature to it",
  usage: ["sign IMAGE --key KEY [options]", "sign IMAGE --keyless [options]"],
  details: [
    "IMAGE is a reference or an OCI layout. What is signed is the digest that it has now, whatever the tag means later.",
    "The signature is attached as a bundle of cosign 3, and found there by every reader of today; --old-tag adds the form of cosign 1 and 2.",
    "The password of a key in a file is taken from BULWARK_KEY_PASSWORD or COSIGN_PASSWORD, or asked for on a terminal.",
  ],
  options: SIGN_OPTIONS,
  examples: [
    ["bulwark sign registry.example.org/team/api:1.2 --key release.key", "with a key in a file"],
    ["bulwark sign registry.example.org/team/api:1.2 --key awskms:///alias/release", "at AWS KMS"],
  ],
  run: async (invocation) => {
    const { signImage } = await import("../app/sign.ts");
    const signing = await signImage(signRequestOf(invocation), surroundingsOf(invocation));
    return tellSigning(invocation, signing);
  },
};

/** What the shared options and the one argument say. @throws {AppError} `usage`. */
export function signRequestOf(invocation: Invocation): SignRequest {
  const { args, options } = invocation;
  const [image] = args;
  if (image === undefined || args.length > 1)
    throw new AppError("usage", "cannot sign: name one image, and either --key or --keyless", {
      hint: "as in bulwark sign IMAGE --key release.key",
    });
  return {
    image,
    ...sealRequestOf(invocation, "sign"),
    withOldTag: options.flag("old-tag"),
    offline: options.flag("offline"),
  };
}

/** Records and says what was attached to what. */
export async function tellSigning(invocation: Invocation, signing: Signing): Promise<number> {
  const { options, terminal } = invocation;
  const { recordSigning } = await import("../app/trust-evidence.ts");
  await recordSigning(signing, options.text("evidence"), surroundingsOf(invocation));
  const text =
    options.text("format") === "json"
      ? `${JSON.stringify({ schema: "bulwark.dev/signing/v1", ...signing }, null, 2)}\n`
      : `${visible(signing.name)}  ${signing.subject}\n  attached ${signing.digest} (${signing.predicateType})\n`;
  await terminal.print(text);
  return 0;
}
