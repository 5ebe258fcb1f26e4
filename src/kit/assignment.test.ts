import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Assignments } from "./assignment.ts";

function given(text: string, word: string): unknown {
  const bytes = Buffer.from(text, "latin1");
  const found = new Assignments(bytes, bytes.length).at(text.indexOf(word) + word.length);
  if (found === null) return null;
  return [found.name, found.separator, text.slice(found.valueFrom, found.valueTo), found.isQuoted];
}

test.each([
  ["KEY=value\n", ["KEY", "=", "value", false]],
  ['my_KEY: "a b"', ["my_KEY", ":", "a b", true]],
  ['{"KEY" : "a"}', ["KEY", ":", "a", true]],
  ["<KEY>a</KEY>", ["KEY", ">", "a", false]],
  ["--KEY a", ["--KEY", " ", "a", false]],
  ["- name: KEY\n  value: 'a'\n", ["KEY", ":", "a", true]],
  ['<add key="KEY" value="a"/>', ["KEY", ":", "a", true]],
  ['setenv("KEY", "a")', ["KEY", ",", "a", true]],
  ['x = "{\\"KEY\\":\\"a\\"}"', ["KEY", ":", "a", true]],
  ["KEY := a", ["KEY", "=", "a", false]],
  ["config['KEY'] => 'a'", ["KEY", "=", "a", true]],
  ['var KEY string = "a"', ["KEY", "=", "a", true]],
  ["const KEY: string = 'a'", ["KEY", "=", "a", true]],
  ['static KEY: &str = "a"', ["KEY", "=", "a", true]],
  ['static KEY: &\'static str = "a"', ["KEY", "=", "a", true]],
  ["KEY: string = a", ["KEY", ":", "string", false]],
  ["KEY string", ["KEY", " ", "string", false]],
  ['["the KEY", "a"]', null],
  ["KEY == a", null],
  ["KEY=\n", null],
  ['KEY="a', null],
  [`KEY=${"a".repeat(5000)}`, null],
])("%j", (text, wanted) => {
  expect(given(text, "KEY")).toEqual(wanted);
});

test("what was asked before changes no answer", () => {
  const piece = fc.constantFrom(
    "K=",
    'K="',
    "K='",
    '"',
    "'",
    "\n",
    "a",
    " ",
    "\\",
    "x".repeat(1500),
  );
  void fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const text = pieces.join("");
      const bytes = Buffer.from(text, "latin1");
      const all = new Assignments(bytes, bytes.length);
      for (let at = text.indexOf("K"); at !== -1; at = text.indexOf("K", at + 1))
        expect(all.at(at + 1)).toEqual(new Assignments(bytes, bytes.length).at(at + 1));
    }),
  );
});
