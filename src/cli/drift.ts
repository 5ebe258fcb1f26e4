import { type DriftRun, driftOfAll } from "../app/drift.ts";
import { writeOutput } from "../app/write-output.ts";
import { AppError } from "../kit/error.ts";
import { THRESHOLDS, type Threshold } from "../model/severity.ts";
import { type Command, type Invocation, surroundingsOf } from "./command.ts";
import { driftAnswer, driftText } from "./drift-text.ts";
import { ANSWER_FORMAT } from "./option-specs.ts";
import { failureText } from "./terminal.ts";

export const driftCommand: Command = {
  name: "drift",
  summary: "find out what a container holds or runs that its image does not",
  usage: [
    "drift CONTAINER… [options]",
    "drift --running [options]",
    "drift --would-have [WORKLOAD…] [--days N]",
  ],
  details: [
    "CONTAINER is the name or id of a container of Docker or Podman on this host. It is looked at from outside, as root; nothing in it is changed, stopped or asked.",
    "Files are compared by content: one that was only touched, moved in time or given another mode is the image's still. What runs now is compared, too: programs, libraries and scripts, also from volumes, from memory, and after they were deleted.",
    "Logs, pid files and data in folders for data are expected. Programs count wherever they lie; configuration and code count where nobody should write.",
    "--would-have tells what bulwark watch --enforce would have ended, of what was kept by bulwark watch --observe, --alert or --enforce: by workload and image, with how long was watched.",
  ],
  options: {
    running: { type: "boolean", summary: "look at every container that runs on this host" },
    engine: {
      type: "string",
      value: "docker|podman",
      choices: ["docker", "podman"],
      summary: "whose container it is (default: the first engine that has it)",
    },
    "fail-on": {
      type: "string",
      value: THRESHOLDS.join("|"),
      choices: [...THRESHOLDS],
      summary: "end with 3 if a difference is so bad, and with 4 if that cannot be told",
    },
    allow: {
      type: "string",
      value: "GLOB",
      multiple: true,
      summary: "set aside what lies at such a path, as in 'etc/app/**'; may be repeated",
    },
    baseline: {
      type: "string",
      value: "FILE",
      summary: "set aside what an earlier look (--format json) had found and is as it was",
    },
    "would-have": {
      type: "boolean",
      summary: "what enforcement would have ended while bulwark watch observed",
    },
    days: { type: "string", value: "N", summary: "would-have: of so many days (default: 30)" },
    format: ANSWER_FORMAT,
    output: { type: "string", value: "FILE", short: "o", summary: "write the report to a file" },
  },
  takes: {
    "": ["running", "engine", "fail-on", "allow", "baseline", "format", "output"],
    "--would-have": ["would-have", "days", "format", "output"],
  },
  examples: [
    ["bulwark drift web", "what differs, as a tree"],
    ["bulwark drift --running --fail-on high", "every container, for a job that watches"],
    ["bulwark drift --would-have --days 7", "what enforcement would have ended this week"],
    [
      "bulwark drift web --allow 'etc/nginx/conf.d/*' --format json",
      "with what is known set aside",
    ],
  ],
  run: async (invocation) => {
    const { args, options, terminal } = invocation;
    if (options.flag("would-have")) return tellWouldHave(invocation);
    const running = options.flag("running");
    if (running === args.length > 0)
      throw new AppError("usage", "cannot look at drift: name containers, or all by --running", {
        hint: "as in bulwark drift web; docker ps lists what runs",
      });
    const engine = options.text("engine");
    const run = await driftOfAll(
      {
        containers: [...new Set(args)],
        running,
        engine: engine === "docker" || engine === "podman" ? engine : null,
        threshold: options.text("fail-on") as Threshold | null,
        allow: options.texts("allow"),
        baseline: options.text("baseline"),
      },
      surroundingsOf(invocation),
    );
    await printed(run, invocation);
    for (const { container, error } of run.failures) {
      terminal.warn(`${JSON.stringify(container)} was not looked at`);
      process.stderr.write(failureText(error));
    }
    return run.exitCode;
  },
};

const DAYS = 30;
const DAYS_MAX = 35;

async function tellWouldHave(invocation: Invocation): Promise<number> {
  const { args, options, terminal } = invocation;
  const [{ wouldHave }, { wouldHaveText }] = await Promise.all([
    import("../app/would-have.ts"),
    import("./would-have-text.ts"),
  ]);
  const written = options.text("days");
  const days = written === null ? DAYS : Number(written);
  if (!Number.isInteger(days) || days < 1 || days > DAYS_MAX)
    throw new AppError("usage", `cannot look at ${JSON.stringify(written)} days`, {
      hint: `take a number from 1 to ${DAYS_MAX}: no more are kept`,
    });
  const answer = await wouldHave({ workloads: args, days }, surroundingsOf(invocation));
  const isJson = options.text("format") === "json";
  const text = isJson ? `${JSON.stringify(answer, null, 2)}\n` : wouldHaveText(answer);
  const output = options.text("output");
  if (output === null) await terminal.print(text);
  else await writeOutput(output, text);
  return 0;
}

async function printed(
  { results, failures }: DriftRun,
  { options, terminal, args }: Invocation,
): Promise<void> {
  const output = options.text("output");
  const screen = {
    width: output === null ? terminal.width : 100,
    colour: output === null && terminal.colour,
  };
  const [only] = results;
  const isOne = args.length === 1 && only !== undefined;
  const document = isOne ? only : { schema: "bulwark.dev/drifts/v1", results };
  const text =
    options.text("format") === "json"
      ? `${JSON.stringify(document, null, 2)}\n`
      : results.map((result) => driftText(result, screen)).join("\n");
  if (output === null) await terminal.print(text);
  else {
    await writeOutput(output, text);
    for (const result of results) terminal.note(driftAnswer(result));
    terminal.note(`the report is in ${JSON.stringify(output)}`);
  }
  if (results.length === 0 && failures.length === 0)
    terminal.hint("no container runs here, so nothing was looked at");
}
