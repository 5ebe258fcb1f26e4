import { readFileSync } from "node:fs";
import { describe, expect, it, test } from "vitest";
import { describeShared, sharedPath } from "../../test/shared.ts";
import type { RuleMessageCode } from "../formats/falco/message.ts";
import { printCondition } from "../formats/falco/print-condition.ts";
import { type LoadedRules, loadRules } from "./rules.ts";

function fixture(path: string): string {
  return readFileSync(sharedPath(`fixtures/runtime/${path}`), "utf8");
}

function loaded(...texts: readonly string[]): LoadedRules {
  return loadRules(texts.map((text, i) => ({ path: `rules-${i + 1}.yaml`, text })));
}

interface WantedMessage {
  readonly type: "error" | "warning";
  readonly present: boolean;
  readonly message: string | null;
  readonly const: string | null;
}

interface LoaderTest {
  readonly test: string;
  readonly sources: Readonly<Record<string, string>>;
  readonly expect: readonly { readonly load: string; readonly ok: boolean }[];
  readonly messages: readonly WantedMessage[];
  readonly compiled: readonly { readonly rule: string; readonly compiled: string }[];
  readonly describe: readonly { readonly info: string; readonly equals: string }[];
  readonly num_rules: readonly number[];
}

/** Falco's messages are told by their codes and by what they quote: the words are ours. */
const CODES: Readonly<Record<string, RuleMessageCode>> = {
  WARNING_APPEND: "LOAD_DEPRECATED_ITEM",
  WARNING_ENABLED: "LOAD_DEPRECATED_ITEM",
  WARNING_NO_EVTTYPE: "LOAD_NO_EVTTYPE",
  ERROR_OVERRIDE_APPEND: "LOAD_ERR_YAML_VALIDATE",
  ERROR_NO_PREVIOUS_MACRO: "LOAD_ERR_VALIDATE",
  ERROR_NO_PREVIOUS_LIST: "LOAD_ERR_VALIDATE",
  ERROR_NO_PREVIOUS_RULE_APPEND: "LOAD_ERR_VALIDATE",
  ERROR_NO_PREVIOUS_RULE_REPLACE: "LOAD_ERR_VALIDATE",
};

const BY_BEGINNING: readonly (readonly [string, RuleMessageCode])[] = [
  ["Key '", "LOAD_ERR_YAML_VALIDATE"],
  ["An append override", "LOAD_ERR_YAML_VALIDATE"],
  ["Unexpected key", "LOAD_ERR_YAML_VALIDATE"],
  ["'enabled' was specified", "LOAD_ERR_YAML_VALIDATE"],
  ["Item has no mapping", "LOAD_ERR_YAML_VALIDATE"],
  ["Unable to parse engine", "LOAD_ERR_YAML_VALIDATE"],
  ["Rule has been re-defined", "LOAD_ERR_VALIDATE"],
  ["Unknown key", "LOAD_UNKNOWN_ITEM"],
  ["Overriding/appending exception", "LOAD_APPEND_NO_VALUES"],
  ["Multiple definitions", "LOAD_EXCEPTION_NAME_NOT_UNIQUE"],
  ["Macro has an invalid name", "LOAD_INVALID_MACRO_NAME"],
  ["List has an invalid name", "LOAD_INVALID_LIST_NAME"],
  ["evt.dir", "LOAD_COMPILE_CONDITION"],
  ["usage of deprecated field", "LOAD_COMPILE_OUTPUT"],
  ["'", "LOAD_ERR_VALIDATE"],
  ["comps must be", "LOAD_ERR_VALIDATE"],
];

function isSaid({ messages }: LoadedRules, wanted: WantedMessage): boolean {
  const begun = BY_BEGINNING.find(([beginning]) => wanted.message?.startsWith(beginning))?.[1];
  const code = CODES[wanted.const ?? ""] ?? begun;
  if (code === undefined) throw new Error(`no code for ${wanted.message ?? wanted.const}`);
  const quoted = wanted.message?.match(/'[^']*'|^evt\.dir$/g)?.at(0) ?? "";
  return messages.some(
    (one) =>
      one.level === wanted.type &&
      one.code === code &&
      one.message.includes(quoted.replaceAll(/^'evt|dir'$/g, (edge) => edge.replace("'", ""))),
  );
}

function described(
  {
    sensor: {
      rules: [first],
    },
  }: LoadedRules,
  info: string,
): string | undefined {
  if (first === undefined) return undefined;
  const { conditionText, description, priority, output } = first.rule;
  return {
    condition: conditionText,
    description,
    priority: priority as string,
    output: output.text,
  }[info];
}

