import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { missingPrograms } from "../../../../test/lab/programs.ts";
import { elfOf } from "../../../formats/test-support/elf-writer.ts";
import { goProgramOf } from "../../../formats/test-support/go-writer.ts";
import { utf8Bytes } from "../../../kit/text.ts";
import type { Reading } from "../../../stages/catalog/contract.ts";
import { goBinary } from "./cataloger.ts";
import { mainVersion, standardLibraryVersion } from "./versions.ts";

const read = (bytes: Uint8Array): Reading => goBinary.read({ path: "usr/bin/app", bytes });
const named = (reading: Reading): string[] =>
  reading.packages.map((p) => `${p.type} ${p.name} ${p.version}`);

const MODULES = [
  "path\texample.com/app/cmd/app",
  "mod\texample.com/app\tv1.2.3\th1:sum=",
  "dep\tgolang.org/x/net\tv0.1.0\th1:sum=",
  "dep\tk8s.io/api\tv0.0.0",
  "=>\texample.com/fork/api\tv1.0.0\th1:sum=",
  "dep\texample.com/near\tv0.3.0",
  "=>\t../near\t(devel)",
  "dep\tgolang.org/x/net\tv0.1.0\th1:sum=",
].join("\n");

test("reports main module, modules with their replacements, and the standard library", () => {
  const reading = read(goProgramOf({ modules: MODULES }));
  expect([named(reading), reading.problems]).toEqual([
    [
      "golang example.com/app v1.2.3",
      "golang golang.org/x/net v0.1.0",
      "golang example.com/fork/api v1.0.0",
      "golang example.com/near v0.3.0",
      "golang stdlib 1.20.3",
    ],
    [],
  ]);
});

test("a toolchain between releases is said, and the modules are read", () => {
  const reading = read(
    goProgramOf({ goVersion: "devel go1.24-1a2b3c Mon", modules: "mod\ta.b/c\tv1.0.0" }),
  );
  expect([named(reading), reading.problems]).toEqual([
    ["golang a.b/c v1.0.0"],
    [
      {
        code: "version-unreadable",
        detail: 'the program was built by Go "devel go1.24-1a2b3c Mon", which is no release',
      },
    ],
  ]);
});

const WITHOUT_BUILD_INFORMATION = {
  code: "program-opaque",
  detail: "its build information was taken out, so that the Go modules in it are not known",
};

test("a program whose build information was taken away is named", () => {
  expect(read(elfOf([{ name: ".gopclntab", content: utf8Bytes("x") }]))).toEqual({
    packages: [],
    problems: [WITHOUT_BUILD_INFORMATION],
  });
});

test("a packed program is named", () => {
  const bytes = elfOf([{ name: ".x", content: utf8Bytes("\x01UPX!\x02") }], { isStripped: true });
  expect(read(bytes)).toEqual({
    packages: [],
    problems: [
      { code: "program-opaque", detail: "it is packed (UPX), and what it was made of is not seen" },
    ],
  });
});

test("esbuild, a real Go program, had its build information taken away", (context) => {
  const path = `node_modules/@esbuild/linux-${process.arch}/bin/esbuild`;
  if (!existsSync(path)) return context.skip("esbuild is not installed for this machine");
  expect(read(readFileSync(path))).toEqual({
    packages: [],
    problems: [WITHOUT_BUILD_INFORMATION],
  });
});

test.each<[string, Uint8Array]>([
  [
    "a program of another language",
    elfOf([{ name: ".data", content: utf8Bytes(" Go buildinf:") }]),
  ],
  ["no program", utf8Bytes("\x7fELF")],
  ["a text that speaks of it", utf8Bytes("\xff Go buildinf:")],
])("reads nothing from %s", (_, bytes) => {
  expect(read(bytes)).toEqual({ packages: [], problems: [] });
});

test("damage is said", () => {
  const bytes = Buffer.from(goProgramOf({ modules: MODULES, isStripped: true }));
  bytes[bytes.indexOf("go1.20.3") + 9] = 0x7f;
  expect(read(bytes).problems).toEqual([
    {
      code: "file-damaged",
      detail: "cannot read Go program: the build information is cut, or points outside of the file",
    },
  ]);
});

test.each([
  ["go1.20.3", "1.20.3"],
  ["go1.21", "1.21.0"],
  ["go1.21rc2", "1.21.0-rc.2"],
  ["go1.18beta1", "1.18.0-beta.1"],
  ["go1.22.1 X:boringcrypto", "1.22.1"],
  ["go1.16.15b7", "1.16.15"],
  ["go1.22.5-fips", "1.22.5"],
  ["go1.22.5 (Red Hat 1.22.5-1.el9)", "1.22.5"],
  ["devel go1.24-1a2b3c", null],
  ["go1", null],
  ["", null],
])("the standard library of %j is %j", (goVersion, wanted) => {
  expect(standardLibraryVersion(goVersion)).toBe(wanted);
});

test.each([
  ["v1.0.0", "", "v1.0.0"],
  ["(devel)", "", "(devel)"],
  ["", "", "(devel)"],
  ["(devel)", "-s -w -X main.version=1.2.3 -X main.commit=abc", "v1.2.3"],
  ["(devel)", "-X=main.Version=v1.2.3-rc.1", "v1.2.3-rc.1"],
  ["(devel)", "-X 'a.b/c/internal.appVersion=1.2.3'", "v1.2.3"],
  ["(devel)", "-X main.version=1.2.3 -X a.b/c.Version=1.2.3", "v1.2.3"],
  ["(devel)", "-X main.version=1.2.3 -X a.b/c.Version=1.2.4", "(devel)"],
  ["(devel)", "-X other.com/lib.Version=1.2.3", "(devel)"],
  ["(devel)", "-X main.goVersion=1.2.3", "(devel)"],
  ["(devel)", "-X main.version=latest", "(devel)"],
])("a main module of version %j, linked with %j, is %j", (version, flags, wanted) => {
  const main = { path: "a.b/c", version, replacedBy: null };
  const settings = new Map([["-ldflags", flags]]);
  expect(mainVersion({ goVersion: "", main, dependencies: [], settings })).toBe(wanted);
});

test.for(["skopeo", "podman", "umoci", "docker-registry"])(
  "Debian's %s tells its standard library",
  (name, context) => {
    const reason = missingPrograms(name);
    if (reason !== null) return context.skip(reason);
    const reading = read(readFileSync(`/usr/bin/${name}`));
    expect(reading.problems).toEqual([]);
    expect(named(reading)).toEqual([expect.stringMatching(/^golang stdlib 1\.\d+\.\d+$/)]);
  },
);

test("node, which is no Go program, is read in no time", () => {
  const bytes = readFileSync(process.execPath);
  const before = performance.now();
  expect(read(bytes)).toEqual({ packages: [], problems: [] });
  expect(performance.now() - before).toBeLessThan(200);
});
