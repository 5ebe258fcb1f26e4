import { runGate } from "../app/gate.ts";
import { type LoadedPolicy, loadPolicy } from "../app/policy.ts";
import { unknownRules } from "../app/policy-exceptions.ts";
import { testPolicy } from "../app/policy-test.ts";
import { reportGate } from "../app/report.ts";
import { palette } from "../kit/colour.ts";
import { padRight, visible } from "../kit/display.ts";
import { AppError } from "../kit/error.ts";
import { count, list } from "../kit/phrase.ts";
import { jointGateAnswer } from "../model/gate-answer.ts";
import type { AttachedSelector, FindingSelector, Registries, Rule } from "../model/policy.ts";
import { chosenAction } from "./actions.ts";
import { type Command, type Invocation, surroundingsOf } from "./command.ts";
import { ANSWER_FORMAT, OFFLINE, TRUST } from "./option-specs.ts";
import { TARGET_OPTIONS, targetsRequest } from "./target-options.ts";
import { failureText } from "./terminal.ts";

export const policyCommand: Command = {
  name: "policy",
  summary: "check, explain and test a policy, and preview what it would deny",
  usage: [
    "policy lint [POLICY…]",
    "policy explain [POLICY]",
    "policy test FILE…",
    "policy preview [POLICY] [options]",
  ],
  details: [
    "POLICY is a file, or a built-in pack: startup, strict. Without one it is bulwark.yaml, or the pack startup where there is no such file.",
    "lint ends with 2 when a policy cannot be used, and warns of exceptions for rules that none of the policies has; test ends with 3 when a case is not as it must be; preview asks about everything that runs on this host, and denies nothing.",
  ],
  options: {
    platform: TARGET_OPTIONS.platform,
    exceptions: TARGET_OPTIONS.exceptions,
    vex: TARGET_OPTIONS.vex,
    trust: TRUST,
    offline: OFFLINE,
    db: { type: "string", value: "DIR", summary: "use the advisory store in this folder" },
    format: ANSWER_FORMAT,
  },
  examples: [
    ["bulwark policy lint", "can bulwark.yaml be used?"],
    ["bulwark policy explain strict", "what a built-in pack asks, rule by rule"],
    ["bulwark policy test policy-test.yaml", "does the policy say what it is meant to say?"],
    ["bulwark policy preview strict", "what would be denied of what runs here now?"],
  ],
  run: (invocation) => {
    const [name = "", ...args] = invocation.args;
    return chosenAction("policy", name, ACTIONS)(invocation, args);
  },
};

type Action = (invocation: Invocation, args: readonly string[]) => Promise<number>;

const ACTIONS: ReadonlyMap<string, Action> = new Map([
  ["lint", lint],
  ["explain", explain],
  ["test", test],
  ["preview", preview],
]);

async function lint({ terminal, options }: Invocation, args: readonly string[]): Promise<number> {
  const policies: LoadedPolicy[] = [];
  for (const named of args.length === 0 ? [null] : args) policies.push(await loadPolicy(named));
  const unknown = await unknownRules(options.text("exceptions"), policies);
  for (const text of unknown) terminal.warn(text);
  const summaries = policies.map(({ summary }) => summary);
  const text = summaries
    .map(
      ({ name, path, rules, digest }) =>
        `${visible(path ?? name)}: policy ${visible(name)}, ${count(rules, "rule")}, ${digest.slice(0, 19)}\n`,
    )
    .join("");
  await terminal.print(options.text("format") === "json" ? json({ policies: summaries }) : text);
  return 0;
}

async function explain(invocation: Invocation, args: readonly string[]): Promise<number> {
  const { terminal, options } = invocation;
  const { summary, rules, policy } = await loadPolicy(onlyOne(args, "explain"));
  if (options.text("format") === "json") {
    await terminal.print(json({ policy: summary, rules, problems: policy.problems }));
    return 0;
  }
  const { bold, dim } = palette(terminal.colour);
  const problems = Object.entries(policy.problems).map(
    ([code, effect]) => `    ${code}: ${effect}`,
  );
  const lines = [
    bold(visible(`policy ${summary.name}, ${count(rules.length, "rule")}`)),
    ...rules.flatMap((rule) => [
      "",
      `${bold(padRight(rule.effect, 5))} ${bold(visible(rule.id))}${dim(` at ${list(rule.stages)}${rule.owner === null ? "" : visible(`, owner ${rule.owner}`)}`)}`,
      `      ${visible(conditionOf(rule))}`,
      ...(rule.fix === null ? [] : [`      fix: ${visible(rule.fix)}`]),
    ]),
    ...registriesText(policy.registries).map((line) => visible(line)),
    ...(problems.length === 0 ? [] : ["", bold("problems"), ...problems]),
  ];
  await terminal.print(`${lines.join("\n")}\n`);
  return 0;
}