function differences(wanted: LoaderTest): string[] {
  const result = loaded(wanted.sources["rules_content"] ?? "");
  const enabled = result.sensor.rules.filter(({ rule }) => rule.isEnabled).length;
  const found = [
    ...wanted.expect.filter(({ ok }) => ok === result.hasErrors).map(({ ok }) => `loads: ${!ok}`),
    ...wanted.messages
      .filter((one) => isSaid(result, one) !== one.present)
      .map((one) => `said: ${JSON.stringify(one)}`),
    ...wanted.compiled
      .filter(({ rule, compiled }) => printed(result, rule) !== compiled)
      .map(({ rule }) => `compiled: ${printed(result, rule)}`),
    ...wanted.describe
      .filter(({ info, equals }) => described(result, info) !== equals)
      .map(({ info }) => `${info}: ${described(result, info)}`),
    ...wanted.num_rules.filter((count) => count !== enabled).map(() => `enabled: ${enabled}`),
  ];
  return found.length === 0 ? [] : [...found, JSON.stringify(result.messages)];
}

function printed({ sensor: { rules } }: LoadedRules, name: string): string {
  const rule = rules.find((one) => one.rule.name === name)?.rule;
  return rule === undefined ? "" : printCondition(rule.condition);
}

interface Validation {
  readonly kind: "AllErrors" | "AllWarnings";
  readonly checks: readonly (readonly [string, string])[];
}

interface ValidationTest {
  readonly test: string;
  readonly rules: readonly string[];
  readonly exit: number;
  readonly validation: readonly Validation[];
}

function isValidated({ messages }: LoadedRules, { kind, checks }: Validation): boolean {
  const wanted = new Map(checks.map(([what, json]) => [what, JSON.parse(json) as string]));
  const level = kind === "AllErrors" ? "error" : "warning";
  return messages.some(
    (one) =>
      one.level === level &&
      one.code === wanted.get("OfCode") &&
      (wanted.get("OfItemType") ?? one.subject.type) === one.subject.type &&
      (wanted.get("OfItemName") ?? one.subject.name) === one.subject.name,
  );
}

describeShared("Falco's tests of its loader", () => {
  it("are answered as wanted", () => {
    const tests = JSON.parse(fixture("rule-loader/rule_loader.json")) as LoaderTest[];
    const missed = tests
      .map((one) => [one.test, ...differences(one)])
      .filter((one) => one.length > 1);
    expect(tests).toHaveLength(98);
    expect(missed).toEqual([]);
  });

  it("are validated as wanted", () => {
    const { rules, tests } = JSON.parse(fixture("rule-loader/falco_testing_validation.json")) as {
      rules: Record<string, { yaml: string }>;
      tests: ValidationTest[];
    };
    const missed = tests.filter(({ rules: names, exit, validation }) => {
      const result = loaded(...names.map((name) => rules[name]?.yaml ?? ""));
      return (
        result.hasErrors !== (exit === 1) || !validation.every((one) => isValidated(result, one))
      );
    });
    expect(tests).toHaveLength(39);
    expect(missed.map(({ test: name }) => name)).toEqual([]);
  });
});

interface StockRule {
  readonly level: string;
  readonly rule: string;
  readonly events: string;
  readonly enabled: boolean;
  readonly priority: string;
  readonly tags: readonly string[];
}

describeShared("the rules that Falco ships", () => {
  const files = { stable: "falco_rules.yaml", incubating: "falco-incubating_rules.yaml" };

  it("load without errors, and without warnings but for what is not used", () => {
    const result = loaded(...Object.values(files).map((name) => fixture(`falco-rules/${name}`)));
    const said = result.messages.filter(({ code }) => !code.startsWith("LOAD_UNUSED"));
    // One rule asks for the name of a host, and without looking names up that has no answer.
    expect(said.map(({ code, subject }) => [code, subject.name])).toEqual([
      ["LOAD_COMPILE_CONDITION", "Contact K8S API Server From Container"],
    ]);
    expect([result.sensor.rules.length, result.lists, result.macros]).toEqual([56, 83, 157]);
  });

  test.each(Object.entries(files))("%s: the same events, priorities and tags", (level, name) => {
    const wanted = (
      JSON.parse(fixture("falco-rules/events_and_fields_per_rule.json")) as StockRule[]
    ).filter((one) => one.level === level);
    const got = loaded(fixture(`falco-rules/${name}`)).sensor.rules.map(({ rule, events }) => ({
      rule: rule.name,
      events: events.isComplement ? "all" : [...events.names].sort().join(),
      enabled: rule.isEnabled,
      priority: rule.priority.toUpperCase().replace("INFORMATIONAL", "INFO"),
      tags: rule.tags,
    }));
    const sorted = wanted.map(({ rule, events, enabled, priority, tags }) => ({
      rule,
      events: events.split(",").sort().join(),
      enabled,
      priority: priority.toUpperCase(),
      tags,
    }));
    expect(new Set(got)).toEqual(new Set(sorted));
  });

  it("need no more events than their conditions name", () => {
    const result = loaded(...Object.values(files).map((name) => fixture(`falco-rules/${name}`)));
    const events = [...result.sensor.engine("first").needs.keys()];
    // 36 are named; a creat has no flags, and the only rule about it asks for them.
    expect(events).toHaveLength(35);
    expect(events).not.toContain("creat");
    expect(events).not.toContain("clone");
  });
});

