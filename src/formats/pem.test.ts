import fc from "fast-check";
import { expect, test } from "vitest";
import { AppError } from "../kit/error.ts";
import { parsePem, writePem } from "./pem.ts";

test("what is written is read again, whatever the bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
      const text = `before\n${writePem({ label: "PUBLIC KEY", bytes })}after`;
      expect(parsePem(text)).toEqual([{ label: "PUBLIC KEY", bytes: Buffer.from(bytes) }]);
    }),
  );
});

test.each([
  ["nothing", "no key here", 0],
  ["two blocks", writePem({ label: "A", bytes: Buffer.of(1) }).repeat(2), 2],
  [
    "line ends of Windows",
    writePem({ label: "A", bytes: Buffer.of(1) }).replaceAll("\n", "\r\n"),
    1,
  ],
])("reads %s", (_, text, blocks) => {
  expect(parsePem(text)).toHaveLength(blocks);
});

test.each([
  ["no end", "-----BEGIN A-----\nAAAA\n"],
  ["another end", "-----BEGIN A-----\nAAAA\n-----END B-----\n"],
  ["no base64", "-----BEGIN A-----\n!!!!\n-----END A-----\n"],
  ["a label of small letters", "-----BEGIN a-----\nAAAA\n-----END a-----\n"],
])("refuses a block with %s", (_, text) => {
  expect(() => parsePem(text)).toThrow(expect.objectContaining({ code: "signature-invalid" }));
});

test("throws nothing but its own errors", () => {
  const piece = fc.constantFrom("-----BEGIN ", "-----", "-----END ", "A", "\n", "AAAA", "=", "é");
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      try {
        parsePem(pieces.join(""));
      } catch (error) {
        expect(error).toBeInstanceOf(AppError);
      }
    }),
  );
});
