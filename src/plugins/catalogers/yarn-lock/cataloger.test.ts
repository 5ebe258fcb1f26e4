import { expect, test } from "vitest";
import { utf8Bytes } from "../../../kit/text.ts";
import type { Reading } from "../../../stages/catalog/contract.ts";
import { yarnLock } from "./cataloger.ts";

const read = (text: string, path = "yarn.lock"): Reading =>
  yarnLock.read({ path, bytes: utf8Bytes(text) });

const named = ({ packages }: Reading): string[] =>
  packages.map((p) => `${p.name} ${p.version} ${p.line} ${p.dependsOn?.join() ?? ""}`);

test("reads Yarn 1: several patterns, scopes, aliases, git, folders", () => {
  const reading = read(`# yarn lockfile v1


"@scope/a@^1.0.0", "@scope/a@>=1 <2, or 3":
  version "1.2.3"
  resolved "https://registry.yarnpkg.com/x.tgz#abc"
  dependencies:
    b "^2.0.0"
    other "npm:c@^3"
  optionalDependencies:
    absent "*"

b@^2.0.0, b@~2.1:
  version "2.1.0"

"other@npm:c@^3":
  version "3.0.0"

"g@git+https://example.com/g.git":
  version "1.1.1"

"own@file:packages/own":
  version "1.0.0"
`);
  expect(named(reading)).toEqual([
    "@scope/a 1.2.3 4 b,c",
    "b 2.1.0 13 ",
    "c 3.0.0 16 ",
    "g 1.1.1 19 ",
  ]);
  expect(reading.problems).toEqual([]);
});

test("reads Berry: protocols, patches, aliases, workspaces", () => {
  const reading = read(`__metadata:
  version: 8
  cacheKey: 10c0

"a@npm:^1.0.0, a@npm:^1.1.0":
  version: 1.2.3
  resolution: "a@npm:1.2.3"
  dependencies:
    b: "npm:^2"
    alias: "npm:real@^3"
  checksum: abc
  languageName: node
  linkType: hard

"alias@npm:real@^3":
  version: 3.0.0
  resolution: "real@npm:3.0.0"
  linkType: hard

"app@workspace:.":
  version: 0.0.0-use.local
  resolution: "app@workspace:."
  dependencies:
    a: "npm:^1.0.0"
  linkType: soft

"b@npm:^2":
  version: 2.0.0
  resolution: "b@npm:2.0.0"
  linkType: hard

"p@patch:p@npm%3A4.0.0#~/.yarn/patches/p.patch":
  version: 4.0.0
  resolution: "p@patch:p@npm%3A4.0.0#~/.yarn/patches/p.patch::version=4.0.0&hash=abc"
  linkType: hard
`);
  expect(named(reading)).toEqual([
    "a 1.2.3 5 b,real",
    "real 3.0.0 15 ",
    "b 2.0.0 27 ",
    "p 4.0.0 32 ",
  ]);
  expect(reading.problems).toEqual([]);
});

test("a package.json beside and below tells what is for development", () => {
  const lock = `# yarn lockfile v1

a@^1:
  version "1.0.0"
  dependencies:
    b "^1"

b@^1:
  version "1.0.0"

c@^1:
  version "1.0.0"
  dependencies:
    b "^1"

d@^1:
  version "1.0.0"
`;
  const files: [string, string][] = [
    ["app/package.json", '{"dependencies":{"a":"^1"},"devDependencies":{"c":"^1","d":"^1"}}'],
    ["app/packages/x/package.json", '{"dependencies":{"d":"^1"}}'],
    ["app/yarn.lock", lock],
    ["package.json", '{"dependencies":{"c":"^1"}}'],
  ];
  const joined = yarnLock.join?.(
    files.map(([path, text]) => ({ path, reading: read(text, path) })),
  );
  const flags = joined?.[2]?.reading.packages.map((p) => [p.name, p.development ?? false]);
  expect(flags).toEqual([
    ["a", false],
    ["b", false],
    ["c", true],
    ["d", false],
  ]);
});

test("without a package.json nothing is for development", () => {
  const reading = read('a@^1:\n  version "1.0.0"\n');
  const joined = yarnLock.join?.([{ path: "yarn.lock", reading }]);
  expect(joined?.[0]?.reading.packages).toEqual([
    { type: "npm", name: "a", version: "1.0.0", line: 1 },
  ]);
});

test("keeps what it understood of a damaged file of Yarn 1", () => {
  const { packages, problems } = read(
    `a@^1:\n  version "1.0.0"\n<<<<<<< HEAD\nb@^1:\n  resolved "x"\n`,
  );
  expect(packages.map((p) => p.name)).toEqual(["a"]);
  expect(problems.map((p) => p.detail)).toEqual([
    "line 3: it begins no package",
    "line 4: it has no version",
  ]);
});

test("package.json files in node_modules are not asked for", () => {
  expect(yarnLock.wants.test?.("node_modules/a/package.json")).toBe(false);
  expect(yarnLock.wants.test?.("packages/a/package.json")).toBe(true);
});
