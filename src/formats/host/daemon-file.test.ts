import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { joined, withOptions } from "./daemon-file.ts";

function edited(text: string, options: Readonly<Record<string, never>> | object): string | null {
  const steps = Object.entries(options).map(([option, value]) => ({ option, value }));
  const parts = withOptions(text, steps);
  return parts === null ? null : joined(text, parts);
}

describe("daemon.json with options set", () => {
  test.each([
    ["", '{\n  "icc": false\n}\n'],
    ["{}", '{\n  "icc": false\n}'],
    ['{"icc":true}\n', '{"icc":false}\n'],
    // The last of two counts, for dockerd as for us.
    ['{"icc": true, "icc": {"a": [1, "}"]} }', '{"icc": true, "icc": false }'],
    ['{\n\t"é": "\\"}",\n\t"n": 1.50\n}', '{\n\t"é": "\\"}",\n\t"n": 1.50,\n\t"icc": false\n}'],
  ])("%j", (text, wanted) => {
    expect(edited(text, { icc: false })).toBe(wanted);
  });

  test.each(["[]", "{", "null", '{"a": 1,}'])("%s is none", (text) => {
    expect(edited(text, { icc: false })).toBeNull();
  });

  test("it says what it said before, and the options", () => {
    const name = fc.oneof(fc.constantFrom("icc", "log-opts", 'a"b', "é"), fc.string());
    const members = fc.dictionary(
      name.filter((one) => one !== "__proto__"),
      fc.jsonValue(),
    );
    const spaces = fc.constantFrom("", "\t", "  ");
    fc.assert(
      fc.property(members, members, spaces, (before, options, space) => {
        const text = JSON.stringify(before, null, space);
        const after: unknown = JSON.parse(edited(text, options) ?? "");
        expect(after).toEqual(JSON.parse(JSON.stringify({ ...before, ...options })));
      }),
    );
  });
});
