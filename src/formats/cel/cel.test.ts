import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { type CelOptions, compileCel, jsonOfCel } from "./cel.ts";

const DEEP: unknown = JSON.parse(
  '{"spec":{"containers":[{"name":"a","image":"x:1","ports":[80,443]},{"name":"b","securityContext":{"privileged":true}}],"n":3,"f":1.5,"__proto__":{"x":1}}}',
);
const VALUES = { object: DEEP, text: "a😀b", list: [1, 2, 3], big: 2 ** 60, exact: 2n ** 62n };
const VARIABLES = { object: {}, text: {}, list: {}, big: {}, exact: {}, absent: {} };

/** The value as JSON; `error: …` when the run fails, `line:column …` when it does not compile. */
function answer(expression: string, options: Partial<CelOptions> = {}): unknown {
  const { program, fault } = compileCel(expression, { variables: VARIABLES, ...options });
  if (program === null) return `${fault.line}:${fault.column} ${fault.message}`;
  const { value, error } = program.run(VALUES);
  return error === null ? jsonOfCel(value) : `error: ${error.message}`;
}

describe("values from outside", () => {
  test.each([
    [
      "object.spec.containers.all(c, !has(c.securityContext) || c.securityContext.privileged != true)",
      false,
    ],
    ["object.spec.containers.exists(c, c.?securityContext.privileged.orValue(false))", true],
    ["object.spec.containers.map(c, c.name)", ["a", "b"]],
    ["object.spec.containers[0].ports.map(p, p * 2)", [160, 886]],
    ["type(object.spec.n) == int && type(object.spec.f) == double", true],
    ["object.spec.n == 3.0 && object.spec.n == 3u", true],
    ["'n' in object.spec && !('m' in object.spec)", true],
    ["has(object.spec.toString) || has(object.constructor) || has(object.__proto__)", false],
    ["object.spec.__proto__", { x: 1 }],
    ["object.spec.hasOwnProperty", "error: no such key: hasOwnProperty"],
    ["size(object.spec)", 4],
    ["size(text)", 3],
    ["text.charAt(1)", "😀"],
    ["text.substring(2)", "b"],
    ["text.indexOf('b')", 2],
    ["text < 'a\uffff'", false],
    ["big == 1", "error: a whole number beyond 53 bits is not exact"],
    ["exact", "4611686018427387904"],
    ["exact * 2", "error: int overflow"],
    ["absent == 1", 'error: no value for the variable "absent"'],
    ["absent == 1 || true", true],
    ["text.replace('', '-')", "-a-😀-b-"],
    ["text.replace('', '-', 2)", "-a-😀b"],
    ["text.split('')", ["a", "😀", "b"]],
    ["text.reverse()", "b😀a"],
    ["math.greatest(list) + math.least(3, object.spec.n, 2)", 5],
    ["math.greatest(object.spec.n)", 3],
    ["lists.range(3).map(i, i * i)", [0, 1, 4]],
    ["'%s %d %.1f %x'.format([[1, 'a'], 5, 0.25, 255])", "[1, a] 5 0.2 ff"],
  ])("%s", (expression, wanted) => {
    expect(answer(expression)).toEqual(wanted);
  });
});

describe("errors", () => {
  test.each([
    ["1 / 0 > 1 || true", true],
    ["true || 1 / 0 > 1", true],
    ["1 / 0 > 1 && false", false],
    ["1 / 0 > 1 || false", "error: division by zero"],
    ["[0, 1].exists(x, 1 / x == 1)", true],
    ["[0, 1].all(x, 1 / x == 2)", false],
    ["[0, 1].all(x, 1 / x == 1)", "error: division by zero"],
    ["[0, 1].exists_one(x, 1 / x == 1)", "error: division by zero"],
    ["[0, 1].map(x, 1 / x)", "error: division by zero"],
    ["1 / 0 > 1 ? 1 : 2", "error: division by zero"],
    ["false ? 1 / 0 : 2", 2],
    ["optional.of(1).orValue(1 / 0)", 1],
    ["9223372036854775807 + 1", "error: int overflow"],
    ["-9223372036854775808 - 1", "error: int overflow"],
    ["-(-9223372036854775807 - 1)", "error: int overflow"],
    ["9007199254740993 + 0", "9007199254740993"],
    ["9007199254740993 - 9007199254740992", 1],
    ["3037000500 * 3037000500", "error: int overflow"],
    ["3037000499 * 3037000499", "9223372030926249001"],
    ["0u - 1u", "error: uint overflow"],
    ["-7 / 2", -3],
    ["-7 % 2", -1],
    ["1.0 / (0 * -1 == 0 ? -0.0 : 1.0)", "-Infinity"],
    ["1.0 / double(0 * -1)", "Infinity"],
    ["int('9223372036854775808')", "1:1 int overflow"],
    ["int(1e19)", "error: int overflow"],
    ["[1][1]", "error: index out of range: 1"],
    ["{'a': 1}.b", "error: no such key: b"],
    ["0.0 / 0.0 == 0.0 / 0.0", false],
    ["[0.0 / 0.0] == [0.0 / 0.0]", false],
    ["1 in ['1', dyn(2)]", false],
    ["1u in [1] && 1.0 in [1u]", true],
    ["b'\\xff' > b'a'", true],
    ["dyn(1) == dyn('1')", false],
    ["'%d'.format([1.5])", "error: the decimal clause takes whole numbers, not double"],
    ["[1, 1.5].sort()", "error: no such overload: elements of several types have no order"],
    ["lists.range(-1)", "error: a range of -1 elements"],
    ["math.greatest(dyn('a'))", "error: no such overload: math.@greatest(string)"],
    ["dyn(1) < dyn('1')", "error: no such overload: int and string have no order"],
  ])("%s", (expression, wanted) => {
    expect(answer(expression)).toEqual(wanted);
  });
});

