import { checkRules, type NeededEvent, type RulesCheck } from "../app/check-rules.ts";
import { listedRules } from "../app/own-rules.ts";
import { palette } from "../kit/colour.ts";
import { visible } from "../kit/display.ts";
import { AppError } from "../kit/error.ts";
import { count, list } from "../kit/phrase.ts";
import { chosenAction } from "./actions.ts";
import type { Command, Invocation } from "./command.ts";
import { ANSWER_FORMAT } from "./option-specs.ts";
import type { Terminal } from "./terminal.ts";

export const rulesCommand: Command = {
  name: "rules",
  summary: "check rules for what runs, in Falco's language, and see what they ask of the sensor",
  usage: ["rules check FILE… [options]", "rules list [options]"],
  details: [
    "list shows the rules that are built in, with their priority and their techniques of MITRE ATT&CK; they are asked where no rules are named, and --rules bulwark names them beside files.",
    "FILE is in Falco's language; files are read in order, and each sees the lists, macros and rules of those before it. docs/guide/runtime-rules.md tells what is understood.",
    "The exit code is 2 when a rule cannot be used, and 1 when no rule would be asked. Names of kinds of errors and warnings are those of Falco.",
  ],
  options: {
    unused: {
      type: "boolean",
      summary: "name each list and macro that no rule uses, instead of counting them",
    },
    format: ANSWER_FORMAT,
  },
  takes: {
    check: ["unused", "format"],
    list: ["format"],
  },
  examples: [
    ["bulwark rules list", "what is built in"],
    ["bulwark rules check falco_rules.yaml ours.yaml", "can these be used, one upon the other?"],
    [
      "bulwark rules check ours.yaml --format json",
      "each rule with the events that it is asked about",
    ],
  ],
  run: (invocation) => {
    const [name = "", ...args] = invocation.args;
    return chosenAction("rules", name, ACTIONS)(invocation, args);
  },
};

type Action = (invocation: Invocation, args: readonly string[]) => Promise<number>;

const ACTIONS: ReadonlyMap<string, Action> = new Map([
  ["check", check],
  ["list", listOwn],
]);

async function listOwn(
  { terminal, options }: Invocation,
  [extra]: readonly string[],
): Promise<number> {
  if (extra !== undefined) throw new AppError("usage", "cannot list rules: list takes no argument");
  const rules = listedRules();
  const width = Math.max(...rules.map(({ id }) => id.length));
  const { dim } = palette(terminal.colour);
  const lines = rules.map(
    ({ id, priority, title, techniques }) =>
      `${id.padEnd(width)}  ${priority.padEnd(8)}  ${title} ${dim(`(${techniques.join(", ")})`)}`,
  );
  const text =
    options.text("format") === "json"
      ? JSON.stringify({ schema: "bulwark.dev/rules-list/v1", rules }, null, 2)
      : lines.join("\n");
  await terminal.print(`${text}\n`);
  return 0;
}

const CANNOT_BE_USED = 2;
/** Nothing is wrong, but whoever watches by these files alone would hear nothing. */
const ASKS_NOTHING = 1;

async function check({ terminal, options }: Invocation, args: readonly string[]): Promise<number> {
  if (args.length === 0)
    throw new AppError("usage", "cannot check rules: name a file", {
      hint: "as in bulwark rules check rules.yaml",
    });
  const checked = await checkRules(args);
  const isAsking = checked.rules.some((rule) => rule.enabled);
  const exitCode = checked.hasErrors ? CANNOT_BE_USED : isAsking ? 0 : ASKS_NOTHING;
  const text =
    options.text("format") === "json"
      ? `${JSON.stringify({ schema: "bulwark.dev/rules-check/v1", ...checked, exitCode }, null, 2)}\n`
      : textOf(checked, options.flag("unused"), terminal);
  await terminal.print(text);
  return exitCode;
}

const UNUSED: ReadonlySet<string> = new Set(["LOAD_UNUSED_LIST", "LOAD_UNUSED_MACRO"]);

function textOf(checked: RulesCheck, isUnusedShown: boolean, terminal: Terminal): string {
  const shown = checked.messages.filter(({ code }) => isUnusedShown || !UNUSED.has(code));
  const hidden = checked.messages.length - shown.length;
  const lines = shown.flatMap((message) => messageLines(message, terminal));
  const { dim, red, green } = palette(terminal.colour);
  const enabled = checked.rules.filter((rule) => rule.enabled).length;
  const usable = enabled > 0 ? green("can be used") : red("asks nothing, and is refused alone");
  const verdict = checked.hasErrors ? red("cannot be used") : usable;
  const parts = [
    `${count(checked.rules.length, "rule")} (${enabled} enabled)`,
    count(checked.lists, "list"),
    count(checked.macros, "macro"),
  ];
  return `${[
    ...lines,
    `${verdict}: ${list(parts)}`,
    ...eventLines(checked.events),
    ...(hidden === 0
      ? []
      : [
          dim(`${count(hidden, "list or macro", "lists and macros")} that no rule uses (--unused)`),
        ]),
  ].join("\n")}\n`;
}

function messageLines(message: RulesCheck["messages"][number], { colour }: Terminal): string[] {
  const { level, code, subject, place, hint, excerpt } = message;
  const { bold, dim, red, yellow } = palette(colour);
  const where = `${place.path}:${place.line}:${place.column}`;
  const about =
    subject.name === null ? subject.type : `${subject.type} ${JSON.stringify(subject.name)}`;
  const word = level === "error" ? red(level) : yellow(level);
  const caret =
    excerpt === null
      ? []
      : [`    ${visible(excerpt.text)}`, `    ${" ".repeat(Math.max(0, excerpt.at))}^`];
  return [
    `${bold(visible(where))}: ${word}: ${visible(`${about}: ${message.message}`)} ${dim(`(${code})`)}`,
    ...caret,
    ...(hint === null ? [] : [`  hint: ${visible(hint)}`]),
  ];
}

function eventLines(events: readonly NeededEvent[]): string[] {
  if (events.length === 0) return ["no events are needed"];
  const all = events.map(({ event, rules }) => `${event} (${rules})`);
  return [
    `${count(events.length, "kind of event", "kinds of events")} needed, with the rules asked of each: ${all.join(", ")}`,
  ];
}
