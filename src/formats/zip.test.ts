import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { missingPrograms } from "../../test/lab/programs.ts";
import { describeShared, sharedPath } from "../../test/shared.ts";
import { utf8 } from "../kit/text.ts";
import { type ZipPart, zipOf } from "./test-support/zip-writer.ts";
import { beginsAsZip, bytesAsSource, readZipDirectory, readZipEntry } from "./zip.ts";

const LIMIT = 1 << 20;

/** Everything in an archive as `name: content`, faults in brackets. */
function listed(bytes: Uint8Array, limitBytes = LIMIT): string[] {
  const source = bytesAsSource(bytes);
  const { entries, fault } = readZipDirectory(source);
  const lines = entries.map((entry) => {
    const content = readZipEntry(source, entry, limitBytes);
    return `${entry.name}: ${content.bytes === null ? `[${content.fault}]` : utf8(content.bytes)}`;
  });
  return fault === null ? lines : [...lines, `[${fault}]`];
}

const hello: ZipPart = { name: "a/hello.txt", content: "hello" };

test("reads stored and deflated entries, in the order of the directory", () => {
  const zip = zipOf([hello, { name: "b", content: "x".repeat(9), isStored: true }]);
  expect(listed(zip)).toEqual(["a/hello.txt: hello", "b: xxxxxxxxx"]);
  expect(beginsAsZip(zip)).toBe(true);
});

test("reads an empty archive, empty entries and folders", () => {
  expect(listed(zipOf([]))).toEqual([]);
  expect(
    listed(
      zipOf([
        { name: "f/", content: "", isStored: true },
        { name: "e", content: "" },
      ]),
    ),
  ).toEqual(["f/: ", "e: "]);
});

test("reads an archive behind a program, whose offsets do not count the program", () => {
  expect(listed(zipOf([hello], Buffer.from("#!/bin/sh\nexec java\n")))).toEqual([
    "a/hello.txt: hello",
  ]);
});

test("reads an archive followed by other bytes", () => {
  expect(listed(Buffer.concat([zipOf([hello]), Buffer.alloc(1000)]))).toEqual([
    "a/hello.txt: hello",
  ]);
});

test("decodes names as UTF-8 and hands out what stands there", () => {
  expect(
    listed(
      zipOf([
        { name: "../ü", content: "1" },
        { name: "__proto__", content: "2" },
      ]),
    ),
  ).toEqual(["../ü: 1", "__proto__: 2"]);
});

