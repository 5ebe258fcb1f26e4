import { expect, test } from "vitest";
import { utf8Bytes } from "../../../kit/text.ts";
import type { Reading } from "../../../stages/catalog/contract.ts";
import { bunLock } from "./cataloger.ts";

const read = (text: string, path = "bun.lock"): Reading =>
  bunLock.read({ path, bytes: utf8Bytes(text) });

const TEXT = `{
  // written by Bun
  "lockfileVersion": 1,
  "workspaces": {
    "": { "name": "app", "dependencies": { "a": "^1" }, "devDependencies": { "d": "^1" }, },
    "packages/x": { "name": "x", "dependencies": { "b": "^2" }, },
  },
  "packages": {
    "a": ["a@1.0.0", "", { "dependencies": { "b": "^1" } }, "sha512-x"],

    "b": ["b@2.0.0", "", {}, "sha512-x"],

    "d": ["d@1.0.0", "", { "dependencies": { "@scope/e": "*" } }, "sha512-x"],

    "@scope/e": ["real@npm:3.0.0", "", {}, "sha512-x"],

    "g": ["g@github:x/g#0123", {}, "x-g-0123"],

    "x": ["x@workspace:packages/x"],

    "a/b": ["b@1.0.0", "", {}, "sha512-x"],
  }
}
`;

test("reads packages, nested ones, and what only development reaches", () => {
  expect(read(TEXT)).toEqual({
    packages: [
      { type: "npm", name: "a", version: "1.0.0", dependsOn: ["b"], line: 9 },
      { type: "npm", name: "b", version: "2.0.0", line: 11 },
      {
        type: "npm",
        name: "d",
        version: "1.0.0",
        development: true,
        dependsOn: ["real"],
        line: 13,
      },
      { type: "npm", name: "real", version: "3.0.0", development: true, line: 15 },
      { type: "npm", name: "b", version: "1.0.0", line: 21 },
    ],
    problems: [
      { code: "declared-only", detail: 'line 17: "g" comes from github, without a version' },
    ],
  });
});

test("the binary form is a problem with a way out, unless the text is beside it", () => {
  const binary = read("#!/usr/bin/env bun\nbun-lockfile-format-v0\n", "x/bun.lockb");
  expect(binary).toEqual({
    packages: [],
    problems: [
      {
        code: "file-damaged",
        detail:
          "the binary lock file of Bun is not read; bun install --save-text-lockfile writes bun.lock",
      },
    ],
  });
  const text = { path: "x/bun.lock", reading: read(TEXT) };
  const joined = bunLock.join?.([text, { path: "x/bun.lockb", reading: binary }]);
  expect(joined?.map((r) => r.reading.problems.map((p) => p.code))).toEqual([
    ["declared-only"],
    [],
  ]);
  const alone = bunLock.join?.([{ path: "y/bun.lockb", reading: binary }]);
  expect(alone?.[0]?.reading).toBe(binary);
});

test("an entry of another form is damage, and the rest is kept", () => {
  const { packages, problems } = read('{"packages":{"a":{},\n"b":["b@1.0.0"]}}');
  expect(packages.map((p) => p.name)).toEqual(["b"]);
  expect(problems).toEqual([
    { code: "file-damaged", detail: 'line 1: "a" is not a package as Bun writes one' },
  ]);
});
