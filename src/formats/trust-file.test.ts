import { Buffer } from "node:buffer";
import fc from "fast-check";
import { expect, test } from "vitest";
import { reasonOf } from "../kit/error.ts";
import { type Inline, parseTrustFile, type TrustFile } from "./trust-file.ts";
import { trustFileText } from "./trust-file-text.ts";

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

const time = fc
  .date({
    min: new Date("2000-01-01T00:00:00Z"),
    max: new Date("2100-01-01T00:00:00Z"),
    noInvalidDate: true,
  })
  .map((date) => date.toISOString());
/** What may stand in a file at all: YAML has no lone surrogates and no control characters. */
const word = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 40 })
  .filter((text) => text.trim() !== "" && !/[\p{Cc}\p{Cs}\u2028\u2029\ufeff]/u.test(text));
const lines = fc.array(word, { maxLength: 4 }).map((all) => all.join("\n"));
const inline = (begin: string): fc.Arbitrary<Inline> =>
  lines.map((text) => ({ text: `${begin}\n${text}\n` }));
const nullable = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value);

const trustFile: fc.Arbitrary<TrustFile> = fc.record({
  keys: fc.array(
    fc.record({
      id: word,
      key: inline("-----BEGIN PUBLIC KEY-----"),
      notBefore: nullable(time),
      notAfter: nullable(time),
      revokedAt: nullable(time),
      needsLog: fc.boolean(),
      replacedBy: fc.constant(null),
    }),
    { maxLength: 3 },
  ),
  identities: fc.array(
    fc.record({ id: word, issuer: word, identity: word, isGlob: fc.boolean(), root: word }),
    { maxLength: 3 },
  ),
  certificates: fc.array(
    fc.record({
      id: word,
      certificate: inline("-----BEGIN CERTIFICATE-----"),
      kind: fc.constantFrom("ca", "signing-authority", "timestamp"),
      subjects: nullable(fc.array(word, { maxLength: 3 })),
    }),
    { maxLength: 3 },
  ),
  roots: fc.array(
    fc.record({
      name: word,
      root: inline("{"),
      demands: fc.record({ log: fc.boolean(), certificateLog: fc.boolean(), time: fc.boolean() }),
    }),
    { maxLength: 3 },
  ),
});

test("what is written is read as the same", () => {
  fc.assert(
    fc.property(trustFile, (file) => {
      expect(parseTrustFile(bytes(trustFileText(file)), "trust.yaml")).toEqual(file);
    }),
  );
});

test("a name that another key has by now is written, too", () => {
  const text = "keys:\n  - {id: old, key: a.pub, replaced-by: new}\n  - {id: new, key: b.pub}\n";
  const file = parseTrustFile(bytes(text), "trust.yaml");
  expect(parseTrustFile(bytes(trustFileText(file)), "trust.yaml")).toEqual(file);
});
