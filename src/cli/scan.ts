import { parsePlatform } from "../app/platform.ts";
import { REPORT_FORMATS, report } from "../app/report.ts";
import { runScan, type ScanRequest, type ScanRun } from "../app/scan.ts";
import { writeOutput } from "../app/write-output.ts";
import { AppError } from "../kit/error.ts";
import { jointAnswer } from "../model/joint-answer.ts";
import { THRESHOLDS, type Threshold } from "../model/severity.ts";
import { type Command, type Invocation, type Options, surroundingsOf } from "./command.ts";
import { failureText } from "./terminal.ts";

export const scanCommand: Command = {
  name: "scan",
  summary: "find out what is inside an image or project, and what is wrong with it",
  usage: ["scan TARGET… [options]", "scan --running [options]"],
  details: [
    "TARGET is an image reference (alpine:3.19), oci:DIR[:TAG], oci-archive:FILE, docker-archive:FILE, docker:REF, podman:REF, rootfs:DIR, dir:DIR, sbom:FILE, sarif:FILE, a folder, a Compose file, or a folder of Kubernetes objects.",
    "The first line of every text report is the answer. Findings alone end with 0; a threshold that is reached ends with 3, and one that could not be answered with 4.",
  ],
  options: {
    running: { type: "boolean", summary: "scan every image of every container on this host" },
    format: {
      type: "string",
      value: REPORT_FORMATS.join("|"),
      choices: REPORT_FORMATS,
      summary: "how to report (default: table)",
      short: "f",
    },
    output: { type: "string", value: "FILE", summary: "write the report to a file", short: "o" },
    platform: {
      type: "string",
      value: "OS/ARCH",
      summary: "choose from images for several platforms",
    },
    "fail-on": {
      type: "string",
      value: THRESHOLDS.join("|"),
      choices: THRESHOLDS,
      summary: "exit with 3 when a finding is at least this bad",
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
    offline: { type: "boolean", summary: "touch no network" },
    db: { type: "string", value: "DIR", summary: "use the advisory store in this folder" },
    evidence: {
      type: "string",
      value: "DIR",
      summary: "record verdicts in this log, and fail when that cannot be done",
    },
    "no-cache": { type: "boolean", summary: "read every layer anew, and keep none" },
  },
  examples: [
    ["bulwark scan .", "this project: lock files, and what is vendored"],
    ["bulwark scan alpine:3.19", "an image in a registry"],
    ["bulwark scan docker:api:latest --fail-on high", "an image of the local engine, as a gate"],
    ["bulwark scan compose.yaml", "every image in it"],
    ["bulwark scan oci:build/image --format sarif -o scan.sarif", "for code hosts"],
  ],
  run: async (invocation) => {
    const { options, terminal, args } = invocation;
    const request = requestOf(args, options);
    const run = await runScan(request, surroundingsOf(invocation));
    await printed(run, invocation);
    for (const { target, error } of run.failures) {
      terminal.warn(`${JSON.stringify(target)} was not scanned`);
      process.stderr.write(failureText(error));
    }
    return run.exitCode;
  },
};

function requestOf(targets: readonly string[], options: Options): ScanRequest {
  const running = options.flag("running");
  if (targets.length === 0 && !running) {
    throw new AppError("usage", "cannot scan: no target was named", {
      hint: "bulwark scan . scans this folder; bulwark scan --help lists what else can be named",
    });
  }
  const platform = options.text("platform");
  return {
    targets: [...new Set(targets)],
    running,
    platform: platform === null ? null : parsePlatform(platform),
    threshold: options.text("fail-on") as Threshold | null,
    onlyFixable: options.flag("only-fixable"),
    baseline: options.text("baseline"),
    exceptions: options.text("exceptions"),
    vex: options.texts("vex"),
    offline: options.flag("offline"),
    db: options.text("db"),
    evidence: options.text("evidence"),
    cached: !options.flag("no-cache"),
  };
}

async function printed(run: ScanRun, { options, terminal }: Invocation): Promise<void> {
  if (run.results.length === 0) {
    if (run.failures.length === 0) terminal.hint("no container runs here, so nothing was scanned");
    return;
  }
  const output = options.text("output");
  const text = await report(run.results, options.text("format") ?? "table", {
    width: output === null ? terminal.width : 80,
    colour: output === null && terminal.colour,
    command: "scan",
  });
  if (output === null) {
    await terminal.print(text);
    return;
  }
  await writeOutput(output, text);
  terminal.note(jointAnswer(run.results));
  terminal.note(`the report is in ${JSON.stringify(output)}`);
}