describe("faults", () => {
  test.each([
    ["objct.spec", '1:1 undeclared variable "objct"'],
    ["1 +\n  foo(2)", '2:3 undeclared function "foo"'],
    ["size(1, 2)", '1:1 "size" does not take 2 arguments'],
    [
      "startsWith('a', 'b')",
      '1:1 undeclared function "startsWith": it is called as value.startsWith(…)',
    ],
    ["'a'.size(1)", '1:4 "size" does not take 1 arguments'],
    ["1 + 'a'", '1:3 no overload of "+" takes (int, string)'],
    ["1 == 'a'", '1:3 no overload of "==" takes (int, string)'],
    ["[1].all(x, x)", "1:12 expected a value of type bool, found int"],
    ["1foo", "1:1 a number is followed by a letter"],
    ["'a'.foo", '1:4 a value of type string has no field "foo"'],
    ["1 ? 2 : 3", "1:1 expected a value of type bool, found int"],
    ["[1].all(x.y, true)", "1:10 expected the name of a variable"],
    ["[1].all(i, i, true)", '1:12 "i" names two variables'],
    ["has(object)", "1:1 has() takes a selection, as in has(a.b)"],
    [
      "'a'.matches('(?=a)')",
      '1:4 the regular expression "(?=a)" is not supported: a group of this form is unknown',
    ],
    [
      "timestamp('2020-02-30T00:00:00Z')",
      "1:1 a timestamp names a day or an hour that does not exist",
    ],
    ["Foo{a: 1}", "1:4 messages cannot be built: there are no message types here"],
    ["authorizer.path('/x').check('get').allowed()", '1:11 undeclared function "authorizer.path"'],
    ["a = 1", '1:3 "=" is not part of the language'],
    ["1 in", "1:5 expected a value, found the end"],
    ["'abc", "1:1 a text has no end on its line"],
    ["'\\z'", '1:2 "\\\\z" is no escape'],
    ["9223372036854775808", "1:1 a number is outside the range of int"],
    ["{'a': 1, 'a': 2}", "1:1 repeated key"],
    ["while", '1:1 "while" is reserved and cannot name a variable or function'],
    [
      "list.map(a, list.map(b, list.map(c, list.map(d, a + b + c + d))))",
      "1:1 the expression may cost 1514141704, which is more than 10000000: go through smaller lists, or through fewer in one another",
    ],
    [`${"(".repeat(500)}1${")".repeat(500)}`, "1:201 the expression nests more than 200 deep"],
    [`1${" + 1".repeat(500)}`, "1:1599 the expression is more than 400 deep"],
    ["x".repeat(70_000), "1:1 the expression has more than 65536 characters"],
  ])("%.60s", (expression, wanted) => {
    const found = answer(expression);
    if (wanted.includes("may cost")) expect(found).toMatch(/may cost \d+, which is more than/);
    else expect(found).toBe(wanted);
  });

  it("are found in time, however calls nest", () => {
    const nested = `${"math.greatest(".repeat(150)}1${")".repeat(150)}`;
    expect(answer(nested)).toBe(1);
  });

  it("are not thrown by long chains of && and ||", () => {
    expect(answer(`false${" || false".repeat(3_000)} || true`)).toBe(true);
  });
});