describe("faults are told with their place", () => {
  const RULE = "desc: d\n  output: o\n  priority: INFO";
  test.each([
    [
      `- rule: r\n  condition: >\n    evt.type = open\n    and proc.nam = x\n  ${RULE}`,
      4,
      9,
      "there is no field proc.nam",
      "did you mean proc.name?",
    ],
    [
      `- list: l\n  items: [a, b, c]\n- rule: r\n  condition: evt.type = open and proc.name in (l) and fd.nme = x\n  ${RULE}`,
      4,
      55,
      "there is no field fd.nme",
      "did you mean fd.name?",
    ],
    [
      `- macro: m\n  condition: evt.type = open and fd.nme = x\n- rule: r\n  condition: m\n  ${RULE}`,
      2,
      34,
      "there is no field fd.nme",
      "did you mean fd.name?",
    ],
    [
      `- rule: r\n  condition: evt.type = opn\n  ${RULE}`,
      2,
      25,
      'there is no event "opn"',
      "did you mean open?",
    ],
    [
      `- rule: r\n  condition: evt.type = open\n  ${RULE}\n- rule: r\n  condition: and (fd.name = x\n  override: {condition: append}`,
      7,
      30,
      'expected ")" to close the expression in brackets instead of the end',
      null,
    ],
    [
      `- rule: r\n  condition: evt.type = open\n  ${RULE.replace("output: o", "output: a %proc.nme b")}`,
      4,
      14,
      "there is no field proc.nme",
      "did you mean proc.name?",
    ],
    [
      `- rule: r\n  condition: evt.type = open and fd.types = file\n  ${RULE}`,
      2,
      34,
      "cannot tell the field fd.types: the sensor sees the descriptor of an event only, and no others of the process",
      expect.stringContaining("skip-if-unknown-filter"),
    ],
    [
      `- macro: a\n  condition: evt.type = open\n- macro: a\n  condition: a or evt.type = creat`,
      4,
      14,
      "macro a is defined by itself",
      null,
    ],
    [`- rule: r\n  a: [`, 2, 7, expect.any(String), null],
  ])("%#", (text, line, column, message, hint) => {
    const [first] = loaded(text).messages.filter(({ level }) => level === "error");
    expect(first).toMatchObject({ message, hint, place: { path: "rules-1.yaml", line, column } });
  });

  it("never throws, whatever is in a file", () => {
    for (const text of [
      "",
      "[]",
      "- []",
      "- - a",
      "- rule: [a]",
      "- macro: {a: b}",
      "&a [*a]",
      "- list: l\n  items: {a: b}",
      "- rule: r\n  exceptions: [a]\n  append: true",
      "- required_plugin_versions: [a]",
      "\0",
      "- ? [a]\n  : b",
      "- list: a\n  items: [a, a]\n- macro: a\n  condition: a in (a)",
    ])
      expect(loaded(text).sensor.rules).toEqual([]);
  });

  it("survives lists and macros that grow without end", () => {
    const lists = Array.from(
      { length: 30 },
      (_, i) => `- list: l${i}\n  items: [l${i + 1}, l${i + 1}, x]`,
    );
    const macros = Array.from(
      { length: 60 },
      (_, i) => `- macro: m${i + 1}\n  condition: m${i} and m${i}`,
    );
    const text = [
      ...lists.reverse(),
      "- macro: m0\n  condition: proc.name in (l0)",
      ...macros,
      `- rule: r\n  condition: evt.type = open and m60\n  ${"desc: d\n  output: o\n  priority: INFO"}`,
    ].join("\n");
    expect(loaded(text).hasErrors).toBe(false);
  });
});
