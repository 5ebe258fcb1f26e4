import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { utf8Bytes } from "../../../kit/text.ts";
import type { Reading, VisibleReading } from "../../../stages/catalog/contract.ts";
import { dpkg } from "./cataloger.ts";

const STATUS = "var/lib/dpkg/status";
const read = (path: string, text: string): Reading => dpkg.read({ path, bytes: utf8Bytes(text) });
const fixture = (name: string): string =>
  readFileSync(new URL(`fixtures/${name}`, import.meta.url), "utf8");

/** What the runner does: reads each file, and joins what is visible, sorted by path. */
function catalog(files: Readonly<Record<string, string>>): readonly VisibleReading[] {
  const paths = Object.keys(files).sort();
  const readings = paths.map((path) => ({ path, reading: read(path, files[path] ?? "") }));
  return dpkg.join?.(readings) ?? readings;
}

describe("which files", () => {
  const test_ = dpkg.wants.test ?? (() => true);
  test.each([
    [STATUS, true],
    ["var/lib/dpkg/status.d/libssl1", true],
    ["var/lib/dpkg/status.d/libssl1.md5sums", true],
    ["var/lib/dpkg/info/libc6:amd64.list", true],
    ["var/lib/dpkg/info/libc6:amd64.md5sums", false],
    ["usr/share/doc/libc6/copyright", true],
    ["usr/share/doc/libc6/examples/copyright", false],
    ["usr/share/doc/copyright", false],
    ["home/me/copyright", false],
    ["var/lib/copyright", false],
    ["var/lib/chisel/manifest.wall", true],
  ])("%s: %s", (path, wanted) => {
    expect(test_(path)).toBe(wanted);
  });
});

test("the status of two architectures, with sources, epochs and states", () => {
  const reading = read(STATUS, fixture("status"));
  expect(reading.problems).toEqual([]);
  expect(reading.packages).toEqual([
    { type: "deb", name: "adduser", version: "3.134", architecture: "all", dependsOn: ["passwd"] },
    {
      type: "deb",
      name: "libc6",
      version: "2.36-9+deb12u9",
      source: { name: "glibc", version: "2.36-9+deb12u9" },
      architecture: "amd64",
      dependsOn: ["libgcc-s1"],
    },
    {
      type: "deb",
      name: "libc6",
      version: "2.36-9+deb12u9",
      source: { name: "glibc", version: "2.36-9+deb12u9" },
      architecture: "i386",
      dependsOn: ["libgcc-s1"],
    },
    {
      type: "deb",
      name: "login",
      version: "1:4.13+dfsg1-1+b1",
      source: { name: "shadow", version: "1:4.13+dfsg1-1" },
      architecture: "amd64",
      dependsOn: ["libaudit1", "libc6", "gpgv", "gpgv2"],
    },
    {
      type: "deb",
      name: "rebuilt",
      version: "1.2+b1",
      source: { name: "rebuilt", version: "1.2" },
      architecture: "amd64",
    },
    { type: "deb", name: "waiting", version: "5", architecture: "amd64" },
  ]);
});

const states: readonly [string, boolean][] = [
  ["install ok installed", true],
  ["hold ok installed", true],
  ["install ok triggers-pending", true],
  ["install ok triggers-awaited", true],
  ["install ok half-configured", true],
  ["install ok unpacked", true],
  ["install reinstreq half-installed", true],
  ["deinstall ok config-files", false],
  ["purge ok not-installed", false],
];

test.each(states)("a package in state %j counts: %s", (status, counts) => {
  const { packages } = read(STATUS, `Package: x\nStatus: ${status}\nVersion: 1\n\n`);
  expect(packages).toHaveLength(counts ? 1 : 0);
});

describe("distroless", () => {
  test("reads one package a file, which states no status", () => {
    const text = "Package: base-files\nVersion: 12.4+deb12u5\nArchitecture: amd64\n";
    expect(read("var/lib/dpkg/status.d/base", text)).toEqual({
      packages: [
        { type: "deb", name: "base-files", version: "12.4+deb12u5", architecture: "amd64" },
      ],
      problems: [],
    });
  });

  test("takes the files of md5sums, and no packages", () => {
    const text = `${"a".repeat(32)}  usr/lib/os-release\n${"b".repeat(32)}  ./etc/x y\nnonsense\n`;
    expect(read("var/lib/dpkg/status.d/base.md5sums", text)).toEqual({
      packages: [],
      owned: [{ type: "deb", name: "base", paths: ["usr/lib/os-release", "etc/x y"] }],
      problems: [],
    });
  });
});

describe("images made by chisel", () => {
  const manifest = "var/lib/chisel/manifest.wall";

  test("cannot be read, and say so", () => {
    const [visible] = catalog({ [manifest]: "zstd" });
    expect(visible?.reading.problems.map((p) => p.code)).toEqual(["packages-unread"]);
  });

  test("are no problem when dpkg's database is there as well", () => {
    const joined = catalog({ [manifest]: "zstd", [STATUS]: "Package: x\nVersion: 1\n\n" });
    expect(joined.flatMap(({ reading }) => reading.problems)).toEqual([]);
    expect(joined.flatMap(({ reading }) => reading.packages)).toHaveLength(1);
  });
});

test("owned files are those of the list, without the root", () => {
  expect(read("var/lib/dpkg/info/libc6:amd64.list", "/.\n/lib\n/lib/libc.so.6\n")).toEqual({
    packages: [],
    owned: [{ type: "deb", name: "libc6", paths: ["lib", "lib/libc.so.6"] }],
    problems: [],
  });
});

