import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { utf8, utf8Bytes } from "../kit/text.ts";
import { bytesAt, type Executable, openExecutable } from "./executable.ts";
import { elfOf } from "./test-support/elf-writer.ts";

const NAME = ".stuff";
const CONTENT = utf8Bytes("hello, world");

/** A program for Windows with one writable section at 0x1000 above its base of 0x400000. */
function peOf(is64: boolean): Uint8Array {
  const bytes = new Uint8Array(0x200 + CONTENT.length);
  const view = new DataView(bytes.buffer);
  const head = 0x80;
  const optionalBytes = is64 ? 240 : 224;
  bytes.set(utf8Bytes("MZ"));
  view.setUint32(0x3c, head, true);
  bytes.set(utf8Bytes("PE\0\0"), head);
  view.setUint16(head + 6, 1, true);
  view.setUint16(head + 20, optionalBytes, true);
  view.setUint16(head + 24, is64 ? 0x20b : 0x10b, true);
  view.setUint32(head + 24 + (is64 ? 24 : 28), 0x400000, true);
  const row = head + 24 + optionalBytes;
  bytes.set(utf8Bytes(NAME), row);
  view.setUint32(row + 12, 0x1000, true);
  view.setUint32(row + 16, CONTENT.length, true);
  view.setUint32(row + 20, 0x200, true);
  view.setUint32(row + 36, 0xc0000040, true);
  bytes.set(CONTENT, 0x200);
  return bytes;
}

/** A program for macOS with one segment of one section at 0x401000. */
function machOOf(is64: boolean, little: boolean): Uint8Array {
  const bytes = new Uint8Array(0x200 + CONTENT.length);
  const view = new DataView(bytes.buffer);
  const u32 = (at: number, value: number): void => view.setUint32(at, value, little);
  const word = (at: number, value: number): void =>
    is64 ? view.setBigUint64(at, BigInt(value), little) : u32(at, value);
  u32(0, is64 ? 0xfeedfacf : 0xfeedface);
  u32(16, 1);
  const at = is64 ? 32 : 28;
  const head = is64 ? 72 : 56;
  u32(at, is64 ? 0x19 : 1);
  u32(at + 4, head + (is64 ? 80 : 68));
  word(at + 24, 0x401000);
  word(at + (is64 ? 40 : 32), 0x200);
  word(at + (is64 ? 48 : 36), CONTENT.length);
  u32(at + (is64 ? 60 : 44), 3);
  u32(at + (is64 ? 64 : 48), 1);
  const row = at + head;
  bytes.set(utf8Bytes(NAME), row);
  word(row + (is64 ? 40 : 36), CONTENT.length);
  u32(row + (is64 ? 48 : 40), 0x200);
  bytes.set(CONTENT, 0x200);
  return bytes;
}

const programs: readonly (readonly [string, Executable["format"], Uint8Array])[] = [
  ["Linux", "elf", elfOf([{ name: NAME, content: CONTENT, address: 0x401000 }])],
  ["Windows, 64 bits", "pe", peOf(true)],
  ["Windows, 32 bits", "pe", peOf(false)],
  ["macOS, 64 bits", "mach-o", machOOf(true, true)],
  ["macOS, 32 bits", "mach-o", machOOf(false, true)],
  ["macOS, big end first", "mach-o", machOOf(true, false)],
];

test.each(programs)("reads sections and addresses: %s", (_, format, bytes) => {
  const executable = openExecutable(bytes);
  if (executable === null) throw new Error("not opened");
  expect({
    format: executable.format,
    section: utf8(executable.section(NAME) ?? new Uint8Array(0)),
    absent: executable.section(".none"),
    at: utf8(bytesAt(executable, 0x401007, 5) ?? new Uint8Array(0)),
    outside: bytesAt(executable, 0x601000, 1),
    writable: executable.writable.length,
  }).toEqual({
    format,
    section: "hello, world",
    absent: null,
    at: "world",
    outside: null,
    writable: 1,
  });
});

test.each([
  ["nothing", ""],
  ["a text", "MZ is how this text begins, and it is a long one, longer than a header at any rate"],
])("is no program: %s", (_, text) => {
  expect(openExecutable(utf8Bytes(text))).toBeNull();
});

describe("hostile bytes", () => {
  test.each(programs)(
    "never throws on a program with bytes changed, or cut: %s",
    (_, __, whole) => {
      fc.assert(
        fc.property(
          fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 6 }),
          fc.nat(whole.length),
          (changes, length) => {
            const bytes = whole.slice(0, length);
            for (const [at, byte] of changes) if (at < length) bytes[at] = byte;
            const executable = openExecutable(bytes);
            if (executable === null) return;
            executable.section(NAME);
            bytesAt(executable, 0x401000, 4);
          },
        ),
        { numRuns: 1_000 },
      );
    },
  );
});
