import { expect, test } from "vitest";
import { type FileKind, FileTableBuilder } from "../../model/file-table.ts";
import { strictIndex } from "./strict-index.ts";

test("an index has each length and digest once, sorted", () => {
  const builder = new FileTableBuilder();
  const add = (path: string, kind: FileKind, sizeBytes: number, byte: number): void => {
    const row = builder.add({ path, kind, mode: 0o755, sizeBytes, link: "" });
    builder.setDigest(row, new Uint8Array(32).fill(byte));
  };
  add("a", "file", 300, 0xff);
  add("b", "file", 7, 1);
  add("c", "hardlink", 300, 0xff);
  add("d", "directory", 0, 0);
  const bytes = Buffer.from(strictIndex(builder.build()));
  expect(bytes.subarray(0, 8).toString()).toBe("bulwark1");
  expect([bytes.readUInt32LE(8), bytes.readUInt32LE(12)]).toEqual([2, 2]);
  expect([bytes.readBigUInt64LE(16), bytes.readBigUInt64LE(24)]).toEqual([7n, 300n]);
  expect(bytes.subarray(32).toString("hex")).toBe("01".repeat(32) + "ff".repeat(32));
  // The file that this link led to has lost its name; the next never had one.
  add("e", "hardlink", 12, 2);
  add("f", "hardlink", 0, 0);
  const other = Buffer.from(strictIndex(builder.build()));
  expect([other.readUInt32LE(8), other.readUInt32LE(12)]).toEqual([3, 3]);
  expect(other.readBigUInt64LE(24)).toBe(12n);
});
