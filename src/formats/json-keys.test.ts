import { describe, expect, it } from "vitest";
import { repeatedJsonKey } from "./json-keys.ts";

const ONCE = [
  "{}",
  "[]",
  "null",
  '"a"',
  '{"a":1,"b":{"a":2},"c":[{"a":3},{"a":4}]}',
  '{"a":"\\"a\\":1","b":"a"}',
  ' { "a" : 1 , "b" : [ "a" , "b" ] } ',
  '{"__proto__":1,"constructor":2,"1":3,"01":4}',
  '{"":1," ":2}',
  '{"a":"\\\\","b":"{\\"a\\":"}',
];

/** Text, and where the second one is written. */
const TWICE: readonly (readonly [string, number])[] = [
  ['{"a":1,"a":2}', 7],
  ['{"a":1,"\\u0061":2}', 7],
  ['{"b":{"a":1,"a":2},"c":1}', 12],
  ['[{"a":1},{"a":[],"b":0,"a":{}}]', 23],
  ['{"__proto__":{},"__proto__":{}}', 16],
  ['{"1":0,"1":0}', 7],
  ['{"a":{"x":1},"a":{"y":1,"z":2}}', 13],
];

describe("members that stand twice", () => {
  it.each(ONCE)("are not in %s", (text) => {
    expect(repeatedJsonKey(text, JSON.parse(text))).toBeNull();
  });

  it.each(TWICE)("are in %s", (text, at) => {
    expect(repeatedJsonKey(text, JSON.parse(text))?.second).toBe(at);
  });

  it("are found in what is nested deeply", () => {
    const depth = 100_000;
    const text = `${"[".repeat(depth)}{"a":1,"a":1}${"]".repeat(depth)}`;
    expect(repeatedJsonKey(text, JSON.parse(text))?.second).toBe(depth + 7);
  });
});
