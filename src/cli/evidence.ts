import type { EvidenceScope } from "../app/evidence-log.ts";
import { AppError } from "../kit/error.ts";
import { chosenAction } from "./actions.ts";
import { type Command, type Invocation, surroundingsOf } from "./command.ts";
import { checkText, entriesText } from "./evidence-text.ts";
import { formatOption } from "./option-specs.ts";

const ENTRIES = 20;
const ENTRIES_MAX = 10_000;

export const evidenceCommand: Command = {
  name: "evidence",
  summary: "verify, export and show the log of decisions",
  usage: [
    "evidence verify [--head HASH] [--key FILE…] [options]",
    "evidence export --format csv|json [--from DATE] [--to DATE] [options]",
    "evidence show [-n N] [options]",
  ],
  details: [
    "Every verdict that was asked for is appended to a log that is chained by hashes and signed. It is in $BULWARK_EVIDENCE, or in bulwark/evidence in the user's folder for data; --evidence names another.",
    "verify ends with 0 when the log is sound and with 3 when it is not, naming the first broken place. Entries that were cut off the end leave no trace in the log itself: --head takes a hash that was noted elsewhere, as pipelines print it.",
    "With --from and --to, verify looks at the files that hold this time and takes what stood before them as given.",
  ],
  options: {
    evidence: { type: "string", value: "DIR", summary: "the log's folder" },
    head: {
      type: "string",
      value: "HASH",
      summary: "verify, export: an entry with this hash must be there",
    },
    key: {
      type: "string",
      value: "FILE",
      multiple: true,
      summary: "verify, export: only this key may have signed (PEM); may be repeated",
    },
    from: { type: "string", value: "DATE", summary: "from this day or time on (UTC)" },
    to: { type: "string", value: "DATE", summary: "up to this day, inclusive, or time" },
    number: {
      type: "string",
      value: "N",
      short: "n",
      summary: `show: how many entries (default: ${ENTRIES})`,
    },
    format: formatOption(
      ["text", "json", "csv"],
      "how to answer (default: text; csv and json for export)",
    ),
    output: {
      type: "string",
      value: "FILE",
      short: "o",
      summary: "export: write to a file",
    },
  },
  takes: {
    verify: ["head", "key", "from", "to", "evidence", "format"],
    export: ["head", "key", "from", "to", "evidence", "format", "output"],
    show: ["number", "evidence", "format"],
  },
  examples: [
    ["bulwark evidence show", "the last decisions"],
    ["bulwark evidence verify", "is the log as it was written?"],
    [
      "bulwark evidence verify --head 3f1c… --key evidence.pub",
      "against what a pipeline printed, and a key that was kept elsewhere",
    ],
    [
      "bulwark evidence export --from 2026-10-01 --to 2026-12-31 --format csv -o evidence.csv",
      "a quarter, for an auditor",
    ],
  ],
  run: (invocation) => {
    const [name = "", extra] = invocation.args;
    const action = chosenAction("evidence", name, ACTIONS);
    if (extra !== undefined)
      throw new AppError(
        "usage",
        `cannot use ${JSON.stringify(extra.slice(0, 100))}: one argument too many`,
      );
    return action(invocation);
  },
};

const ACTIONS: ReadonlyMap<string, (invocation: Invocation) => Promise<number>> = new Map([
  ["verify", verify],
  ["export", exportAll],
  ["show", show],
]);

/** What a policy that is not met ends with, too. */
const BROKEN = 3;

function scopeOf({ options }: Invocation): EvidenceScope {
  return {
    folder: options.text("evidence"),
    from: options.text("from"),
    to: options.text("to"),
    keys: options.texts("key"),
    head: options.text("head"),
  };
}

async function verify(invocation: Invocation): Promise<number> {
  const format = formatOf(invocation, ["text", "json"]) ?? "text";
  const { verifyEvidence } = await import("../app/evidence-log.ts");
  const check = await verifyEvidence(scopeOf(invocation), surroundingsOf(invocation));
  const exitCode = check.fault === null ? 0 : BROKEN;
  await invocation.terminal.print(
    format === "json"
      ? `${JSON.stringify({ schema: "bulwark.dev/evidence-check/v1", ...check, exitCode }, null, 2)}\n`
      : checkText(check),
  );
  return exitCode;
}

async function exportAll(invocation: Invocation): Promise<number> {
  const format = formatOf(invocation, ["csv", "json"]);
  if (format !== "csv" && format !== "json")
    throw new AppError("usage", "cannot export evidence: say how", {
      hint: "--format csv for tables, --format json for programs",
    });
  const [{ exportEvidence }, { writeOutput }] = await Promise.all([
    import("../app/evidence-log.ts"),
    import("../app/write-output.ts"),
  ]);
  const { options, terminal } = invocation;
  const exported = exportEvidence(scopeOf(invocation), format, surroundingsOf(invocation));
  const output = options.text("output");
  if (output === null) {
    for await (const piece of exported.text) await terminal.print(piece);
  } else {
    await writeOutput(output, exported.text);
    terminal.note(`the export is in ${JSON.stringify(output)}`);
  }
  const { fault } = exported.result();
  if (fault === null) return 0;
  terminal.warn(
    `the log is broken at ${fault.file}, line ${fault.line}: ${fault.detail}; the export ends before it`,
  );
  return BROKEN;
}

async function show(invocation: Invocation): Promise<number> {
  const format = formatOf(invocation, ["text", "json"]) ?? "text";
  const { options, terminal } = invocation;
  const { lastEvidence } = await import("../app/evidence-log.ts");
  const entries = lastEvidence(
    options.text("evidence"),
    numberOf(options.text("number")),
    surroundingsOf(invocation),
  );
  await terminal.print(
    format === "json"
      ? `${JSON.stringify({ schema: "bulwark.dev/evidence-entries/v1", entries }, null, 2)}\n`
      : entriesText(entries, terminal),
  );
  return 0;
}

function formatOf({ options, args }: Invocation, allowed: readonly string[]): string | null {
  const format = options.text("format");
  if (format === null || allowed.includes(format)) return format;
  throw new AppError(
    "usage",
    `cannot use --format ${format} with evidence ${args[0]}: not one of ${allowed.join(", ")}`,
  );
}

function numberOf(text: string | null): number {
  if (text === null) return ENTRIES;
  const number = Number(text);
  if (Number.isInteger(number) && number > 0 && number <= ENTRIES_MAX) return number;
  throw new AppError(
    "usage",
    `cannot show ${JSON.stringify(text.slice(0, 30))} entries: not 1 to ${ENTRIES_MAX}`,
    { hint: "as in bulwark evidence show -n 50" },
  );
}
