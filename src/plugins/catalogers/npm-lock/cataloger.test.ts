import { expect, test } from "vitest";
import { utf8Bytes } from "../../../kit/text.ts";
import type { Reading } from "../../../stages/catalog/contract.ts";
import { npmLock } from "./cataloger.ts";

const read = (text: string, path = "package-lock.json"): Reading =>
  npmLock.read({ path, bytes: utf8Bytes(text) });

test("reads folders: own names, links, bundles, aliases, development, and who answers a dependency", () => {
  const reading = read(`{
  "lockfileVersion": 3,
  "packages": {
    "": { "name": "app", "version": "1.0.0", "dependencies": { "a": "^1" } },
    "packages/own": { "version": "1.0.0" },
    "node_modules/own": { "resolved": "packages/own", "link": true },
    "node_modules/a": {
      "version": "1.2.3",
      "license": "MIT",
      "dependencies": { "b": "^2", "own": "*", "alias": "*", "absent": "*" }
    },
    "node_modules/b": { "version": "1.0.0", "dev": true },
    "node_modules/a/node_modules/b": { "version": "2.0.0", "inBundle": true },
    "node_modules/alias": { "name": "@scope/real", "version": "3.0.0", "devOptional": true },
    "packages/own/node_modules/@scope/c": {
      "version": "0.1.0",
      "resolved": "git+ssh://git@example.com/c.git#abc",
      "peerDependencies": { "b": "*" }
    }
  }
}`);
  expect(reading).toEqual({
    packages: [
      {
        type: "npm",
        name: "a",
        version: "1.2.3",
        licenses: ["MIT"],
        dependsOn: ["b", "@scope/real"],
        line: 7,
      },
      { type: "npm", name: "b", version: "1.0.0", development: true, line: 12 },
      { type: "npm", name: "b", version: "2.0.0", line: 13 },
      { type: "npm", name: "@scope/real", version: "3.0.0", line: 14 },
      { type: "npm", name: "@scope/c", version: "0.1.0", dependsOn: ["b"], line: 15 },
    ],
    problems: [],
  });
});

test("reads the tree of version 1", () => {
  const reading = read(`{
  "lockfileVersion": 1,
  "dependencies": {
    "a": {
      "version": "1.0.0",
      "requires": { "b": "^2", "c": "*" },
      "dependencies": {
        "b": { "version": "2.0.0", "requires": { "c": "*" } }
      }
    },
    "b": { "version": "1.0.0", "dev": true },
    "c": { "version": "npm:real@3.0.0" },
    "d": { "version": "git+https://user:secret@example.com/d.git#abc" },
    "own": { "version": "file:packages/own" }
  }
}`);
  expect(reading).toEqual({
    packages: [
      { type: "npm", name: "a", version: "1.0.0", dependsOn: ["b", "real"], line: 4 },
      { type: "npm", name: "b", version: "2.0.0", dependsOn: ["real"], line: 8 },
      { type: "npm", name: "b", version: "1.0.0", development: true, line: 11 },
      { type: "npm", name: "real", version: "3.0.0", line: 12 },
    ],
    problems: [
      {
        code: "declared-only",
        detail: 'line 13: "d" comes from git+https, without a version',
      },
    ],
  });
});

test("version 2 has both forms, and the folders count", () => {
  const text = `{"lockfileVersion":2,"packages":{"node_modules/a":{"version":"1.0.0"}},"dependencies":{"a":{"version":"1.0.0"}}}`;
  expect(read(text).packages).toEqual([{ type: "npm", name: "a", version: "1.0.0", line: 1 }]);
});

test.each([
  ["a cut file", '{\n"packages": {\n', "line 3: the document is cut"],
  ["a conflict of git", "{\n<<<<<<< HEAD\n", "line 2: expected a name in quotes"],
  ["no object", "[]", "it is not an object"],
  ["nothing", "", "line 1: the document is cut"],
])("%s is damage", (_, text, detail) => {
  expect(read(text)).toEqual({ packages: [], problems: [{ code: "file-damaged", detail }] });
});

test("an empty map of folders does not hide the tree", () => {
  const { packages } = read(
    '{"lockfileVersion": 2, "packages": {}, "dependencies": {"a": {"version": "1.0.0"}}}',
  );
  expect(packages.map((p) => p.name)).toEqual(["a"]);
});

test("a project without dependencies has no packages and no problems", () => {
  expect(read('{"name":"x","lockfileVersion":3,"packages":{"":{}}}')).toEqual({
    packages: [],
    problems: [],
  });
});
