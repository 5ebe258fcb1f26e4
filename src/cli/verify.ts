import type { Verified } from "../app/verify.ts";
import { AppError } from "../kit/error.ts";
import {
  type Command,
  type Invocation,
  type OptionSpec,
  type Options,
  surroundingsOf,
} from "./command.ts";
import { daysOption, daysOptionSpec } from "./days-option.ts";
import { ANSWER_FORMAT, evidenceOption, OFFLINE } from "./option-specs.ts";
import { verificationJson, verificationText } from "./verify-text.ts";

/** Whom to believe; commands that verify share these. */
export const TRUST_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  key: {
    type: "string",
    value: "FILE",
    multiple: true,
    summary: "believe this public key (PEM); may be repeated",
  },
  identity: {
    type: "string",
    value: "ID",
    summary: "believe certificates of exactly this identity, with --issuer",
  },
  issuer: { type: "string", value: "URL", summary: "who vouches for --identity" },
  "trusted-root": {
    type: "string",
    value: "FILE",
    summary: "authorities and logs of --identity (default: the public Sigstore instance)",
  },
  trust: { type: "string", value: "FILE", summary: "a trust file: keys, identities, certificates" },
};

/** In which a key that ends counts as an old one. */
const ENDING_DAYS = 30;

export const verifyCommand: Command = {
  name: "verify",
  summary: "tell whether something is signed, by whom, and what was found instead",
  usage: [
    "verify IMAGE [options]",
    "verify FILE|DIGEST --bundle FILE [options]",
    "verify --running [options]",
  ],
  details: [
    "Exit code 0 when a signature counts, 3 when none does, 4 when none does and something could not be examined.",
    "IMAGE is a reference or an OCI layout. Bundles of cosign 3, its older tags and Notation's envelopes are read. An image is signed by a signature; an attestation counts only where --type asks for it.",
    "Identities are compared exactly. --type names what an attestation must say, by a short name such as vuln or slsaprovenance1, or by its address.",
    "--running tells of each image that runs whether somebody still vouches for it, and which are signed by old keys alone: keys that have ended, end soon, are revoked, or are replaced by another in the trust file.",
  ],
  options: {
    bundle: {
      type: "string",
      value: "FILE",
      multiple: true,
      summary: "a Sigstore bundle about the file; may be repeated",
    },
    type: {
      type: "string",
      value: "TYPE",
      multiple: true,
      summary: "what the attestation must say; may be repeated",
    },
    ...TRUST_OPTIONS,
    running: {
      type: "boolean",
      summary: "verify every image of every container on this host, at its registry",
    },
    "ends-within": daysOptionSpec(
      "running: a key that ends within so many days is an old one",
      ENDING_DAYS,
    ),
    offline: OFFLINE,
    evidence: evidenceOption("the answer"),
    format: ANSWER_FORMAT,
  },
  examples: [
    ["bulwark verify registry.example.org/team/api:1.2 --key release.pub", "an image, by a key"],
    [
      "bulwark verify registry.example.org/team/api:1.2 --trust bulwark.trust.yaml --type vuln",
      "that its scan is attested by somebody whom the trust file names",
    ],
    [
      "bulwark verify app.tar.gz --bundle app.tar.gz.sigstore.json --key release.pub",
      "a file, by a key",
    ],
    [
      "bulwark verify app.tar.gz --bundle app.sigstore.json --identity https://github.com/acme/app/.github/workflows/release.yml@refs/heads/main --issuer https://token.actions.githubusercontent.com",
      "by a workflow",
    ],
    [
      "bulwark verify --running --trust bulwark.trust.yaml --ends-within 60",
      "what runs here, and what must be signed anew before keys end",
    ],
  ],
  run: async (invocation) => {
    const { options, args } = invocation;
    const { predicateTypesOf } = await import("../app/predicates.ts");
    const names = options.texts("type");
    const types = names.length === 0 ? null : predicateTypesOf(names);
    const trust = trustRequestOf(options);
    if (options.flag("running")) {
      const { tellRunning } = await import("./verify-running.ts");
      const endingDays = daysOption(options, "ends-within", ENDING_DAYS);
      return tellRunning(invocation, { ...trust, types, endingDays });
    }
    const [artifact] = args;
    if (artifact === undefined || args.length > 1)
      throw new AppError("usage", "cannot verify: name one thing", {
        hint: "as in bulwark verify IMAGE --key KEY, or bulwark verify FILE --bundle BUNDLE --key KEY",
      });
    const { verifyFile, verifyImage } = await import("../app/verify.ts");
    const bundles = options.texts("bundle");
    const offline = options.flag("offline");
    return tell(
      invocation,
      bundles.length > 0
        ? await verifyFile({ ...trust, artifact, bundles, types }, surroundingsOf(invocation))
        : await verifyImage(
            { ...trust, image: artifact, types, offline },
            surroundingsOf(invocation),
          ),
    );
  },
};

/** What the shared options say. */
export function trustRequestOf(options: Options): {
  keys: readonly string[];
  identity: string | null;
  issuer: string | null;
  trustedRoot: string | null;
  trust: string | null;
} {
  return {
    keys: options.texts("key"),
    identity: options.text("identity"),
    issuer: options.text("issuer"),
    trustedRoot: options.text("trusted-root"),
    trust: options.text("trust"),
  };
}

const EXIT_CODES = { verified: 0, refused: 3, undecided: 4 } as const;

async function tell(invocation: Invocation, verified: Verified): Promise<number> {
  const { terminal, options } = invocation;
  const { recordVerified } = await import("../app/trust-evidence.ts");
  await recordVerified(verified, options.text("evidence"), surroundingsOf(invocation));
  const exitCode = EXIT_CODES[verified.verification.outcome];
  const isJson = options.text("format") === "json";
  await terminal.print(
    isJson ? verificationJson(verified, exitCode) : verificationText(verified, terminal.colour),
  );
  return exitCode;
}
