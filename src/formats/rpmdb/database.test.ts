import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { describeShared, sharedPath } from "../../../test/shared.ts";
import { eachRpmHeader, rpmDatabaseFormat } from "./database.ts";
import { RPM_TAG } from "./header.ts";

function read(bytes: Uint8Array): { names: string[]; faults: string[] } {
  const format = rpmDatabaseFormat(bytes);
  if (format === null) return { names: [], faults: ["no format"] };
  const names: string[] = [];
  const faults = eachRpmHeader(bytes, format, (header) => {
    names.push(header.text(RPM_TAG.name) ?? "");
    header.texts(RPM_TAG.baseNames);
    header.numbers(RPM_TAG.directoryIndexes);
  });
  return { names, faults };
}

const loaded = new Map<string, Uint8Array>();
/** A fresh copy, which the test may damage. */
function golden(path: string): Buffer {
  let bytes = loaded.get(path);
  if (bytes === undefined) {
    bytes = gunzipSync(readFileSync(sharedPath(`data/goldens/rpmdb/${path}.gz`)));
    loaded.set(path, bytes);
  }
  return Buffer.from(bytes);
}

const SQLITE = "cbl-mariner-2.0/rpmdb.sqlite";
const NDB = "sle15-bci/Packages.db";
const BDB = "libuuid/Packages";

test.each([
  ["nothing", new Uint8Array()],
  ["zeros", new Uint8Array(10_000)],
  ["a tar archive", Buffer.from("x".repeat(1_000))],
])("%s is no rpm database", (_, bytes) => {
  expect(rpmDatabaseFormat(bytes)).toBeNull();
});

/** A copy with bytes changed, half of them at beginnings of pages and slots, where lies do most. */
function damaged(whole: Uint8Array, changes: readonly { at: number; byte: number }[]): Buffer {
  const bytes = Buffer.from(whole);
  for (const { at, byte } of changes) {
    const place = at % 2 === 0 ? at : at - (at % 4096) + (byte % 64);
    if (place >= 16 && place < bytes.length) bytes[place] = byte;
  }
  return bytes;
}

