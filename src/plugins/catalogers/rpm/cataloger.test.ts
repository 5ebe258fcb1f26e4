import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { describeShared, sharedPath } from "../../../../test/shared.ts";
import { utf8Bytes } from "../../../kit/text.ts";
import type { Reading } from "../../../stages/catalog/contract.ts";
import { rpm } from "./cataloger.ts";
import { sourceOf } from "./source-rpm.ts";

const MANIFEST = "var/lib/rpmmanifest/container-manifest-2";
const read = (path: string, text: string): Reading => rpm.read({ path, bytes: utf8Bytes(text) });

test("wants all three formats in all three places, and their logs", () => {
  const wanted = rpm.wants.paths ?? [];
  for (const path of [
    "var/lib/rpm/Packages",
    "usr/lib/sysimage/rpm/Packages.db",
    "usr/share/rpm/rpmdb.sqlite",
    "var/lib/rpm/rpmdb.sqlite-wal",
  ])
    expect(wanted).toContain(path);
  expect(wanted).not.toContain("var/lib/rpm/Name");
});

test("an empty file says nothing", () => {
  expect(read("var/lib/rpm/Packages", "")).toEqual({ packages: [], problems: [] });
  expect(read("var/lib/rpm/rpmdb.sqlite-wal", "")).toEqual({ packages: [], problems: [] });
});

test.each([
  ["var/lib/rpm/Packages", "it is no rpm database of a format that is known"],
  ["var/lib/rpm/rpmdb.sqlite-wal", "changes in the database's write-ahead log are not read"],
])("something in %s that cannot be read is a problem", (path, detail) => {
  expect(read(path, "something")).toEqual({
    packages: [],
    problems: [{ code: "file-damaged", detail }],
  });
});

const sources: readonly [string, Parameters<typeof sourceOf>[1], ReturnType<typeof sourceOf>][] = [
  ["glibc-2.31-9.3.2.src.rpm", { name: "glibc", revision: "2.31-9.3.2", epoch: 0 }, null],
  [
    "glibc-2.31-9.3.2.src.rpm",
    { name: "glibc-common", revision: "2.31-9.3.2", epoch: 0 },
    { name: "glibc", version: "2.31-9.3.2" },
  ],
  [
    "openssl-1.1.1k-9.el8.src.rpm",
    { name: "openssl-libs", revision: "1.1.1k-9.el8", epoch: 1 },
    { name: "openssl", version: "1:1.1.1k-9.el8" },
  ],
  [
    "perl-5.26.3-422.el8.src.rpm",
    { name: "perl-Carp", revision: "1.42-396.el8", epoch: 1 },
    { name: "perl", version: "5.26.3-422.el8" },
  ],
  [
    "cuda-a-b-1-2.nosrc.rpm",
    { name: "x", revision: "1-2", epoch: 0 },
    { name: "cuda-a-b", version: "1-2" },
  ],
  ["(none)", { name: "x", revision: "1-2", epoch: 0 }, null],
  ["", { name: "x", revision: "1-2", epoch: 0 }, null],
];

test.each(sources)("source of %j", (fileName, own, wanted) => {
  expect(sourceOf(fileName, own)).toEqual(wanted);
});

describe("the list of distroless images", () => {
  const line =
    "openssl-libs\t1.1.1k-28.cm2\t1701115442\t1698953520\tMicrosoft Corporation\t(none)\t4365439\tx86_64\t0\topenssl-1.1.1k-28.cm2.src.rpm";

  test("a package a line", () => {
    expect(read(MANIFEST, `${line}\n\n`)).toEqual({
      packages: [
        {
          type: "rpm",
          name: "openssl-libs",
          version: "1.1.1k-28.cm2",
          source: { name: "openssl", version: "1.1.1k-28.cm2" },
          architecture: "x86_64",
          vendor: "Microsoft Corporation",
        },
      ],
      problems: [],
    });
  });

  test("an epoch becomes part of the version", () => {
    expect(read(MANIFEST, line.replace("\t0\t", "\t3\t")).packages[0]?.version).toBe(
      "3:1.1.1k-28.cm2",
    );
  });

  test("a line of another form is a problem, and the others count", () => {
    const reading = read(MANIFEST, `${line}\nopenssl 1.1\n`);
    expect(reading.packages).toHaveLength(1);
    expect(reading.problems).toEqual([
      { code: "file-damaged", detail: "line 2 is not a package in ten columns" },
    ]);
  });
});

test("never throws, whatever the bytes", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 700 }),
      fc.constantFrom(...(rpm.wants.paths ?? [])),
      (bytes, path) => {
        const reading = rpm.read({ path, bytes });
        expect(JSON.parse(JSON.stringify(reading))).toEqual(reading);
      },
    ),
  );
});

describeShared("a real database with bytes changed", () => {
  test("never throws, names what is wrong within bounds, and survives JSON", () => {
    const whole = gunzipSync(
      readFileSync(sharedPath("data/goldens/rpmdb/sle15-bci/Packages.db.gz")),
    );
    const change = fc.record({ at: fc.nat(whole.length - 1), byte: fc.nat(255) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 500 }), (changes) => {
        const bytes = Buffer.from(whole);
        for (const { at, byte } of changes) bytes[at] = byte;
        const reading = rpm.read({ path: "var/lib/rpm/Packages.db", bytes });
        expect(reading.problems.length).toBeLessThanOrEqual(20);
        expect(JSON.parse(JSON.stringify(reading))).toEqual(reading);
      }),
      { numRuns: 20 },
    );
  });
});
