import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Challenge, parseChallenges } from "./challenge.ts";

type Plain = readonly [scheme: string, parameters: Record<string, string>];

function plain(challenges: readonly Challenge[]): Plain[] {
  return challenges.map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);
}

describe("WWW-Authenticate", () => {
  test.each<readonly [string, readonly Plain[]]>([
    ['Basic realm="lab"', [["basic", { realm: "lab" }]]],
    [
      'Bearer realm="https://auth.test/token",service="registry.test",scope="repository:a/b:pull,push"',
      [
        [
          "bearer",
          {
            realm: "https://auth.test/token",
            service: "registry.test",
            scope: "repository:a/b:pull,push",
          },
        ],
      ],
    ],
    ['bearer Realm = "x" , Service=y', [["bearer", { realm: "x", service: "y" }]]],
    [
      'Negotiate, Basic realm="a, b", Bearer realm="c"',
      [
        ["negotiate", {}],
        ["basic", { realm: "a, b" }],
        ["bearer", { realm: "c" }],
      ],
    ],
    [
      'Negotiate YWJj==, Basic realm="x"',
      [
        ["negotiate", {}],
        ["basic", { realm: "x" }],
      ],
    ],
    [
      'Basic realm="x", Bearer',
      [
        ["basic", { realm: "x" }],
        ["bearer", {}],
      ],
    ],
    ['Bearer realm="a\\"b\\\\c"', [["bearer", { realm: 'a"b\\c' }]]],
    [
      'Bearer realm="no end, x="y',
      [
        ["bearer", { realm: "no end, x=" }],
        ["y", {}],
      ],
    ],
    ['Bearer realm="no end', [["bearer", { realm: "no end" }]]],
    ['Bearer realm="a",,, ;service="b"', [["bearer", { realm: "a", service: "b" }]]],
    ['Bearer realm="a",realm="b"', [["bearer", { realm: "a" }]]],
    ["Basic realm=", [["basic", {}]]],
    ['Bearer __proto__="x",realm="y"', [["bearer", { ["__proto__"]: "x", realm: "y" }]]],
    ["", []],
    ['="x"', [["x", {}]]],
  ])("%s", (header, wanted) => {
    expect(plain(parseChallenges(header))).toEqual(wanted);
  });

  test("is read as it was written, however it is quoted and spaced", () => {
    const token = fc.stringMatching(/^[a-z][a-z0-9-]{0,10}$/);
    const parameter = fc.tuple(token, fc.string({ maxLength: 30 }));
    const challenge = fc.record({
      scheme: token,
      parameters: fc.uniqueArray(parameter, { minLength: 1, maxLength: 5, selector: ([n]) => n }),
    });
    const blank = fc.constantFrom("", " ", "\t");
    fc.assert(
      fc.property(fc.array(challenge, { maxLength: 4 }), blank, (challenges, space) => {
        const written = challenges.map(({ scheme, parameters }) => {
          const pairs = parameters.map(
            ([name, value]) =>
              `${name}${space}=${space}"${value.replaceAll(/[\\"]/g, (c) => `\\${c}`)}"`,
          );
          return `${scheme} ${pairs.join(`${space},${space}`)}`;
        });
        expect(
          parseChallenges(written.join(", ")).map((c) => [c.scheme, [...c.parameters]]),
        ).toEqual(challenges.map((c) => [c.scheme, c.parameters]));
      }),
    );
  });

  test("of any text is read in linear time", () => {
    const piece = fc.constantFrom('"', "\\", ",", "=", " ", "Basic", "realm", "a", "\u00e9");
    const texts = fc.oneof(
      fc.string(),
      fc.array(piece, { maxLength: 200 }).map((p) => p.join("")),
    );
    fc.assert(fc.property(texts, (header) => void parseChallenges(header)));
    for (const long of ['"', "\\", "a=", 'a="', "a ", ",", 'x "\\']) {
      const begun = performance.now();
      parseChallenges(`Bearer ${long.repeat(1 << 20)}`);
      expect(performance.now() - begun).toBeLessThan(1000);
    }
  });
});
