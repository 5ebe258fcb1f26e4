import type { OverrideAnswer } from "../app/override.ts";
import type { InstalledOverride } from "../app/overrides.ts";
import { visible } from "../kit/display.ts";
import { AppError } from "../kit/error.ts";
import {
  OVERRIDE_ACTIONS,
  OVERRIDE_DAYS_MAX,
  type Override,
  type OverrideAction,
  overrideSubjectText,
  parseOverrideSubject,
} from "../model/override.ts";
import { chosenAction } from "./actions.ts";
import { type Command, type Invocation, type Options, surroundingsOf } from "./command.ts";
import { formatOption } from "./option-specs.ts";
import { keyPassword } from "./password.ts";

const DAYS_CEILING = 90;

export const breakGlassCommand: Command = {
  name: "break-glass",
  summary: "grant a signed override for what is denied, for hours or days; check and place one",
  usage: [
    "break-glass grant --reason TEXT --until TIME --subject S… --key FILE [options]",
    "break-glass check FILE --subject S --key FILE… [options]",
    "break-glass install FILE…",
    "break-glass list [--key FILE…]",
  ],
  details: [
    "An override is a file: a reason, an end, what it is about, and a signature. To check it needs the file, the public key and the clock, and no network or service.",
    "S is a digest, or the name of an image with or without tag and digest; a name without a tag is any tag of it.",
    `It lasts at most ${OVERRIDE_DAYS_MAX} days; --max-days allows more, to whoever grants and to whoever checks. Both are recorded as evidence, and what cannot be recorded is not granted.`,
    "bulwark gate takes an override by its name, with --override. Admission looks into a folder of its host: install puts files there, list tells what lies there. Remove the file to end one early.",
  ],
  options: {
    reason: { type: "string", value: "TEXT", summary: "grant: why, for who reads it later" },
    until: {
      type: "string",
      value: "TIME",
      summary: "grant: 4h, 2d, 2026-11-27 (to the end of the day) or 2026-11-25T18:00:00Z",
    },
    subject: {
      type: "string",
      value: "S",
      multiple: true,
      summary: "digest or name; grant: may be repeated",
    },
    for: {
      type: "string",
      value: OVERRIDE_ACTIONS.join("|"),
      choices: OVERRIDE_ACTIONS,
      multiple: true,
      summary: "what is overridden; grant: may be repeated (default: all), check: default gate",
    },
    key: {
      type: "string",
      value: "FILE",
      multiple: true,
      summary:
        "grant: the private key to sign with; check, list: a trusted public key, may be repeated",
    },
    "max-days": {
      type: "string",
      value: "N",
      summary: `how many days an override may last (default: ${OVERRIDE_DAYS_MAX})`,
    },
    output: { type: "string", value: "FILE", short: "o", summary: "grant: write to a file" },
    evidence: {
      type: "string",
      value: "DIR",
      summary: "record in this log, and fail when that cannot be done",
    },
    format: formatOption(["text", "json"], "check, list: how to answer (default: text)"),
  },
  takes: {
    grant: ["reason", "until", "subject", "for", "key", "max-days", "output", "evidence"],
    check: ["subject", "for", "key", "max-days", "evidence", "format"],
    install: [],
    list: ["key", "format"],
  },
  examples: [
    [
      "bulwark break-glass grant --reason 'shop is down, fix waits for a scan' --until 4h --subject registry.example/shop/api --key break-glass.key -o override.json",
      "four hours for any image of that name",
    ],
    [
      "bulwark break-glass check override.json --subject registry.example/shop/api:1.2 --key break-glass.pub",
      "does it hold for this image, here and now?",
    ],
    ["bulwark break-glass install override.json", "admission on this host will find it"],
  ],
  run: async (invocation) => {
    const [name = "", ...args] = invocation.args;
    return chosenAction("break-glass", name, ACTIONS)(invocation, args);
  },
};

const ACTIONS: ReadonlyMap<string, typeof grant> = new Map([
  ["grant", grant],
  ["check", check],
  ["install", install],
  ["list", list],
]);

async function grant(invocation: Invocation, args: readonly string[]): Promise<number> {
  const { options, terminal } = invocation;
  const [extra] = args;
  if (extra !== undefined)
    throw new AppError(
      "usage",
      `cannot use ${JSON.stringify(extra.slice(0, 100))}: one argument too many`,
    );
  const [key = "", second] = required(options, "key", "grant");
  if (second !== undefined)
    throw new AppError("usage", "cannot grant an override: --key stands twice");
  const [{ grantOverride }, { writeOutput }] = await Promise.all([
    import("../app/override.ts"),
    import("../app/write-output.ts"),
  ]);
  const granted = await grantOverride(
    {
      reason: required(options, "reason", "grant")[0] ?? "",
      until: required(options, "until", "grant")[0] ?? "",
      subjects: required(options, "subject", "grant"),
      actions: actionsOf(options, OVERRIDE_ACTIONS),
      key,
      daysMax: daysOf(options),
      evidence: options.text("evidence"),
    },
    surroundingsOf(invocation),
    () => keyPassword(`password for ${visible(key)}`, process.env),
  );
  const output = options.text("output");
  if (output === null) await terminal.print(granted.text);
  else await writeOutput(output, granted.text);
  const { until, subjects } = granted.override;
  for (const subject of subjects.filter(({ digest }) => digest === null))
    terminal.warn(`${overrideSubjectText(subject)} may be any image; name a digest where you can`);
  terminal.note(`override ${granted.digest} counts until ${until}`);
  return 0;
}

