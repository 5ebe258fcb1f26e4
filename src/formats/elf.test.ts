import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { missingPrograms } from "../../test/lab/programs.ts";
import { utf8, utf8Bytes } from "../kit/text.ts";
import { elfSectionBytes, isElf, openElf } from "./elf.ts";
import { elfOf } from "./test-support/elf-writer.ts";

const PARTS = [
  { name: ".text", content: utf8Bytes("code"), address: 0x400000 },
  { name: ".data", content: utf8Bytes("numbers") },
];

test.each([
  ["64 bits, little end first", true, true],
  ["64 bits, big end first", true, false],
  ["32 bits, little end first", false, true],
  ["32 bits, big end first", false, false],
])("reads tables and sections: %s", (_, is64, isLittleEndian) => {
  const elf = openElf(elfOf(PARTS, { is64, isLittleEndian }));
  if (elf === null) throw new Error("not opened");
  expect({
    type: elf.type,
    sections: elf.sections.length,
    segment: elf.segments[0],
    text: utf8(elfSectionBytes(elf, ".text") ?? new Uint8Array(0)),
    data: utf8(elfSectionBytes(elf, ".data") ?? new Uint8Array(0)),
    absent: elfSectionBytes(elf, ".dat"),
  }).toEqual({
    type: 2,
    sections: 4,
    segment: expect.objectContaining({ type: 1, flags: 6, address: 0x400000 }),
    text: "code",
    data: "numbers",
    absent: null,
  });
});

test("a stripped file has segments only", () => {
  const elf = openElf(elfOf(PARTS, { isStripped: true }));
  expect([elf?.sections, elf?.segments.length]).toEqual([[], 1]);
});

test.each([
  ["nothing", new Uint8Array(0)],
  ["the magic alone", Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2, 1)],
  ["an unknown word size", elfOf(PARTS).fill(7, 4, 5)],
  ["an unknown byte order", elfOf(PARTS).fill(7, 5, 6)],
])("is no file to open: %s", (_, bytes) => {
  expect(openElf(bytes)).toBeNull();
});

describe("against readelf", () => {
  test("names and places the sections of a real program", (context) => {
    const reason = missingPrograms("readelf");
    if (reason !== null) return context.skip(reason);
    const bytes = readFileSync(process.execPath);
    const elf = isElf(bytes) ? openElf(bytes) : null;
    if (elf === null) return context.skip("node is no ELF file here");
    const told = execFileSync("readelf", ["-SW", process.execPath], { encoding: "utf8" });
    const rows = [...told.matchAll(/^ *\[ *\d+\] (\.\S+) +\S+ +\S+ (\S+) (\S+)/gm)];
    expect(rows.length).toBeGreaterThan(20);
    for (const [, name = "", offset = "", size = ""] of rows) {
      const found = elfSectionBytes(elf, name);
      if (found === null) expect(name).toMatch(/bss/);
      else
        expect([name, found.byteOffset - bytes.byteOffset, found.length]).toEqual([
          name,
          Number.parseInt(offset, 16),
          Number.parseInt(size, 16),
        ]);
    }
  });
});

describe("hostile bytes", () => {
  test("never throws on a file with bytes changed, or cut", () => {
    const whole = elfOf(PARTS);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 6 }),
        fc.nat(whole.length),
        (changes, length) => {
          const bytes = whole.slice(0, length);
          for (const [at, byte] of changes) if (at < length && at > 3) bytes[at] = byte;
          const elf = openElf(bytes);
          if (elf !== null) elfSectionBytes(elf, ".data");
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test("a count of sections that the file cannot have costs nothing", () => {
    const bytes = elfOf(PARTS);
    bytes[60] = 0;
    bytes[61] = 0;
    const before = performance.now();
    expect(openElf(bytes)?.sections.length).toBeLessThan(5);
    expect(performance.now() - before).toBeLessThan(2_000);
  });
});
