import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { describeShared, sharedPath } from "../../../test/shared.ts";
import type { Expression } from "../../formats/falco/condition.ts";
import { fullMatch } from "../../formats/falco/full-match.ts";
import { parseCondition } from "../../formats/falco/parse-condition.ts";
import type { FalcoRule } from "../../formats/falco/rule-set.ts";
import { compileCondition, examineCondition } from "./compile.ts";
import type { CompilerContext, Field, FieldReading, FieldType, FieldValue } from "./contract.ts";
import { RuleEngine } from "./engine.ts";
import { ALL_EVENTS, eventsOf, hasEvent } from "./event-set.ts";
import { LeafMaker } from "./graph.ts";
import type { PreparedRule } from "./prepare.ts";

type Values = Readonly<Record<string, FieldValue | readonly FieldValue[] | null>>;

interface Shape {
  readonly type: FieldType;
  readonly kind?: FieldReading<unknown>["kind"];
  readonly isOperand?: boolean;
}

/** Fields by name, whose values an event has under their names. */
function contextOf(shapes: ReadonlyMap<string, Shape>): CompilerContext<Values> {
  const field = (name: string): Field<Values> | null => {
    const shape = shapes.get(name.replace(/^(evt\.(?:raw)?arg)\..*/, "$1"));
    if (shape === undefined) return null;
    const { type, kind = "one", isOperand = true } = shape;
    const reading = (argument: string | null) =>
      readingOf(kind, argument === null ? name : `${name}[${argument}]`);
    return { type, cost: 1, place: null, isOperand, caution: null, reading };
  };
  const fields = { field, absence: () => null, names: () => [...shapes.keys()] };
  return { fields, regex: fullMatch, eventNames: null };
}

function readingOf(kind: FieldReading<unknown>["kind"], key: string): FieldReading<Values> {
  const many = (event: Values) => (event[key] ?? null) as readonly FieldValue[] | null;
  if (kind === "one") return { kind, read: (event) => (event[key] ?? null) as FieldValue | null };
  if (kind === "any") return { kind, some: (event, found) => (many(event) ?? []).some(found) };
  return { kind, read: many };
}

function answer(
  filter: string,
  shapes: ReadonlyMap<string, Shape>,
  event: Values,
): boolean | string {
  const { expression, fault } = parseCondition(filter);
  if (expression === null) return fault.message;
  const context = contextOf(shapes);
  const examined = examineCondition(expression, new LeafMaker(context));
  const [first] = examined.faults;
  if (first !== undefined) return first.message;
  return compileCondition(expression, context)(event);
}

const TYPES: Readonly<Record<string, FieldType>> = {
  CHARBUF: "text",
  string: "text",
  BOOL: "boolean",
  bool: "boolean",
  BYTEBUF: "bytes",
  IPADDR: "address",
  IPNET: "network",
};

interface FixtureField {
  readonly field: string;
  readonly type: string;
  readonly flags: readonly string[];
}

/** Falco's own fields by their types, and those that its tests make up. */
function falcoFields(): Map<string, Shape> {
  const file = readFileSync(sharedPath("fixtures/runtime/fields/fields.json"), "utf8");
  const shapes = new Map<string, Shape>();
  for (const { field, type, flags } of JSON.parse(file) as FixtureField[]) {
    const isEnds = /^fd\.(?:ip|port|net|proto)$/.test(field);
    const isOperand = !flags.includes("NO_RHS");
    shapes.set(field, { type: TYPES[type] ?? "number", kind: isEnds ? "ends" : "one", isOperand });
  }
  for (const name of ["c.true", "c.false"]) shapes.set(name, { type: "number" });
  for (const name of ["c.singlequote", "c.doublequote"]) shapes.set(name, { type: "text" });
  shapes.set("c.buffer", { type: "bytes" });
  // A printout of what lies around, for reading only.
  shapes.set("evt.around", { type: "text", isOperand: false });
  shapes.set("sample.is_open", { type: "number" });
  shapes.set("sample.tick", { type: "text" });
  shapes.set("sample.proc_name", { type: "text" });
  return shapes;
}