function registriesText(registries: Registries | null): string[] {
  if (registries === null) return [];
  const { allowed, denied, immutable } = registries;
  const said = Object.entries({ allowed: allowed ?? [], denied, immutable })
    .filter(([, entries]) => entries.length > 0)
    .map(([word, entries]) => `    ${word}: ${list([...entries])}`);
  return ["", "registries", ...said];
}

function conditionOf(rule: Rule): string {
  if (rule.kind === "check")
    return `check ${rule.check}${rule.version === null ? "" : ` as of v1.${rule.version}`}`;
  if (rule.kind === "written") return `${rule.about}: ${rule.when}`;
  if (rule.kind === "attached") return attachedText(rule.wants);
  return `findings that ${selectorText(rule.findings)}`;
}

function attachedText(wants: AttachedSelector): string {
  const { what, type, by, policy, where, maxAgeHours } = wants;
  const parts = [
    what === "attestation" ? `attested (${type})` : what === "signature" ? "signed" : "passed",
    policy === null ? "" : `by policy ${policy}`,
    by === null ? "by anybody in the trust file" : `by ${list([...by])}`,
    maxAgeHours === null ? "" : `not more than ${maxAgeHours} h ago`,
    where === null ? "" : `where ${where}`,
  ];
  return `the image is ${parts.filter((part) => part !== "").join(" ")}`;
}

function selectorText(selector: FindingSelector): string {
  const { atLeast, fixable, knownExploited, priorityMin, olderThanDays } = selector;
  const parts = [
    atLeast === null ? "" : `reach ${atLeast}`,
    knownExploited === null ? "" : `are ${knownExploited ? "" : "not "}known to be exploited`,
    fixable === null ? "" : `have ${fixable ? "a" : "no"} fix`,
    priorityMin === null ? "" : `have a priority of ${priorityMin} or more`,
    olderThanDays === null ? "" : `were published ${olderThanDays} or more days ago`,
  ].filter((part) => part !== "");
  return parts.length === 0 ? "are there" : list(parts);
}

async function test({ terminal, options }: Invocation, args: readonly string[]): Promise<number> {
  if (args.length === 0)
    throw new AppError("usage", "cannot test: name a file of tests", {
      hint: "as in bulwark policy test policy-test.yaml; its form is described in docs/guide/policy.md",
    });
  const files = [];
  for (const path of args) files.push({ path, cases: await testPolicy(path) });
  const all = files.flatMap(({ cases }) => cases);
  const failed = all.filter(({ passed }) => !passed).length;
  if (options.text("format") === "json") {
    await terminal.print(json({ files, passed: all.length - failed, failed }));
    return failed === 0 ? 0 : 3;
  }
  const { green, red } = palette(terminal.colour);
  const lines = files.flatMap(({ path, cases }) =>
    cases.flatMap(({ name, line, passed, wanted, got, reasons }) =>
      passed
        ? [`${green("ok    ")} ${visible(name)}`]
        : [
            `${red("FAILED")} ${visible(`${name} (${path}:${line})`)}`,
            `       wanted ${visible(wanted)}`,
            `       got    ${visible(got)}`,
            ...reasons.map((reason) => `              ${visible(reason)}`),
          ],
    ),
  );
  await terminal.print(`${lines.join("\n")}\n${all.length - failed} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 3;
}

async function preview(invocation: Invocation, args: readonly string[]): Promise<number> {
  const { terminal, options } = invocation;
  const run = await runGate(
    {
      ...targetsRequest([], RUNNING, "preview"),
      platform: null,
      exceptions: options.text("exceptions"),
      vex: options.texts("vex"),
      offline: options.flag("offline"),
      db: options.text("db"),
      evidence: null,
      policy: onlyOne(args, "preview"),
      trust: options.text("trust"),
      attest: null,
      stage: "run",
      isPreview: true,
      overrides: { files: [], keys: [] },
    },
    surroundingsOf(invocation),
  );
  for (const { error } of run.failures) process.stderr.write(failureText(error));
  if (run.gate.results.length === 0) {
    if (run.failures.length === 0) terminal.hint("no container runs here, so nothing was asked");
    return run.failures.length === 0 ? 0 : 1;
  }
  const { width, colour } = terminal;
  const format = options.text("format") === "json" ? "json" : "table";
  await terminal.print(await reportGate(run.gate, format, { width, colour, command: "preview" }));
  terminal.note(`nothing was denied, this is a preview: ${jointGateAnswer(run.gate)}`);
  return run.failures.length === 0 ? 0 : 1;
}

const RUNNING = {
  flag: (name: string) => name === "running",
  text: () => null,
  texts: () => [],
};

function onlyOne(args: readonly string[], action: string): string | null {
  if (args.length < 2) return args[0] ?? null;
  throw new AppError("usage", `cannot ${action} several policies at once`, {
    hint: `name one: bulwark policy ${action} POLICY`,
  });
}

function json(facts: object): string {
  return `${JSON.stringify({ schema: "bulwark.dev/policy/v1", ...facts }, null, 2)}\n`;
}
