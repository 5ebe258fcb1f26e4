import { Buffer } from "node:buffer";
import { expect, test } from "vitest";
import { reasonOf } from "../kit/error.ts";
import { parseTrustFile } from "./trust-file.ts";

const bytes = (text: string): Buffer => Buffer.from(text, "utf8");

test("a key may name the one that signs in its place", () => {
  const { keys } = parseTrustFile(
    bytes("keys:\n  - {id: old, key: a.pub, replaced-by: new}\n  - {id: new, key: b.pub}\n"),
    "trust.yaml",
  );
  expect(keys.map(({ id, replacedBy }) => [id, replacedBy])).toEqual([
    ["old", "new"],
    ["new", null],
  ]);
});

test.each([
  ["nobody's", "  - {id: old, key: a.pub, replaced-by: new}", 'line 2: there is no key "new"'],
  [
    "its own",
    "  - {id: old, key: a.pub, replaced-by: old}",
    'line 2: key "old" is replaced itself',
  ],
  [
    "that of a replaced one",
    "  - {id: a, key: a.pub, replaced-by: b}\n  - {id: b, key: b.pub, replaced-by: c}\n  - {id: c, key: c.pub}",
    'line 2: key "b" is replaced itself: name the key that signs now',
  ],
])("a successor's name that is %s is refused", (_, keys, wanted) => {
  let said = "";
  try {
    parseTrustFile(bytes(`keys:\n${keys}\n`), "trust.yaml");
  } catch (error) {
    said = reasonOf(error);
  }
  expect(said).toContain(wanted);
});