interface Row {
  readonly test: string;
  readonly kind: string;
  readonly filter: string;
  readonly fails?: boolean;
  readonly warnings?: number;
  readonly error?: string;
  readonly result?: boolean;
}

const EVENT: Values = {
  "c.true": 1,
  "c.false": 0,
  "c.singlequote": "hello 'quoted'",
  "c.doublequote": 'hello "quoted"',
  "evt.type": "getcwd",
  "syscall.type": "getcwd",
  "evt.source": "syscall",
  "evt.args": "res=12 path=/test/dir",
  "evt.arg.res": "12",
  "evt.arg[1]": "/test/dir",
  "sample.is_open": 0,
  "sample.tick": "false",
  "sample.proc_name": "init",
};

/** Fields of c.* in the rows about operators are texts: those rows ask what their language has, not what a number can be asked. */
function shapesFor({ test: name }: Row, all: Map<string, Shape>): Map<string, Shape> {
  if (!name.endsWith("supported_operators")) return all;
  return new Map([...all, ["c.true", { type: "text" }]]);
}

function isAsWanted(row: Row, all: Map<string, Shape>): boolean {
  const { kind, filter, fails, warnings, error, result } = row;
  const shapes = shapesFor(row, all);
  if (kind === "run" || kind === "eval") return answer(filter, shapes, EVENT) === result;
  const { expression, fault } = parseCondition(filter);
  const examined =
    expression === null ? null : examineCondition(expression, new LeafMaker(contextOf(shapes)));
  const message = fault?.message ?? examined?.faults[0]?.message ?? null;
  if (kind === "compiles") return (message === null) === result;
  const isSaid = error === undefined || error.endsWith(message ?? "");
  const isWarned = warnings === undefined || (examined?.warnings.length ?? 0) === warnings;
  return (message !== null) === fails && isSaid && isWarned;
}

describeShared("Falco's tests of its compiler", () => {
  it("are answered as wanted", () => {
    const file = sharedPath("fixtures/runtime/filter-language/compiler.json");
    const rows = JSON.parse(readFileSync(file, "utf8")) as Row[];
    const shapes = falcoFields();
    expect(rows).toHaveLength(439);
    expect(rows.filter((row) => !isAsWanted(row, shapes))).toEqual([]);
  });

  it("name the same sets of events", () => {
    const file = sharedPath("fixtures/runtime/filter-language/event_sets.json");
    const rows = JSON.parse(readFileSync(file, "utf8")) as SetRow[];
    expect(rows).toHaveLength(121);
    expect(rows.filter((row) => !isSetAsWanted(row))).toEqual([]);
  });
});

interface SetRow {
  readonly kind: string;
  readonly filter: string;
  readonly expected: string;
  readonly a: string;
  readonly b: string;
}

/** Enough names to tell the sets of the rows apart; the last is in no row. */
const NAMES = ["openat", "close", "connect", "execve", "accept", "mmap", "container", "switch"];
const SETS: Readonly<Record<string, readonly string[]>> = {
  openat_only: ["openat"],
  not_openat: NAMES.filter((name) => name !== "openat"),
  openat_close_only: ["openat", "close"],
  not_openat_close: NAMES.filter((name) => name !== "openat" && name !== "close"),
  all_events: NAMES,
  no_events: [],
};

function namesOf(filter: string): string[] {
  const { expression } = parseCondition(filter);
  if (expression === null) throw new Error(`not read: ${filter}`);
  const set = eventsOf(expression);
  return NAMES.filter((name) => hasEvent(set, name));
}

function isSetAsWanted({ kind, filter, expected, a, b }: SetRow): boolean {
  if (kind === "same_set") return JSON.stringify(namesOf(a)) === JSON.stringify(namesOf(b));
  return JSON.stringify(namesOf(filter)) === JSON.stringify(SETS[expected]);
}

