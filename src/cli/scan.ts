import { REPORT_FORMATS, reportPieces } from "../app/report.ts";
import { runScan, type ScanRun } from "../app/scan.ts";
import { writeOutput } from "../app/write-output.ts";
import { jointAnswer } from "../model/joint-answer.ts";
import { THRESHOLDS, type Threshold } from "../model/severity.ts";
import { type Command, type Invocation, surroundingsOf } from "./command.ts";
import { formatOption } from "./option-specs.ts";
import { TARGET_DETAILS, TARGET_OPTIONS, targetsRequest } from "./target-options.ts";
import { failureText } from "./terminal.ts";

export const scanCommand: Command = {
  name: "scan",
  summary: "find out what is inside an image or project, and what is wrong with it",
  usage: ["scan TARGET… [options]", "scan --running [options]"],
  details: [
    TARGET_DETAILS,
    "The first line of every text report is the answer. Findings alone end with 0; a threshold that is reached ends with 3, and one that could not be answered with 4.",
  ],
  options: {
    running: { type: "boolean", summary: "scan every image of every container on this host" },
    format: formatOption(REPORT_FORMATS, "how to report (default: table)"),
    output: { type: "string", value: "FILE", summary: "write the report to a file", short: "o" },
    "fail-on": {
      type: "string",
      value: THRESHOLDS.join("|"),
      choices: THRESHOLDS,
      summary: "exit with 3 when a finding is at least this bad",
    },
    ...TARGET_OPTIONS,
  },
  examples: [
    ["bulwark scan .", "this project: lock files, and what is vendored"],
    ["bulwark scan alpine:3.19", "an image in a registry"],
    ["bulwark scan docker:api:latest --fail-on high", "an image of the local engine, as a gate"],
    [
      "bulwark scan docker:api:latest --secrets",
      "also secrets, in every layer and the configuration",
    ],
    ["bulwark scan compose.yaml", "every image in it"],
    ["bulwark scan oci:build/image --format sarif -o scan.sarif", "for code hosts"],
  ],
  run: async (invocation) => {
    const { options, terminal, args } = invocation;
    const threshold = options.text("fail-on") as Threshold | null;
    const request = { ...targetsRequest(args, options, "scan"), threshold };
    const run = await runScan(request, surroundingsOf(invocation));
    await printed(run, invocation);
    for (const { target, error } of run.failures) {
      // Where only one was named, the error says it all.
      if (run.results.length + run.failures.length > 1)
        terminal.warn(`${JSON.stringify(target)} was not scanned`);
      process.stderr.write(failureText(error));
    }
    return run.exitCode;
  },
};

async function printed(run: ScanRun, { options, terminal }: Invocation): Promise<void> {
  if (run.results.length === 0) {
    if (run.failures.length === 0) terminal.hint("no container runs here, so nothing was scanned");
    return;
  }
  const output = options.text("output");
  const pieces = await reportPieces(run.results, options.text("format") ?? "table", {
    width: output === null ? terminal.width : 80,
    colour: output === null && terminal.colour,
    command: "scan",
  });
  if (output === null) {
    for (const piece of pieces) await terminal.print(piece);
    return;
  }
  await writeOutput(output, pieces);
  terminal.note(jointAnswer(run.results));
  terminal.note(`the report is in ${JSON.stringify(output)}`);
}