describe("cost", () => {
  it("ends an evaluation whose values are larger than declared", () => {
    const variables = { list: { itemsMax: 10 } };
    const { program } = compileCel("list.all(x, list.all(y, x == y))", {
      variables,
      costMax: 50_000,
    });
    const small = program?.run({ list: new Array(10).fill(1) });
    const large = program?.run({ list: new Array(5_000).fill(1) });
    expect(small?.value).toBe(true);
    expect(large?.error).toEqual({
      message: "the expression costs more than it may",
      isOverCost: true,
    });
  });

  it("is not absorbed by || or all", () => {
    const options = { variables: { list: { itemsMax: 1 } }, costMax: 1_000 };
    const { program } = compileCel("list.all(x, list.exists(y, y > x)) || true", options);
    expect(program?.run({ list: new Array(500).fill(1) }).error?.isOverCost).toBe(true);
  });

  it("bounds texts that grow by themselves", () => {
    const doubled = Array.from({ length: 60 }, (_, i) => `cel.bind(a${i + 1}, a${i} + a${i}, `);
    const expression = `cel.bind(a0, text, ${doubled.join("")}a60.size())${")".repeat(60)}`;
    expect(answer(expression)).toMatch(/may cost/);
  });

  it("stays below its estimate while values keep to their bounds", () => {
    const expressions = [
      "list.all(x, list.exists(y, x == y))",
      "list.map(x, x.name + 'a').join(',').contains('b')",
      "list.filter(x, x.name.matches('^a.*b$') || x in list).size()",
      "list == list.map(x, x) && list.distinct().size() > 0",
      "list.map(x, x.name.split('').size()).sum()",
      "list.map(x, '%s-%s'.format([x.name, x]))",
      "list.transformMap(i, x, x.name.replace('a', 'bb')).size()",
      "sets.equivalent(list, list) && list.indexOf('x') < 0",
    ];
    const items = fc.array(fc.record({ name: fc.string({ maxLength: 20 }) }), { maxLength: 8 });
    const variables = { list: { itemsMax: 8, lengthMax: 40 } };
    const programs = expressions.map((source) => compileCel(source, { variables }).program);
    expect(programs).not.toContain(null);
    fc.assert(
      fc.property(items, (list) => {
        for (const program of programs) {
          const { cost } = program?.run({ list }) ?? { cost: Infinity };
          expect(cost).toBeLessThanOrEqual(program?.costMax ?? 0);
        }
      }),
    );
  });
});

/** Sources that get past the lexer more often than any text does. */
const words = fc.constantFrom(
  ..."object text list 1 2u 3.5 'a' b'x' true null ( ) [ ] { } . , : ? + - * / % ! && || == != < <= in has size map all exists x y cel.bind optional.of .? [? matches '(a|b)*' format timestamp duration int string".split(
    " ",
  ),
);

describe("compiling and running", () => {
  it("never throws, whatever the source", () => {
    const run = (source: string): void => {
      const { program } = compileCel(source, { variables: VARIABLES, costMax: 100_000 });
      program?.run(VALUES);
    };
    fc.assert(fc.property(fc.string({ maxLength: 60, unit: "binary" }), run));
    fc.assert(
      fc.property(
        fc.array(words, { maxLength: 25 }).map((all) => all.join(" ")),
        run,
      ),
      {
        numRuns: 2_000,
      },
    );
  });

  it("never throws, whatever the values", () => {
    const { program } = compileCel(
      "object.a.b[0].c == list || list.exists(x, x.name.startsWith(text) && x.n + 1 > x.m) || string(object) == text || object in list",
      { variables: VARIABLES },
    );
    expect(program).not.toBeNull();
    fc.assert(
      fc.property(fc.anything(), fc.anything(), fc.anything(), (object, text, list) => {
        const { value, error } = program?.run({ object, text, list }) ?? { value: 1, error: null };
        expect(value === null || typeof value === "boolean").toBe(true);
        expect(error === null ? "" : error.message).toBeTypeOf("string");
      }),
    );
  });

  it("computes with whole numbers as 64 bits do, or says that it overflows", () => {
    const { program } = compileCel(
      "[a + b, a - b, a * b, b == 0 ? 0 : a / b, b == 0 ? 0 : a % b]",
      {
        variables: { a: {}, b: {} },
      },
    );
    const single = ["a + b", "a - b", "a * b", "a / b", "a % b"].map(
      (source) => compileCel(source, { variables: { a: {}, b: {} } }).program,
    );
    expect(program).not.toBeNull();
    const int = fc.oneof(
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      fc.maxSafeInteger().map(BigInt),
      fc.bigInt({ min: -3n, max: 3n }),
    );
    fc.assert(
      fc.property(int, int, (a, b) => {
        const wanted = [a + b, a - b, a * b, b === 0n ? null : a / b, b === 0n ? null : a % b];
        const found = single.map((one) => one?.run({ a, b }).value ?? null);
        const bounded = wanted.map((big) =>
          big === null || BigInt.asIntN(64, big) !== big ? null : big,
        );
        expect(found.map((whole) => (whole === null ? null : BigInt(whole as number)))).toEqual(
          bounded,
        );
      }),
      { numRuns: 1_000 },
    );
  });
});