const copyrights: readonly [string, string, readonly string[] | null][] = [
  [
    "groups of files count, texts do not",
    "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\nSource: x\n\nFiles: *\nCopyright: me\nLicense: GPL-3+\n\nFiles: b\nCopyright: you\nLicense: GPL-3+ and BSD-3-clause\n\nLicense: BSD-3-clause\n Redistribution and use …\n\nLicense: GPL-3+\n text\n",
    ["GPL-3+", "GPL-3+ and BSD-3-clause"],
  ],
  ["texts count when there is nothing else", "Format: x\n\nLicense: MIT\n text\n", ["MIT"]],
  ["an old name of the first field", "Format-Specification: x\nLicense: Zlib\n", ["Zlib"]],
  [
    "prose that refers to texts",
    "This is tar.\nsee `/usr/share/common-licenses/GPL-3'.\nalso /usr/share/common-licenses/LGPL-2.1.\nand /usr/share/common-licenses/GPL-3\n",
    ["GPL-3", "LGPL-2.1"],
  ],
  ["prose that names none", "Public domain.\n", null],
  ["a line in prose that looks like a field", "It says\nLicense: to kill\n", null],
];

test.each(copyrights)("licences: %s", (_, text, wanted) => {
  const { notes } = read("usr/share/doc/x/copyright", text);
  expect(notes ?? null).toEqual(
    wanted === null ? null : [{ kind: "licenses", package: "x", licenses: wanted }],
  );
});

describe("join", () => {
  const status =
    "Package: a\nVersion: 1\nSource: s\n\nPackage: b\nVersion: 1\nSource: s\n\nPackage: c\nVersion: 1\n\n";
  const copyright = "Format: x\n\nFiles: *\nLicense: MIT\n";

  test("gives licences to the package, and to others of its source that have no file of their own", () => {
    const joined = catalog({ [STATUS]: status, "usr/share/doc/a/copyright": copyright });
    const licenses = joined.flatMap(({ reading }) =>
      reading.packages.map((p) => [p.name, p.licenses]),
    );
    expect(licenses).toEqual([
      ["a", ["MIT"]],
      ["b", ["MIT"]],
      ["c", undefined],
    ]);
  });

  test("keeps order and length, and changes nothing when there are no licences", () => {
    const readings = [
      { path: "usr/share/doc/a/copyright", reading: { packages: [], problems: [] } },
      { path: STATUS, reading: read(STATUS, status) },
    ];
    expect(dpkg.join?.(readings)).toEqual(readings);
  });

  test("survives notes that are not as we write them", () => {
    const notes = [{ kind: "licenses", package: 3, licenses: "x" }, { kind: "other" }];
    const readings = [{ path: STATUS, reading: { packages: [], notes, problems: [] } }];
    expect(dpkg.join?.(readings)).toEqual(readings);
  });
});

const damages: readonly [string, string, string, number][] = [
  [
    "a package without version",
    "Package: x\nStatus: install ok installed\n\nPackage: y\nVersion: 2\n\n",
    'package "x" at line 1 has no version that can be read',
    1,
  ],
  [
    "a paragraph without package",
    "Version: 2\n\n",
    "the paragraph at line 1 does not name a package",
    0,
  ],
  [
    "a version with blanks",
    "Package: x\nVersion: 1 2\n\n",
    'package "x" at line 1 has no version that can be read',
    0,
  ],
  [
    "lines that are no fields",
    "Package: x\nVersion: 1\n<<<<<<<\n\n",
    'line 3 is not of the form "Field: value"',
    1,
  ],
  [
    "a cut file",
    "Package: x\nVersion: 1\n\nPackage: y\nVersion: 2\nDescr",
    "the package database is cut: its last line has no end",
    2,
  ],
];

test.each(damages)("damage: %s", (_, text, detail, packages) => {
  const reading = read(STATUS, text);
  expect(reading.problems.map((p) => p.detail)).toContain(detail);
  expect(reading.problems.every((p) => p.code === "file-damaged")).toBe(true);
  expect(reading.packages).toHaveLength(packages);
});

test("no more than twenty problems are named, whatever is wrong", () => {
  expect(read(STATUS, "nonsense\n\n".repeat(1_000)).problems.length).toBeLessThan(22);
});

test("a status of five thousand packages takes milliseconds", () => {
  const text = Array.from(
    { length: 5_000 },
    (_, i) =>
      `Package: p${i}\nStatus: install ok installed\nVersion: 1.${i}\nDepends: libc6\nDescription: ${"x".repeat(900)}\n more\n`,
  ).join("\n");
  const before = performance.now();
  expect(read(STATUS, `${text}\n`).packages).toHaveLength(5_000);
  expect(performance.now() - before).toBeLessThan(500);
});

describe("hostile bytes", () => {
  const paths = [
    STATUS,
    "var/lib/dpkg/status.d/x",
    "var/lib/dpkg/status.d/x.md5sums",
    "var/lib/dpkg/info/x.list",
    "usr/share/doc/x/copyright",
  ];

  test("never throws on any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        const readings = paths.map((path) => ({ path, reading: dpkg.read({ path, bytes }) }));
        expect(dpkg.join?.(readings)).toHaveLength(paths.length);
      }),
    );
  });

  test("never throws on a real status with bytes changed, and survives JSON", () => {
    const whole = utf8Bytes(fixture("status"));
    fc.assert(
      fc.property(
        fc.nat(whole.length - 1),
        fc.nat(255),
        fc.nat(whole.length),
        (at, byte, length) => {
          const bytes = whole.slice(0, Math.max(length, at + 1));
          bytes[at] = byte;
          const reading = dpkg.read({ path: STATUS, bytes });
          expect(JSON.parse(JSON.stringify(reading))).toEqual(reading);
        },
      ),
    );
  });
});
