import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { missingPrograms } from "../../test/lab/programs.ts";
import { openExecutable } from "./executable.ts";
import { type GoBuildInfo, readGoBuildInfo } from "./go-build-info.ts";
import { elfOf } from "./test-support/elf-writer.ts";
import { goProgramOf, type MadeGo } from "./test-support/go-writer.ts";

function readFrom(bytes: Uint8Array): GoBuildInfo | string | null {
  const executable = openExecutable(bytes);
  return executable === null ? null : readGoBuildInfo(executable);
}

const MODULES = [
  "path\texample.com/app/cmd/app",
  "mod\texample.com/app\tv1.2.3\th1:sum=",
  "dep\tgolang.org/x/net\tv0.1.0\th1:sum=",
  "dep\tk8s.io/api\tv0.0.0",
  "=>\texample.com/fork/api\tv1.0.0\th1:sum=",
  "dep\texample.com/near\tv0.0.0",
  "=>\t./near\t(devel)",
  "build\t-compiler=gc",
  'build\t-ldflags="-s\\t-X \\"main.version=1\\""',
  "build\tvcs.revision=abcdef",
].join("\n");

const WANTED: GoBuildInfo = {
  goVersion: "go1.20.3",
  main: { path: "example.com/app", version: "v1.2.3", replacedBy: null },
  dependencies: [
    { path: "golang.org/x/net", version: "v0.1.0", replacedBy: null },
    {
      path: "k8s.io/api",
      version: "v0.0.0",
      replacedBy: { path: "example.com/fork/api", version: "v1.0.0" },
    },
    {
      path: "example.com/near",
      version: "v0.0.0",
      replacedBy: { path: "./near", version: "(devel)" },
    },
  ],
  settings: new Map([
    ["-compiler", "gc"],
    ["-ldflags", '-s -X "main.version=1"'],
    ["vcs.revision", "abcdef"],
  ]),
};

test.each<[string, MadeGo]>([
  ["strings inline", {}],
  ["strings inline, big end first", { isLittleEndian: false }],
  ["strings inline, 32 bits", { is64: false }],
  ["strings behind pointers", { isPointed: true }],
  ["strings behind pointers, big end first", { isPointed: true, isLittleEndian: false }],
  ["strings behind pointers, 32 bits", { isPointed: true, is64: false }],
  [
    "strings behind pointers, 32 bits, big end first",
    { isPointed: true, is64: false, isLittleEndian: false },
  ],
  ["no table of sections", { isStripped: true }],
  ["a section of another name", { section: ".data" }],
])("reads all of it: %s", (_, made) => {
  expect(readFrom(goProgramOf({ ...made, modules: MODULES }))).toEqual(WANTED);
});

test.each<[string, MadeGo]>([
  ["inline", {}],
  ["behind pointers", { isPointed: true }],
])("a program built without modules tells its version of Go: strings %s", (_, made) => {
  expect(readFrom(goProgramOf(made))).toEqual({
    goVersion: "go1.20.3",
    main: null,
    dependencies: [],
    settings: new Map(),
  });
});

test("a program of another language has none", () => {
  expect(readFrom(readFileSync(process.execPath))).toBeNull();
});

test("says that it is cut", () => {
  const whole = goProgramOf({ modules: MODULES, isStripped: true });
  const at = Buffer.from(whole).indexOf("golang.org/x/net");
  // Lengthens the claim about the modules: they would end behind the end of the file.
  const bytes = Uint8Array.from(whole);
  bytes[Buffer.from(whole).indexOf("go1.20.3") + 9] = 0x7f;
  expect(at).toBeGreaterThan(0);
  expect(readFrom(bytes)).toBe("the build information is cut, or points outside of the file");
});

describe("real programs", () => {
  test.for(["skopeo", "podman", "umoci", "docker-registry"])(
    "Debian's %s was built by Go without modules",
    (name, context) => {
      const reason = missingPrograms(name);
      if (reason !== null) return context.skip(reason);
      const info = readFrom(readFileSync(`/usr/bin/${name}`));
      if (info === null || typeof info === "string") throw new Error(String(info));
      expect(info.goVersion).toMatch(/^go1\.\d+\.\d+$/);
      expect(info.settings.get("-compiler")).toBe("gc");
    },
  );
});

describe("hostile bytes", () => {
  test.each([
    ["inline", goProgramOf({ modules: MODULES })],
    ["behind pointers", goProgramOf({ modules: MODULES, isPointed: true })],
  ])("never throws on a program with bytes changed, or cut: strings %s", (_, whole) => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 6 }),
        fc.nat(whole.length),
        (changes, length) => {
          const bytes = whole.slice(0, length);
          for (const [at, byte] of changes) if (at < length) bytes[at] = byte;
          readFrom(bytes);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test("a program that is nothing but the beginnings of headers takes linear time", () => {
    const large = elfOf([{ name: ".data", content: new Uint8Array(32 << 20).fill(0xff) }]);
    const before = performance.now();
    readFrom(large);
    expect(performance.now() - before).toBeLessThan(2_000);
  });
});
