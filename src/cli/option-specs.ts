// Options that several commands have, so that they are spelled and shortened alike everywhere.
import type { OptionSpec } from "./command.ts";

/** `-f, --format`. @param summary What is chosen, and which is the default. */
export function formatOption(choices: readonly string[], summary: string): OptionSpec {
  return { type: "string", value: choices.join("|"), choices, summary, short: "f" };
}

/** For commands that answer people or programs. */
export const ANSWER_FORMAT: OptionSpec = formatOption(
  ["text", "json"],
  "how to answer (default: text)",
);

export const TRUST: OptionSpec = {
  type: "string",
  value: "FILE",
  summary: "whom to believe (default: what the policy names, else bulwark.trust.yaml)",
};

export const OFFLINE: OptionSpec = { type: "boolean", summary: "touch no network" };

/** @param what What is recorded: `verdicts`. */
export function evidenceOption(what: string): OptionSpec {
  const summary = `record ${what} in this log, and fail when that cannot be done`;
  return { type: "string", value: "DIR", summary };
}

/** Break-glass, wherever something is decided. */
export const OVERRIDE_OPTIONS: Readonly<Record<"override" | "override-key", OptionSpec>> = {
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
};
