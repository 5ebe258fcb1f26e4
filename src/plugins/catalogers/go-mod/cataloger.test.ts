import { expect, test } from "vitest";
import { utf8Bytes } from "../../../kit/text.ts";
import type { Reading } from "../../../stages/catalog/contract.ts";
import { goMod } from "./cataloger.ts";

const read = (text: string, path = "go.mod"): Reading =>
  goMod.read({ path, bytes: utf8Bytes(text) });

const named = ({ packages }: Reading): string[] =>
  packages.map((p) => `${p.name} ${p.version} ${p.line ?? "-"}`);

test("reads requirements, replacements and the toolchain", () => {
  const reading = read(`module example.com/app // comment

go 1.22

toolchain go1.22.3

require example.com/single v1.0.0

require (
	"example.com/quoted" v1.1.0
	example.com/indirect v0.0.0-20211111083644-e5c967477495 // indirect
	example.com/old v1.0.0
	example.com/folder v1.0.0
	example.com/pinned v1.0.0
	example.com/branch main
)

replace example.com/old => example.com/new v2.0.0+incompatible

replace (
	example.com/folder => ../folder
	example.com/pinned v0.9.0 => example.com/other v9.0.0
)

exclude example.com/single v1.0.1
retract [v1.0.0, v1.1.0]
tool example.com/cmd/x
`);
  expect(named(reading)).toEqual([
    "example.com/single v1.0.0 7",
    "example.com/quoted v1.1.0 10",
    "example.com/indirect v0.0.0-20211111083644-e5c967477495 11",
    "example.com/new v2.0.0+incompatible 12",
    "example.com/pinned v1.0.0 14",
    "stdlib 1.22.3 5",
  ]);
  expect(reading.problems).toEqual([
    { code: "declared-only", detail: 'line 15: "example.com/branch" has no version to compare' },
  ]);
});

const SUM = `example.com/a v1.0.0 h1:x=
example.com/a v1.0.0/go.mod h1:x=
example.com/b v1.0.0 h1:x=
example.com/b v1.2.0 h1:x=
example.com/b v1.2.0/go.mod h1:x=
example.com/c v1.0.0/go.mod h1:x=
`;

test.each([
  ["1.16", ["example.com/a v1.0.0 4", "example.com/b v1.2.0 -"]],
  ["1.17", ["example.com/a v1.0.0 4"]],
  ["1.9", ["example.com/a v1.0.0 4", "example.com/b v1.2.0 -"]],
  ["2.0", ["example.com/a v1.0.0 4"]],
])("with Go %s, go.sum beside it completes it, or not", (go, wanted) => {
  const joined = goMod.join?.([
    { path: "x/go.mod", reading: read(`module x\ngo ${go}\n\nrequire example.com/a v1.0.0\n`) },
    { path: "x/go.sum", reading: read(SUM, "x/go.sum") },
    { path: "y/go.sum", reading: read("example.com/z v1.0.0 h1:x=\n", "y/go.sum") },
  ]);
  expect(joined?.map((r) => named(r.reading))).toEqual([wanted, [], []]);
});

test("keeps what it understood, and names the lines that it did not", () => {
  const reading = read("module x\n<<<<<<< HEAD\nrequire example.com/a v1.0.0\n");
  expect(named(reading)).toEqual(["example.com/a v1.0.0 3"]);
  expect(reading.problems).toEqual([
    { code: "file-damaged", detail: "line 2: it is no statement of go.mod" },
  ]);
});
