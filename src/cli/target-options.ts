// What scan and gate have in common: the targets, and what is known beforehand.
import { parsePlatform } from "../app/platform.ts";
import type { TargetsRequest } from "../app/scan.ts";
import { AppError } from "../kit/error.ts";
import type { OptionSpec, Options } from "./command.ts";
import { evidenceOption, OFFLINE } from "./option-specs.ts";

export const TARGET_DETAILS =
  "TARGET is an image reference (alpine:3.19), oci:DIR[:TAG], oci-archive:FILE, docker-archive:FILE, docker:REF, podman:REF, rootfs:DIR, dir:DIR, sbom:FILE, sarif:FILE, a folder, a Compose file, or a folder of Kubernetes objects.";

type TargetOption =
  | "platform"
  | "only-fixable"
  | "baseline"
  | "exceptions"
  | "vex"
  | "in-use"
  | "offline"
  | "db"
  | "evidence"
  | "secrets"
  | "no-history"
  | "no-cache";

export const TARGET_OPTIONS: Readonly<Record<TargetOption, OptionSpec>> = {
  platform: {
    type: "string",
    value: "OS/ARCH",
    summary: "choose from images for several platforms",
  },
  "only-fixable": { type: "boolean", summary: "leave out findings that no upgrade closes" },
  baseline: {
    type: "string",
    value: "FILE|DIGEST",
    summary: "leave out what an earlier scan had found",
  },
  exceptions: {
    type: "string",
    value: "FILE",
    summary: "decisions not to count a finding (default: bulwark.exceptions.yaml, if there)",
  },
  vex: {
    type: "string",
    value: "FILE",
    multiple: true,
    summary: "statements of what does not affect (OpenVEX, CycloneDX, CSAF); may be repeated",
  },
  "in-use": {
    type: "string",
    value: "FILE|watched",
    multiple: true,
    summary: "what bulwark drift --format json saw to run, or bulwark watch here, comes first",
  },
  offline: OFFLINE,
  db: { type: "string", value: "DIR", summary: "use the advisory store in this folder" },
  evidence: evidenceOption("verdicts"),
  secrets: {
    type: "boolean",
    summary:
      "search the content for secrets: every file, every layer, the configuration, and a repository's history",
  },
  "no-history": { type: "boolean", summary: "with --secrets: leave out a repository's history" },
  "no-cache": { type: "boolean", summary: "read every layer anew, and keep none" },
};

/**
 * What is to be examined, as it was written.
 *
 * @param command For the message: `scan`.
 * @throws {AppError} `usage` when nothing was named.
 */
export function targetsRequest(
  targets: readonly string[],
  options: Options,
  command: string,
): TargetsRequest {
  const running = options.flag("running");
  if (targets.length === 0 && !running) {
    throw new AppError("usage", `cannot ${command}: no target was named`, {
      hint: `bulwark ${command} . takes this folder; bulwark ${command} --help lists what else can be named`,
    });
  }
  const platform = options.text("platform");
  return {
    targets: [...new Set(targets)],
    running,
    platform: platform === null ? null : parsePlatform(platform),
    onlyFixable: options.flag("only-fixable"),
    baseline: options.text("baseline"),
    exceptions: options.text("exceptions"),
    vex: options.texts("vex"),
    inUse: options.texts("in-use"),
    offline: options.flag("offline"),
    db: options.text("db"),
    evidence: options.text("evidence"),
    cached: !options.flag("no-cache"),
    secrets: secretsIn(options),
  };
}

function secretsIn(options: Options): TargetsRequest["secrets"] {
  if (!options.flag("secrets")) return "no";
  return options.flag("no-history") ? "content" : "content-and-history";
}