async function check(invocation: Invocation, args: readonly string[]): Promise<number> {
  const { options, terminal } = invocation;
  const [file, extra] = args;
  if (file === undefined || extra !== undefined)
    throw new AppError("usage", "cannot check an override: name one file", {
      hint: "as in bulwark break-glass check override.json --subject IMAGE --key KEY.pub",
    });
  const [subject = "", second] = required(options, "subject", "check");
  const actions = actionsOf(options, ["gate"]);
  if (second !== undefined || actions.length > 1)
    throw new AppError("usage", "cannot check an override: ask for one subject and one --for");
  const { applyOverride } = await import("../app/override.ts");
  const answer = await applyOverride(
    {
      file,
      keys: required(options, "key", "check"),
      subject: parseOverrideSubject(subject),
      action: actions[0] ?? "gate",
      daysMax: daysOf(options),
      evidence: options.text("evidence"),
    },
    "break-glass check",
    surroundingsOf(invocation),
  );
  const exitCode = answer.applied === null ? 3 : 0;
  await terminal.print(
    options.text("format") === "json"
      ? `${JSON.stringify({ schema: "bulwark.dev/override-answer/v1", ...answer, exitCode }, null, 2)}\n`
      : answerText(answer),
  );
  return exitCode;
}

async function install({ terminal }: Invocation, args: readonly string[]): Promise<number> {
  if (args.length === 0)
    throw new AppError("usage", "cannot install an override: name a file", {
      hint: "as in bulwark break-glass install override.json",
    });
  const { installOverride } = await import("../app/overrides.ts");
  for (const file of args) {
    const { override, path } = await installOverride(file, process.env);
    terminal.note(`until ${override.until} it lies in ${JSON.stringify(path)}`);
  }
  return 0;
}

async function list({ options, terminal }: Invocation, args: readonly string[]): Promise<number> {
  if (args.length > 0)
    throw new AppError("usage", "cannot list overrides: nothing is to be named but keys");
  const { installedOverrides } = await import("../app/overrides.ts");
  const keys = options.texts("key");
  const found = await installedOverrides(keys, process.env, (text) => terminal.warn(text));
  const rows = found.map(({ file, digest, key, isOver, override }) => ({
    ...{ file, digest, key, isOver },
    ...override,
  }));
  await terminal.print(
    options.text("format") === "json"
      ? `${JSON.stringify({ schema: "bulwark.dev/overrides/v1", overrides: rows }, null, 2)}\n`
      : rows.map((row) => installedText(row, keys.length > 0)).join(""),
  );
  if (rows.length === 0) terminal.note("no override is installed on this host");
  return 0;
}

function installedText(
  row: Override & Pick<InstalledOverride, "file" | "key" | "isOver">,
  isChecked: boolean,
): string {
  const unsigned = isChecked ? "not signed by these keys" : "signature not looked at";
  const state = row.isOver ? "ended" : row.key === null ? unsigned : "counts";
  return [
    `${state} : until ${row.until}`,
    `reason    ${visible(row.reason)}`,
    `about     ${row.subjects.map(overrideSubjectText).map(visible).join(", ")}`,
    `for       ${row.actions.join(", ")}`,
    `granted   by ${visible(row.grantedBy)} at ${row.grantedAt}`,
    `file      ${visible(row.file)}`,
    "",
  ].join("\n");
}

function answerText({ applied, refusal, override }: OverrideAnswer): string {
  if (applied === null) return `does not hold : ${visible(refusal ?? "")}\n`;
  return [
    `holds : until ${applied.until}`,
    `reason    ${visible(applied.reason)}`,
    `about     ${override.subjects.map(overrideSubjectText).map(visible).join(", ")}`,
    `for       ${override.actions.join(", ")}`,
    `granted   by ${visible(applied.grantedBy)} at ${override.grantedAt}, with key ${applied.key}`,
    `override  ${applied.digest}`,
    "",
  ].join("\n");
}

function required(options: Options, name: string, action: string): readonly string[] {
  const values = options.texts(name);
  if (values.length > 0) return values;
  throw new AppError("usage", `cannot ${action} an override: --${name} is missing`, {
    hint: "bulwark break-glass --help shows the whole line",
  });
}

function actionsOf(
  options: Options,
  otherwise: readonly OverrideAction[],
): readonly OverrideAction[] {
  const named = options.texts("for");
  return named.length === 0 ? otherwise : OVERRIDE_ACTIONS.filter((a) => named.includes(a));
}

function daysOf(options: Options): number | null {
  const text = options.text("max-days");
  if (text === null) return null;
  const days = Number(text);
  if (Number.isInteger(days) && days > 0 && days <= DAYS_CEILING) return days;
  throw new AppError(
    "usage",
    `cannot use --max-days ${JSON.stringify(text.slice(0, 30))}: not 1 to ${DAYS_CEILING}`,
  );
}