describeShared("real databases", () => {
  test.each([
    [SQLITE, "sqlite", 129],
    [NDB, "ndb", 36],
    [BDB, "bdb", 1],
  ])("%s is %s", (path, format, count) => {
    const bytes = golden(path);
    expect(rpmDatabaseFormat(bytes)).toBe(format);
    const { names, faults } = read(bytes);
    expect(faults).toEqual([]);
    expect(names.length).toBeGreaterThanOrEqual(count - 1);
  });

  describe("cut", () => {
    test.each([
      [SQLITE, /^it is cut: \d+ of 880 pages are there$/],
      [NDB, /^package \d+ (lies|claims \d+ bytes) beyond the end of the file$/],
      [BDB, /^it is cut: \d+ of \d+ pages are there$/],
    ])("%s", (path, fault) => {
      const whole = golden(path);
      const { names, faults } = read(whole.subarray(0, whole.length - (whole.length >> 2)));
      expect(faults[0]).toMatch(fault);
      expect(names.length).toBeLessThanOrEqual(129);
    });
  });

  describe("ndb", () => {
    /** Where the slot of a package stands. */
    const slot = (i: number): number => 32 + i * 16;

    test("a slot without its magic word", () => {
      const bytes = golden(NDB);
      bytes.writeUInt32LE(0, slot(3));
      expect(read(bytes).faults).toEqual([`the slot at ${slot(3)} has no magic word`]);
    });

    test("a blob whose end does not fit its beginning", () => {
      const bytes = golden(NDB);
      const start = bytes.readUInt32LE(slot(0) + 8) * 16;
      bytes.writeUInt32LE(100, start + 12);
      expect(read(bytes).faults).toEqual(["package 1 does not end where it says"]);
    });

    test("a length of four gigabytes", () => {
      const bytes = golden(NDB);
      bytes.writeUInt32LE(0xffffffff, bytes.readUInt32LE(slot(0) + 8) * 16 + 12);
      expect(read(bytes).faults).toEqual([
        "package 1 claims 4294967295 bytes beyond the end of the file",
      ]);
    });

    test("slots that all lead to one blob are read no longer than the file", () => {
      const bytes = golden(NDB);
      const first = bytes.subarray(slot(16), slot(17));
      for (let i = 0; i < 250; i += 1) first.copy(bytes, slot(i));
      const { names, faults } = read(bytes);
      expect(faults.at(-1)).toMatch(/^package \d+ overlaps others$/);
      expect(names.length).toBeLessThan(250);
    });

    test("an unknown version", () => {
      const bytes = golden(NDB);
      bytes.writeUInt32LE(7, 4);
      expect(read(bytes)).toEqual({ names: [], faults: ["its version is 7, and only 0 is known"] });
    });
  });

  describe("bdb", () => {
    const PAGE = 4096;
    /** Pages of chains: type 7. */
    const overflow = (bytes: Buffer): number[] =>
      Array.from({ length: bytes.length / PAGE }, (_, i) => i).filter(
        (i) => bytes[i * PAGE + 25] === 7,
      );

    test("a chain that leads back into itself", () => {
      const bytes = golden(BDB);
      const [page = 0] = overflow(bytes);
      bytes.writeUInt32LE(page, page * PAGE + 16);
      expect(read(bytes).faults[0]).toMatch(
        /^package \d+ goes on in page \d+, which is used twice$/,
      );
    });

    test("a chain that leads to nowhere", () => {
      const bytes = golden(BDB);
      const [page = 0] = overflow(bytes);
      bytes.writeUInt32LE(0x7fffffff, page * PAGE + 16);
      expect(read(bytes).faults[0]).toMatch(/which does not exist$/);
    });

    test("a chain that ends too early", () => {
      const bytes = golden(BDB);
      const [page = 0] = overflow(bytes);
      bytes.writeUInt32LE(0, page * PAGE + 16);
      expect(read(bytes).faults[0]).toMatch(/^package \d+ has \d+ bytes of \d+$/);
    });

    test.each([
      ["encrypted", 24, 1, "it is encrypted"],
      ["a tree", 25, 9, "its first page is of type 9"],
    ])("%s", (_, at, byte, fault) => {
      const bytes = golden(BDB);
      bytes[at] = byte;
      expect(read(bytes)).toEqual({ names: [], faults: [fault] });
    });
  });

  test("a header that claims more than it has is named, and the others are read", () => {
    const bytes = golden(NDB);
    bytes.writeUInt32BE(0x10000000, bytes.readUInt32LE(32 + 8) * 16 + 16);
    const { names, faults } = read(bytes);
    expect(faults[0]).toMatch(
      /^the header of package 1 is malformed: it claims 268435456 entries and \d+ bytes of data, and has \d+ bytes in all$/,
    );
    expect(names.length).toBeGreaterThan(30);
  });

  describe.each([
    [SQLITE, 25],
    [NDB, 60],
    [BDB, 200],
  ])("%s with bytes changed", (path, numRuns) => {
    test("never throws, and names what is wrong within bounds", () => {
      const whole = golden(path);
      const change = fc.record({ at: fc.nat(whole.length - 1), byte: fc.nat(255) });
      fc.assert(
        fc.property(
          fc.array(change, { minLength: 1, maxLength: 200 }),
          fc.nat(whole.length),
          (changes, cut) => {
            const bytes = damaged(cut % 3 === 0 ? whole.subarray(0, cut) : whole, changes);
            expect(read(bytes).faults.length).toBeLessThanOrEqual(20);
          },
        ),
        { numRuns },
      );
    });
  });
});

describe("any bytes", () => {
  const BEGINNINGS: readonly Uint8Array[] = [
    Buffer.from("SQLite format 3\0\u0010\0"),
    Buffer.from("RpmP\0\0\0\0\u0001\0\0\0\u0001\0\0\0", "latin1"),
    Buffer.from("\0\0\0\0\0\0\0\0\0\0\0\0\x61\x15\x06\0\x09\0\0\0\0\x02\0\0\0\x08", "latin1"),
  ];

  test("never throws behind the magic of each format", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 512, maxLength: 5_000 }),
        fc.constantFrom(...BEGINNINGS),
        (bytes, beginning) => {
          bytes.set(beginning, 0);
          expect(rpmDatabaseFormat(bytes)).not.toBeNull();
          expect(read(bytes).faults.length).toBeLessThanOrEqual(20);
        },
      ),
    );
  });
});
