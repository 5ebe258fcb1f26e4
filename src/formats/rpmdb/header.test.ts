import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseRpmHeader, RPM_TAG, type RpmHeader } from "./header.ts";

type EntrySpec = readonly [tag: number, type: number, offset: number, count: number];

function blob(
  entries: readonly EntrySpec[],
  store: Uint8Array,
  claims: { entries?: number; store?: number } = {},
): Buffer {
  const head = Buffer.alloc(8 + entries.length * 16);
  head.writeUInt32BE(claims.entries ?? entries.length, 0);
  head.writeUInt32BE(claims.store ?? store.length, 4);
  entries.forEach((entry, i) => {
    for (const [j, value] of entry.entries()) head.writeUInt32BE(value, 8 + i * 16 + j * 4);
  });
  return Buffer.concat([head, store]);
}

function parsed(bytes: Uint8Array): RpmHeader {
  const header = parseRpmHeader(bytes);
  if (typeof header === "string") throw new Error(header);
  return header;
}

describe("texts and numbers", () => {
  const store = Buffer.concat([
    Buffer.from("one\0two\0three\0"),
    Buffer.from([0, 0, 0, 0, 0, 7, 0, 0, 0, 9]),
    Buffer.from("open"),
  ]);
  const header = parsed(
    blob(
      [
        [RPM_TAG.name, 6, 0, 1],
        [RPM_TAG.name, 6, 4, 1],
        [RPM_TAG.baseNames, 8, 0, 2],
        [RPM_TAG.directoryNames, 8, 0, 0xffffffff],
        [RPM_TAG.epoch, 4, 16, 1],
        [RPM_TAG.directoryIndexes, 4, 16, 0xffffffff],
        [RPM_TAG.vendor, 6, 24, 1],
        [RPM_TAG.license, 4, 0, 1],
        [RPM_TAG.version, 6, 5_000, 1],
        [RPM_TAG.release, 9, 8, 1],
      ],
      store,
    ),
  );

  test("the first entry of a tag counts", () => expect(header.text(RPM_TAG.name)).toBe("one"));
  test("an array has as many texts as it says", () =>
    expect(header.texts(RPM_TAG.baseNames)).toEqual(["one", "two"]));
  test("four billion texts are those that are there", () =>
    expect(header.texts(RPM_TAG.directoryNames).length).toBeLessThan(store.length));
  test("a number", () => expect(header.number(RPM_TAG.epoch)).toBe(7));
  test("four billion numbers are those that are there", () =>
    expect(header.numbers(RPM_TAG.directoryIndexes).slice(0, 2)).toEqual([7, 9]));
  test("a text without end is none", () => expect(header.text(RPM_TAG.vendor)).toBeNull());
  test("a number is no text", () => expect(header.text(RPM_TAG.license)).toBeNull());
  test("an offset beyond the store is none", () => expect(header.text(RPM_TAG.version)).toBeNull());
  test("a text in several languages", () => expect(header.text(RPM_TAG.release)).toBe("three"));
  test("an absent tag", () => expect(header.texts(RPM_TAG.requireName)).toEqual([]));
});

test.each([
  ["too short", new Uint8Array(7), "it is shorter than its preamble"],
  [
    "more entries than bytes",
    blob([], new Uint8Array(), { entries: 5 }),
    "it claims 5 entries and 0 bytes of data, and has 8 bytes in all",
  ],
  [
    "more data than bytes",
    blob([], new Uint8Array(3), { store: 4 }),
    "it claims 0 entries and 4 bytes of data, and has 11 bytes in all",
  ],
  [
    "four billion of both",
    blob([], new Uint8Array(), { entries: 0xffffffff, store: 0xffffffff }),
    "it claims 4294967295 entries and 4294967295 bytes of data, and has 8 bytes in all",
  ],
])("%s", (_, bytes, wanted) => {
  expect(parseRpmHeader(bytes)).toBe(wanted);
});

test("never throws on any bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(10), (bytes, entries) => {
      if (bytes.length >= 8)
        bytes.set([0, 0, 0, entries, 0, 0, 0, Math.max(0, bytes.length - 8 - entries * 16)]);
      const header = parseRpmHeader(bytes);
      if (typeof header === "string") return;
      for (const tag of Object.values(RPM_TAG)) {
        header.text(tag);
        header.texts(tag);
        header.number(tag);
        header.numbers(tag);
      }
    }),
  );
});
