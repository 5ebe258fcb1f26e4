import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { JsonRecords } from "./json-records.ts";

interface Read {
  readonly values: unknown[];
  readonly lines: number[];
  readonly damage: string[];
  readonly strangers: number[];
}

function read(text: string | Uint8Array, pieceBytes = 1 << 20, bytesMax = 1 << 20): Read {
  const bytes = typeof text === "string" ? Buffer.from(text) : text;
  const all: Read = { values: [], lines: [], damage: [], strangers: [] };
  const records = new JsonRecords(
    {
      record: ({ value, line }) => {
        all.values.push(value);
        all.lines.push(line);
      },
      damage: (line, detail) => all.damage.push(`${line}: ${detail}`),
      stranger: (line) => all.strangers.push(line),
    },
    bytesMax,
    ["items", "events"],
  );
  for (let at = 0; at < bytes.length; at += pieceBytes)
    records.push(bytes.subarray(at, at + pieceBytes));
  records.finish();
  return all;
}

const A = { a: 'x{[,]}"\\' };
const B = { b: [{ items: [1] }] };

describe("values come out of", () => {
  test.each<[string, string, unknown[], number[]]>([
    ["lines", '{"a":1}\n{"a":2}\n', [{ a: 1 }, { a: 2 }], [1, 2]],
    [
      "lines of Windows with blanks and a byte order mark",
      '\ufeff{"a":1}\r\n\r\n  {"a":2}\r\n',
      [{ a: 1 }, { a: 2 }],
      [1, 3],
    ],
    ["a last line without its end", '{"a":1}\n{"a":2}', [{ a: 1 }, { a: 2 }], [1, 2]],
    [
      "one behind the other on a line",
      `${JSON.stringify(A)}${JSON.stringify(B)} {"c":1}\n{"d":1}`,
      [A, B, { c: 1 }, { d: 1 }],
      [1, 1, 1, 2],
    ],
    [
      "one printed over lines",
      `${JSON.stringify(A, null, 2)}\n${JSON.stringify(B, null, 2)}\n`,
      [A, B],
      [1, 4],
    ],
    ["a list printed over lines", JSON.stringify([A, B], null, 2), [A, B], [2, 5]],
    [
      "a list with an element on each line",
      `[\n${JSON.stringify(A)},\n${JSON.stringify(B)}\n]\n`,
      [A, B],
      [2, 3],
    ],
    [
      "a member that is a list of them, printed over lines",
      JSON.stringify({ kind: "List", x: [{ no: 1 }], events: [A, B], y: [{ no: 2 }] }, null, 2),
      [A, B],
      [9, 12],
    ],
    [
      "lines with a time before them",
      '2026-11-01T00:00:00.000Z {"a":1}\n2026-11-01T00:00:00Z stdout F {"a":2}\n',
      [{ a: 1 }, { a: 2 }],
      [1, 2],
    ],
  ])("%s", (_, text, values, lines) => {
    const found = read(text);
    expect(found).toEqual({ values, lines, damage: [], strangers: [] });
  });
});

describe("damage is told, and what comes after it is read:", () => {
  test.each<[string, string | Uint8Array, Read]>([
    [
      "a line that was cut off",
      '{"a":1}\n{"a":{"b":"x\n{"a":2}\n',
      { values: [{ a: 1 }, { a: 2 }], lines: [1, 3], damage: ["2: it is cut off"], strangers: [] },
    ],
    [
      "a line that was cut off outside of a text",
      '{"a":{"b":1\n{"a":2}\n',
      { values: [{ a: 2 }], lines: [2], damage: ["1: it is cut off"], strangers: [] },
    ],
    [
      "no JSON in brackets",
      '{a:1}\n{"a":2}\n',
      { values: [{ a: 2 }], lines: [2], damage: ["1: it is not JSON"], strangers: [] },
    ],
    [
      "the last line",
      '{"a":2}\n{"a":',
      { values: [{ a: 2 }], lines: [1], damage: ["2: it is cut off"], strangers: [] },
    ],
    [
      "lines of something else",
      'I1101 klog {"a":1}\nplain\n{"a":2}\n',
      { values: [{ a: 2 }], lines: [3], damage: [], strangers: [1, 2] },
    ],
    [
      "bytes",
      Uint8Array.of(0, 1, 0xff, 0xfe, 10, 0x7b, 0x7d, 10),
      { values: [{}], lines: [2], damage: [], strangers: [1] },
    ],
  ])("%s", (_, text, wanted) => {
    expect(read(text)).toEqual(wanted);
    expect(read(text, 1)).toEqual(wanted);
  });
});

describe("a line that is too long", () => {
  const long = JSON.stringify({ a: "x".repeat(300) });
  test.each([1, 7, 1000])("is told, in pieces of %d bytes, and the rest is read", (piece) => {
    const found = read(`{"a":1}\n${long}\n{"a":2}\n`, piece, 200);
    expect(found.values).toEqual([{ a: 1 }, { a: 2 }]);
    expect(found.damage).toEqual(["2: it is longer than 200 bytes"]);
  });

  test.each([1, 7, 1000])(
    "is read when it is a list of short values, in pieces of %d bytes",
    (piece) => {
      const items = Array.from({ length: 50 }, (_, i) => ({ i }));
      expect(read(JSON.stringify({ kind: "L", items }), piece, 200).values).toEqual(items);
      expect(read(JSON.stringify(items), piece, 200).values).toEqual(items);
    },
  );

  test("of a list that has a long value loses that one alone", () => {
    const found = read(JSON.stringify({ items: [{ a: 1 }, JSON.parse(long), { a: 2 }] }), 50, 200);
    expect(found.values).toEqual([{ a: 1 }, { a: 2 }]);
    expect(found.damage).toEqual(["1: it is longer than 200 bytes"]);
  });
});

describe("for all values", () => {
  const value = fc.dictionary(
    fc.string().filter((key) => key !== "__proto__"),
    fc.jsonValue(),
  );
  const printing = fc.constantFrom<(all: object[]) => string>(
    (all) => all.map((one) => JSON.stringify(one)).join("\n"),
    (all) => all.map((one) => JSON.stringify(one)).join(""),
    (all) => all.map((one) => JSON.stringify(one, null, 1)).join("\n"),
    (all) => JSON.stringify({ kind: "L", items: all, other: [{ x: [{}] }] }, null, 2),
  );

  test("the printing and the pieces do not matter", () => {
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1 }),
        printing,
        fc.integer({ min: 1, max: 50 }),
        (all, print, piece) => {
          // A top object that has a list under one of the names is a list.
          const plain = all.filter((one) => !("items" in one) && !("events" in one)) as object[];
          fc.pre(plain.length > 0);
          const found = read(print(plain), piece);
          const whole =
            found.values.length === 1 && plain.length !== 1
              ? (found.values[0] as { items: unknown[] }).items
              : found.values;
          const unwrapped =
            (found.values[0] as { kind?: string; items?: unknown[] } | undefined)?.kind === "L"
              ? (found.values[0] as { items: unknown[] }).items
              : whole;
          expect(unwrapped).toEqual(JSON.parse(JSON.stringify(plain)));
          expect(found.damage).toEqual([]);
        },
      ),
    );
  });

  test("no bytes make it throw", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.integer({ min: 1, max: 50 }),
        (bytes, piece) => {
          read(bytes, piece, 100);
        },
      ),
    );
  });
});