describe("says what is wrong with an entry", () => {
  test.each<[string, Partial<ZipPart>, string]>([
    [
      "too large",
      { content: "y".repeat(LIMIT + 1) },
      `it has ${LIMIT + 1} bytes, of at most ${LIMIT}`,
    ],
    [
      "a larger claim than deflate can keep",
      { claimedBytes: 90_000 },
      "it claims 90000 bytes out of 7, which cannot be",
    ],
    [
      "a claim that is too small",
      { claimedBytes: 3 },
      "it cannot be inflated (Cannot create a Buffer larger than 4 bytes)",
    ],
    ["a claim that is too large", { claimedBytes: 6 }, "it has 5 bytes instead of 6"],
    [
      "a stored size that differs",
      { isStored: true, claimedBytes: 6 },
      "it claims 6 bytes out of 5, which cannot be",
    ],
    ["another checksum", { claimedCrc: 1 }, "its checksum is wrong"],
    ["encrypted", { flags: 1 }, "it is encrypted"],
    ["bzip2", { method: 12 }, "its compression method 12 is not supported"],
  ])("%s", (_, change, wanted) => {
    expect(listed(zipOf([{ ...hello, ...change }, hello]))).toEqual([
      `a/hello.txt: [${wanted}]`,
      "a/hello.txt: hello",
    ]);
  });

  test("damaged data", () => {
    const zip = zipOf([hello]);
    zip.fill(0xff, 41, 44);
    expect(listed(zip)[0]).toMatch(/^a\/hello.txt: \[it cannot be inflated/);
  });

  test("a local header that is not where the directory says", () => {
    const zip = zipOf([hello]);
    zip[0] = 0;
    expect(listed(zip)).toEqual(["a/hello.txt: [its data lie outside the archive]"]);
  });
});

describe("says what is wrong with an archive", () => {
  const zip = zipOf([hello, hello]);
  test.each<[string, Uint8Array, RegExp]>([
    ["nothing", new Uint8Array(0), /no end record/],
    ["text", Buffer.from("hello".repeat(50)), /no end record/],
    ["cut at the end", zip.subarray(0, -5), /no end record/],
    ["cut at the beginning", zip.subarray(90), /not where the end record says|cut/],
    ["a part of several", changed(zip, zip.length - 18, 3), /one part of several/],
    ["another count", changed(zip, zip.length - 12, 7), /its directory is cut: 2 of 7 entries/],
  ])("%s", (_, bytes, wanted) => {
    expect(listed(bytes).at(-1)).toMatch(wanted);
  });

  test("more entries than asked for", () => {
    const { entries, fault } = readZipDirectory(bytesAsSource(zip), 1);
    expect([entries.length, fault]).toEqual([1, "it has more than 1 entries"]);
  });
});

function changed(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[at] = value;
  return copy;
}

test("reads more than 65535 entries, whose count a writer without ZIP64 lets overflow", () => {
  const zip = zipOf(
    Array.from({ length: 65_540 }, (_, i) => ({ name: `${i}`, content: "", isStored: true })),
  );
  const { entries, fault } = readZipDirectory(bytesAsSource(zip));
  expect([entries.length, fault]).toEqual([65_540, null]);
});

test("never throws, whatever the bytes", () => {
  const zip = zipOf([hello, { name: "b", content: "stored", isStored: true }]);
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(zip.length - 1), fc.nat(255)), { maxLength: 8 }),
      (changes) => {
        const bytes = Uint8Array.from(zip);
        for (const [at, value] of changes) bytes[at] = value;
        expect(Array.isArray(listed(bytes))).toBe(true);
      },
    ),
    { numRuns: 2_000 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => Array.isArray(listed(bytes))),
  );
});

describe("reads what Python writes", () => {
  const missing = missingPrograms("python3");
  test.skipIf(missing !== null)(`large fields, streams, comments (${missing ?? "python3"})`, () => {
    const folder = mkdtempSync(join(tmpdir(), "bulwark-zip-"));
    try {
      const file = join(folder, "a.zip");
      execFileSync("python3", ["-c", PYTHON, file]);
      expect(listed(readFileSync(file))).toEqual([
        "large: 64",
        "stream: forced",
        "deflated: 22222222",
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

/** `force_zip64` writes ZIP64 fields in local headers; an unseekable file makes data descriptors. */
const PYTHON = `
import sys, zipfile
class Stream:
    def __init__(self, f): self.f = f
    def write(self, b): return self.f.write(b)
    def flush(self): self.f.flush()
with open(sys.argv[1], "wb") as f, zipfile.ZipFile(Stream(f), "w", zipfile.ZIP_DEFLATED) as z:
    z.comment = b"PK" * 400
    with z.open("large", "w", force_zip64=True) as e: e.write(b"64")
    with z.open("stream", "w") as e: e.write(b"forced")
    z.writestr("deflated", "2" * 8)
`;

describeShared("an advisory archive of others", () => {
  test("is whole, and each checksum is right", () => {
    const source = bytesAsSource(readFileSync(sharedPath("data/osv/npm/all.zip")));
    const { entries, fault } = readZipDirectory(source);
    expect(fault).toBeNull();
    expect(entries.length).toBe(180);
    for (const entry of entries) {
      const { bytes } = readZipEntry(source, entry, LIMIT);
      expect(JSON.parse(utf8(bytes ?? new Uint8Array(0))).id).toBe(
        entry.name.replace(/\.json$/, ""),
      );
    }
  });
});
