// Examples of builds in few words: a Dockerfile that nobody could object to, but for what is given.
import type { Example } from "../../../stages/check/contract.ts";

/** A whole Dockerfile. */
export function dockerfile(...lines: readonly string[]): Example {
  return { format: "dockerfile", document: `${lines.join("\n")}\n` };
}

/** A built image with this configuration, and lines of its history. */
export function image(config: object, ...history: readonly string[]): Example {
  return { format: "image", document: { config, history } };
}

/** One with these instructions between its base and its user. */
export function building(...lines: readonly string[]): Example {
  return dockerfile(`FROM debian:12.5@sha256:${"0".repeat(64)}`, ...lines, "USER 10001");
}
