// Options of `bulwark admit`; which action takes which is said by its words.
import type { AdmissionRequest } from "../app/admission.ts";
import { ADMISSION_MODES } from "../app/answer-review.ts";
import { parsePlatform } from "../app/platform.ts";
import type { OptionSpec, Options } from "./command.ts";
import { formatOption, OFFLINE, TRUST } from "./option-specs.ts";

export const ADMIT_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  policy: {
    type: "string",
    value: "POLICY",
    summary: "what to ask (default: bulwark.yaml, else startup)",
  },
  trust: TRUST,
  exceptions: { type: "string", value: "FILE", summary: "findings that are accepted for a time" },
  override: {
    type: "string",
    value: "FILE",
    multiple: true,
    summary: "let through what this signed override names (break-glass); may be repeated",
  },
  "override-key": {
    type: "string",
    value: "FILE",
    multiple: true,
    summary: "a public key whose overrides count, beside those of the policy; may be repeated",
  },
  platform: {
    type: "string",
    value: "OS/ARCH",
    summary: "of the machines that run it (default: linux on this processor)",
  },
  mode: {
    type: "string",
    value: ADMISSION_MODES.join("|"),
    choices: ADMISSION_MODES,
    summary: "write down, say, or deny what is objected to (review: enforce; else audit)",
  },
  offline: OFFLINE,
  format: formatOption(["table", "json"], "review: how to answer (default: table)"),
};

/** What every action asks of a policy. */
export function admissionRequestOf(options: Options): AdmissionRequest {
  const platform = options.text("platform");
  return {
    policy: options.text("policy"),
    trust: options.text("trust"),
    exceptions: options.text("exceptions"),
    overrides: { files: options.texts("override"), keys: options.texts("override-key") },
    offline: options.flag("offline"),
    platform: platform === null ? null : parsePlatform(platform),
  };
}
