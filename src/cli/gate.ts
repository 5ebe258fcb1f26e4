import { type GateRun, runGate } from "../app/gate.ts";
import { GATE_FORMATS, reportGate } from "../app/report.ts";
import { writeOutput } from "../app/write-output.ts";
import { AppError } from "../kit/error.ts";
import { jointGateAnswer } from "../model/gate-answer.ts";
import { STAGES, type Stage } from "../model/policy.ts";
import { type Command, type Invocation, surroundingsOf } from "./command.ts";
import { formatOption, OVERRIDE_OPTIONS, TRUST } from "./option-specs.ts";
import { KEY_OPTIONS, sealRequestOf } from "./sign-options.ts";
import { TARGET_DETAILS, TARGET_OPTIONS, targetsRequest } from "./target-options.ts";
import { failureText } from "./terminal.ts";

export const gateCommand: Command = {
  name: "gate",
  summary: "ask a policy whether an image or project may go on",
  usage: ["gate TARGET… [options]", "gate --running [options]"],
  details: [
    TARGET_DETAILS,
    "POLICY is a file, or a built-in pack: startup, strict. Without one it is bulwark.yaml, or the pack startup where there is no such file.",
    "Ends with 0 when the policy allows, with 3 when it denies, and with 4 when it could not be told: what hides something is never a pass.",
  ],
  options: {
    policy: {
      type: "string",
      value: "POLICY",
      summary: "what to ask (default: bulwark.yaml, else startup)",
    },
    stage: {
      type: "string",
      value: STAGES.join("|"),
      choices: STAGES,
      summary: "where it is asked (default: build)",
    },
    ...OVERRIDE_OPTIONS,
    running: { type: "boolean", summary: "ask about every image of every container on this host" },
    format: formatOption(GATE_FORMATS, "how to report (default: table)"),
    output: { type: "string", value: "FILE", summary: "write the report to a file", short: "o" },
    report: {
      type: "string",
      value: "FORMAT=FILE",
      multiple: true,
      summary: "write another report beside the first; may be repeated",
    },
    trust: TRUST,
    attest: {
      type: "boolean",
      summary: "sign the verdict, and attach it to the image that it is about",
    },
    ...KEY_OPTIONS,
    ...TARGET_OPTIONS,
  },
  examples: [
    ["bulwark gate docker:api:latest", "may this image go on? by bulwark.yaml, else by startup"],
    ["bulwark gate . --policy strict", "this project, by a built-in pack"],
    [
      "bulwark gate registry.example.org/team/api:1.2 --attest --key gate.key",
      "sign the verdict, so that admission need only look it up",
    ],
    [
      "bulwark gate compose.yaml --format github --report markdown=summary.md",
      "annotations and a summary from one run",
    ],
    [
      "bulwark gate registry.example/shop/api:1.2 --override override.json --override-key break-glass.pub",
      "let through what an override names, for as long as it holds",
    ],
  ],
  run: async (invocation) => {
    const { options, terminal, args } = invocation;
    const reports = options.texts("report").map(reportOf);
    const run = await runGate(
      {
        ...targetsRequest(args, options, "gate"),
        policy: options.text("policy"),
        trust: options.text("trust"),
        attest: options.flag("attest") ? sealRequestOf(invocation, "attest") : null,
        isPreview: false,
        overrides: { files: options.texts("override"), keys: options.texts("override-key") },
        stage: (options.text("stage") ?? "build") as Stage,
      },
      surroundingsOf(invocation),
    );
    await printed(run, invocation);
    for (const { format, file } of reports) {
      await writeOutput(file, await reportGate(run.gate, format, PAGE));
      terminal.note(`the ${format} report is in ${JSON.stringify(file)}`);
    }
    for (const { name, digest } of run.attested)
      terminal.note(`the verdict about ${name} is attached to it as ${digest.slice(0, 19)}`);
    for (const { target, error } of run.failures) {
      if (run.gate.results.length + run.failures.length > 1)
        terminal.warn(`${JSON.stringify(target)} was not examined`);
      process.stderr.write(failureText(error));
    }
    return run.gate.exitCode;
  },
};

const PAGE = { width: 80, colour: false, command: "gate" };

interface Report {
  readonly format: string;
  readonly file: string;
}

function reportOf(written: string): Report {
  const equals = written.indexOf("=");
  const format = written.slice(0, Math.max(0, equals));
  const file = written.slice(equals + 1);
  if (GATE_FORMATS.includes(format) && file !== "") return { format, file };
  throw new AppError(
    "usage",
    `cannot write report ${JSON.stringify(written)}: it is not FORMAT=FILE`,
    {
      hint: `as in --report markdown=summary.md; FORMAT is one of ${GATE_FORMATS.join(", ")}`,
    },
  );
}

async function printed(
  { gate, failures }: GateRun,
  { options, terminal }: Invocation,
): Promise<void> {
  if (gate.results.length === 0) {
    if (failures.length === 0) terminal.hint("no container runs here, so nothing was asked");
    return;
  }
  const output = options.text("output");
  const format = options.text("format") ?? "table";
  if (output === null) {
    const { width, colour } = terminal;
    await terminal.print(await reportGate(gate, format, { ...PAGE, width, colour }));
    return;
  }
  await writeOutput(output, await reportGate(gate, format, PAGE));
  terminal.note(jointGateAnswer(gate));
  terminal.note(`the report is in ${JSON.stringify(output)}`);
}
