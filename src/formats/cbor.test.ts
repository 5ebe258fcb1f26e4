import fc from "fast-check";
import { expect, test } from "vitest";
import { AppError } from "../kit/error.ts";
import { byteStringHead, CborTag, type CborValue, parseCbor } from "./cbor.ts";

const DOCUMENT = { what: "envelope", code: "signature-invalid" } as const;

function read(hex: string): CborValue | string {
  try {
    return parseCbor(Buffer.from(hex.replaceAll(" ", ""), "hex"), DOCUMENT);
  } catch (error) {
    return error instanceof AppError ? error.message : String(error);
  }
}

/** From RFC 8949, appendix A, and one that is not there: a map of our own. */
test.each([
  ["00", 0],
  ["17", 23],
  ["18 18", 24],
  ["19 03e8", 1000],
  ["1a 000f4240", 1_000_000],
  ["1b 000000e8d4a51000", 1_000_000_000_000],
  ["20", -1],
  ["39 03e7", -1000],
  ["40", Buffer.alloc(0)],
  ["44 01020304", Buffer.of(1, 2, 3, 4)],
  ["60", ""],
  ["62 c3bc", "ü"],
  ["64 f0908591", "𐅑"],
  ["83 01 02 03", [1, 2, 3]],
  ["83 01 82 02 03 82 04 05", [1, [2, 3], [4, 5]]],
  ["a0", new Map()],
  [
    "a2 61 61 01 03 f5",
    new Map<number | string, CborValue>([
      ["a", 1],
      [3, true],
    ]),
  ],
  ["c1 1a 514b67b0", new CborTag(1, 1_363_896_240)],
  ["f4", false],
  ["f6", null],
])("%s is read", (hex, wanted) => {
  expect(read(hex)).toEqual(wanted);
});

test.each([
  ["", "it ends too early"],
  ["18", "it ends too early"],
  ["41", "it ends too early"],
  ["9b 001ffffffffffffe", "it ends too early"],
  ["5b 001ffffffffffffe", "it ends too early"],
  ["00 00", "something follows"],
  ["1b ffffffffffffffff", "too large"],
  ["3b 001fffffffffffff", "too large"],
  ["5f 4101 ff", "a length that is not stated"],
  ["9f 01 ff", "a length that is not stated"],
  ["1c", "a length that is not stated"],
  ["61 ff", "not UTF-8"],
  ["a2 01 02 01 03", "a name twice"],
  ["a1 f5 01", "neither a text nor a number"],
  ["f9 3c00", "a kind that is not read"],
  ["ff", "a kind that is not read"],
  ["81".repeat(20), "nested deeper"],
  ["c1".repeat(20), "nested deeper"],
  [`9a 0000ffff ${"00".repeat(0xffff)}`, "more than 10000 values"],
])("%s is refused", (hex, why) => {
  expect(read(hex)).toContain(why);
});

test("a byte string begins with its length in as few bytes as hold it", () => {
  for (const length of [0, 23, 24, 255, 256, 65_535, 65_536]) {
    const bytes = Buffer.concat([byteStringHead(length), Buffer.alloc(length)]);
    expect(parseCbor(bytes, DOCUMENT)).toEqual(Buffer.alloc(length));
  }
});

test("no bytes throw anything but an error of ours", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        parseCbor(bytes, DOCUMENT);
      } catch (error) {
        expect(error).toBeInstanceOf(AppError);
      }
    }),
    { numRuns: 2000 },
  );
});