const SHAPES = new Map<string, Shape>([
  ["a.text", { type: "text" }],
  ["a.other", { type: "text" }],
  ["a.number", { type: "number" }],
  ["a.flag", { type: "boolean" }],
  ["a.bytes", { type: "bytes" }],
  ["a.list", { type: "text", kind: "list" }],
  ["a.any", { type: "text", kind: "any" }],
  ["a.ip", { type: "address", kind: "ends" }],
  ["a.net", { type: "network", kind: "ends" }],
  ["a.port", { type: "number", kind: "ends" }],
]);
const IP = {
  "a.ip": ["10.1.2.3", "::ffff:1.1.1.1"],
  "a.net": ["10.1.2.3", "1.1.1.1"],
  "a.port": [40_000, 443],
};

describe("what checks mean", () => {
  test.each<[string, Values, boolean | string]>([
    // A missing value.
    ["a.text = x", {}, false],
    ["a.text != x", {}, false],
    ["not a.text = x", {}, true],
    ["not a.text != x", {}, true],
    ["a.number < 5", {}, false],
    ["a.any != x", {}, false],
    ["a.text exists", {}, false],
    ["a.list exists", { "a.list": [] }, false],
    ["a.text exists", { "a.text": "" }, true],
    ["a.text = val(a.other)", { "a.text": "x" }, false],
    // Texts.
    ["a.text in (x, y)", { "a.text": "y" }, true],
    ["a.text in ()", { "a.text": "" }, false],
    ["a.text intersects (x, y)", { "a.text": "y" }, true],
    ["a.text < 2", { "a.text": "10" }, true],
    ["a.text < val(a.other)", { "a.text": "\u{1f600}", "a.other": "\u{ffff}" }, false],
    ["a.text icontains AbC", { "a.text": "xaBcx" }, true],
    ["a.text glob '*/x?[a-c]'", { "a.text": "/a/b/xyc" }, true],
    ["a.text glob '[!a]*'", { "a.text": "abc" }, false],
    ["a.text iglob '*.LOG'", { "a.text": "/var/x.log" }, true],
    ["a.text regex 'a+'", { "a.text": "aaab" }, false],
    ["a.text regex 'a|ab'", { "a.text": "ab" }, true],
    [
      "a.text regex 'a)|(b'",
      {},
      expect.stringContaining("no regular expression") as unknown as string,
    ],
    ["a.text regex '(a+)+$'", { "a.text": `${"a".repeat(5000)}b` }, false],
    ["a.text startswith anyof (/etc, /usr, /opt, /var, /srv)", { "a.text": "/srvx" }, true],
    ["a.text startswith anyof (/etc, /usr, /opt, /var, /srv)", { "a.text": "/sr" }, false],
    ["a.text endswith anyof (.so, .a, .o, .ko, .😀)", { "a.text": "x.😀" }, true],
    ["a.text contains anyof (ab, abc, x)", { "a.text": "zabz" }, true],
    ["a.text = oneof (x, x)", { "a.text": "x" }, false],
    ["a.text startswith oneof (/a, /a/b)", { "a.text": "/a/b/c" }, false],
    ["a.text != allof (x, y)", { "a.text": "z" }, true],
    ["a.text != anyof (x, y)", { "a.text": "x" }, true],
    // Paths.
    ["a.text pmatch (/var/log)", { "a.text": "/var/log" }, true],
    ["a.text pmatch (/var/log)", { "a.text": "/var/log/x/y" }, true],
    ["a.text pmatch (/var/log)", { "a.text": "/var/logs" }, false],
    ["a.text pmatch (/var/log)", { "a.text": "/var" }, false],
    ["a.text pmatch (/data/*/.ssh, /etc)", { "a.text": "/data/x/.ssh/id" }, true],
    ["a.text pmatch (/data/*/.ssh, /etc)", { "a.text": "/data/x/y/.ssh" }, false],
    ["a.text pmatch (/a/b, /a)", { "a.text": "/a/c" }, true],
    // Numbers.
    ["a.number = 0x10", { "a.number": 16 }, true],
    ["a.number = -1", { "a.number": -1 }, true],
    ["a.number >= 9007199254740993", { "a.number": 9_007_199_254_740_992n }, false],
    ["a.number in (1, 9007199254740993)", { "a.number": 9_007_199_254_740_993n }, true],
    ["a.number = 1.5", {}, '"1.5" is no whole number, which a.number needs'],
    // Booleans and bytes.
    ["a.flag != true", { "a.flag": false }, true],
    ["a.flag = yes", {}, '"yes" is neither true nor false, which a.flag needs'],
    ["a.bytes contains é", { "a.bytes": "\u00c3\u00a9x" }, true],
    ["a.bytes bstartswith c3a9", { "a.bytes": "\u00c3\u00a9x" }, true],
    // Lists and ancestors.
    ["a.list in (a, b, c)", { "a.list": ["a", "c"] }, true],
    ["a.list in (a, b)", { "a.list": ["a", "c"] }, false],
    ["a.list in (a) or a.list in (c)", { "a.list": ["a", "c"] }, false],
    ["a.list intersects (c)", { "a.list": ["a", "c"] }, true],
    ["a.list = a", {}, "a.list is a list and cannot be asked ="],
    ["a.any = b", { "a.any": ["a", "b"] }, true],
    ["a.any != a", { "a.any": ["a", "b"] }, true],
    // Addresses: either end.
    ["a.ip = 1.1.1.1", IP, true],
    ["a.ip != 1.1.1.1", IP, false],
    ["a.ip != 9.9.9.9", IP, true],
    ["a.net in (192.168.0.0/16, 10.0.0.0/8)", IP, true],
    ["a.net = fe80::/10", IP, false],
    ["a.port in (443, 80)", IP, true],
    ["a.ip = 10.0.0.0/8", {}, '"10.0.0.0/8" is not an IP address, which a.ip needs'],
    // Transformers.
    ["b64(a.text) = 'aGVsbG8='", { "a.text": "hello" }, true],
    ["b64(a.text) = 4pyT", { "a.text": "✓" }, true],
    ["basename(a.text) = c", { "a.text": "/a/b/c" }, true],
    ["len(a.text) = 3", { "a.text": "✓" }, true],
    ["len(a.list) > 1", { "a.list": ["a", "b"] }, true],
    ['join("-", (a.text, a.number)) = x-7', { "a.text": "x", "a.number": 7 }, true],
    ['join("-", (a.text, a.number)) exists', { "a.text": "x" }, false],
    ['concat(a.text, ":", a.number) = x:7', { "a.text": "x", "a.number": 7 }, true],
    ['getopt(a.text, "nt:")[t] = 5', { "a.text": "-n -t 5 file" }, true],
    ['getopt(a.text, "nt:")[t] = 5', { "a.text": "-nt5" }, true],
    ['getopt(a.text, "nt:") intersects (t)', { "a.text": "-n file -t5" }, false],
    ["tolower(a.number) = x", {}, "tolower does not take a number: a.number"],
    // What is joined and shared under the hood.
    ["a.text = x or a.text in (y, z) or a.text == w", { "a.text": "w" }, true],
    [
      "not a.text = x and not a.text startswith y and not a.text startswith z",
      { "a.text": "zz" },
      false,
    ],
    ["not a.text = x and not a.text startswith y and not a.text startswith z", {}, true],
    [
      "(a.text = x and a.flag = true) or (a.text = x and a.number = 1)",
      { "a.text": "x", "a.number": 1 },
      true,
    ],
    ["a.txt = x", {}, "there is no field a.txt"],
    ["a_macro", {}, "there is no macro a_macro"],
  ])("%s (%#)", (filter, event, wanted) => {
    expect(answer(filter, SHAPES, event)).toEqual(wanted);
  });

  it("forgets between events", () => {
    const { expression } = parseCondition(
      "(a.text contains x and a.flag = true) or (a.text contains x and a.number = 1)",
    );
    if (expression === null) throw new Error("not read");
    const run = compileCondition(expression, contextOf(SHAPES));
    const yes = { "a.text": "x", "a.number": 1 };
    expect([yes, {}, yes].map(run)).toEqual([true, false, true]);
  });
});

/** Every check by itself, without the graph. */
function plainly(expression: Expression, maker: LeafMaker<Values>, event: Values): boolean {
  switch (expression.kind) {
    case "and":
      return expression.parts.every((part) => plainly(part, maker, event));
    case "or":
      return expression.parts.some((part) => plainly(part, maker, event));
    case "not":
      return !plainly(expression.part, maker, event);
    case "macro":
      throw new Error("no macros here");
    default:
      return maker.leaf(expression).test(event);
  }
}

const CHECKS = fc.oneof(
  fc
    .tuple(
      fc.constantFrom("=", "!=", "startswith", "endswith", "contains", "glob"),
      fc.constantFrom("x", "y", "xy", "yx", "*y"),
    )
    .map(([operator, value]) => `a.text ${operator} ${value}`),
  fc.constantFrom(
    "a.text in (x, y)",
    "a.text in ()",
    "a.text pmatch (x/y, y)",
    "a.list in (x, y)",
    "a.list in (x)",
    "a.list intersects (y)",
    "a.any = x",
    "a.any != y",
    "a.port = 1",
    "a.port != 1",
    "a.number in (1, 2)",
    "a.number > 1",
    "a.text exists",
    "a.text = oneof (x, y, x)",
    "a.flag = true",
    "a.flag exists",
  ),
);
const CONDITIONS = fc.letrec<{ all: string }>((tie) => ({
  all: fc.oneof(
    { maxDepth: 5 },
    CHECKS,
    fc
      .tuple(fc.array(tie("all"), { minLength: 2, maxLength: 5 }), fc.constantFrom(" and ", " or "))
      .map(([parts, word]) => `(${parts.join(word)})`),
    tie("all").map((inner) => `not (${inner})`),
  ),
})).all;
const TEXTS = fc.constantFrom("", "x", "y", "xy", "yx", "x/y");
const EVENTS = fc.record(
  {
    "a.text": TEXTS,
    "a.list": fc.array(TEXTS, { maxLength: 2 }),
    "a.any": fc.array(TEXTS, { maxLength: 2 }),
    "a.port": fc.tuple(fc.nat(2), fc.nat(2)),
    "a.number": fc.nat(3),
    "a.flag": fc.boolean(),
  },
  { requiredKeys: [] },
);

describe("the graph of a condition", () => {
  it("answers as its checks do one by one", () => {
    const context = contextOf(SHAPES);
    fc.assert(
      fc.property(CONDITIONS, fc.array(EVENTS, { maxLength: 6 }), (text, events) => {
        const { expression } = parseCondition(text);
        if (expression === null) throw new Error(`not read: ${text}`);
        const run = compileCondition(expression, context);
        const maker = new LeafMaker(context);
        for (const event of events) expect(run(event)).toBe(plainly(expression, maker, event));
      }),
      { numRuns: 500 },
    );
  });
});

describe("an engine", () => {
  it("says of each event the rules whose checks say so one by one, in their order", () => {
    const context = contextOf(SHAPES);
    fc.assert(
      fc.property(
        // More than are screened together.
        fc.array(CONDITIONS, { minLength: 1, maxLength: 40 }),
        fc.array(EVENTS, { maxLength: 12 }),
        (texts, events) => {
          const rules = texts.map(ruleOf);
          const engine = (matching: "all" | "first"): RuleEngine<Values> =>
            new RuleEngine(rules, new LeafMaker(context), { eventNames: ["open"], matching });
          const [all, first] = [engine("all"), engine("first")];
          const found = (from: RuleEngine<Values>, event: Values): string[] => {
            const names: string[] = [];
            from.run(0, event, ({ rule }) => names.push(rule.name));
            return names;
          };
          for (const event of events) {
            const maker = new LeafMaker(context);
            const wanted = rules
              .filter(({ rule }) => plainly(rule.condition, maker, event))
              .map(({ rule }) => rule.name);
            expect(found(all, event)).toEqual(wanted);
            expect(found(first, event)).toEqual(wanted.slice(0, 1));
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});

function ruleOf(text: string, at: number): PreparedRule<Values> {
  const { expression } = parseCondition(text);
  if (expression === null) throw new Error(`not read: ${text}`);
  const rule = { name: String(at), isEnabled: true, condition: expression } as FalcoRule;
  return { rule, events: ALL_EVENTS, output: () => ({ text: "", fields: {} }) };
}
