import { expect, test } from "vitest";
import { utf8Bytes } from "../../../kit/text.ts";
import type { Reading } from "../../../stages/catalog/contract.ts";
import { npmInstalled } from "./cataloger.ts";

const read = (text: string): Reading =>
  npmInstalled.read({ path: "node_modules/a/package.json", bytes: utf8Bytes(text) });

test.each([
  ["node_modules/a/package.json", true],
  ["app/node_modules/@s/a/package.json", true],
  ["app/node_modules/a/node_modules/@s/b/package.json", true],
  ["usr/lib/node_modules/npm/package.json", true],
  ["app/node_modules/.pnpm/a@1.0.0/node_modules/a/package.json", true],
  ["app/node_modules/.pnpm/@s+a@1.0.0/node_modules/@s/a/package.json", true],
  ["app/node_modules/test/node_modules/a/package.json", true],
  ["app/node_modules/@test/spec/node_modules/a/package.json", true],
  ["test/app/node_modules/a/package.json", true],
  ["app/node_modules/a/vendor/node_modules/b/package.json", true],
  ["app/node_modules/a/test/node_modules/b/package.json", false],
  ["app/node_modules/@s/a/lib/fixtures/x/node_modules/b/package.json", false],
  ["app/package.json", false],
  ["node_modules/package.json", false],
  ["node_modules/@s/package.json", false],
  ["node_modules/.package-lock.json", false],
  ["node_modules/.bin/package.json", false],
  ["app/node_modules/a/dist/esm/package.json", false],
  ["not_node_modules/a/package.json", false],
])("%s is of an installed package: %j", (path, wanted) => {
  expect(npmInstalled.wants.test?.(path)).toBe(wanted);
});

test("reads name, version, licence and dependencies", () => {
  expect(
    read(`{
      "name": "@s/a", "version": "1.2.3-rc.1", "license": "(MIT OR Apache-2.0)",
      "dependencies": {"b": "^1", "@s/a": "1"}, "optionalDependencies": {"c": "1", "b": "^1"},
      "devDependencies": {"d": "1"}, "private": true
    }`),
  ).toEqual({
    packages: [
      {
        type: "npm",
        name: "@s/a",
        version: "1.2.3-rc.1",
        licenses: ["(MIT OR Apache-2.0)"],
        dependsOn: ["b", "c"],
      },
    ],
    problems: [],
  });
});

test.each<[string, string, string[] | undefined]>([
  ["a text", '"license": "MIT"', ["MIT"]],
  ["an object", '"license": {"type": "BSD", "url": "http://x/"}', ["BSD"]],
  ["a list of texts", '"license": ["MIT", "GPL-2.0"]', ["MIT", "GPL-2.0"]],
  ["the old list", '"licenses": [{"type": "MIT"}, {"type": "GPLv2"}]', ["MIT", "GPLv2"]],
  ["the old name with a text", '"licenses": "MIT"', ["MIT"]],
  ["an address alone", '"licenses": [{"url": "http://x/LICENSE"}]', ["http://x/LICENSE"]],
  ["the new name first", '"license": "MIT", "licenses": ["GPL"]', ["MIT"]],
  ["an empty new one", '"license": "", "licenses": ["GPL"]', ["GPL"]],
  ["a file", '"license": "SEE LICENSE IN LICENSE.txt"', ["SEE LICENSE IN LICENSE.txt"]],
  ["nonsense", '"license": 7, "licenses": [null, [], {"type": 1}]', undefined],
  ["none", '"x": 1', undefined],
])("licence: %s", (_, member, wanted) => {
  const { packages } = read(`{"name": "a", "version": "1.0.0", ${member}}`);
  expect(packages[0]?.licenses).toEqual(wanted);
});

test.each<[string, string, string | null]>([
  ["a version with v", '{"name": "a", "version": "v1.0.0"}', "1.0.0"],
  ["a byte order mark", '\ufeff{"name": "a", "version": "1.0.0"}', "1.0.0"],
  ["a stub", '{"type": "module"}', null],
  ["no version", '{"name": "a"}', null],
  ["no name", '{"version": "1.0.0"}', null],
  ["a name with blanks", '{"name": "a b", "version": "1.0.0"}', null],
  ["a version that is a number", '{"name": "a", "version": 1}', null],
  ["a list", "[]", null],
  ["inherited names", '{"__proto__": {"name": "a", "version": "1"}}', null],
])("what counts as a package: %s", (_, text, version) => {
  const { packages, problems } = read(text);
  expect([packages[0]?.version ?? null, problems]).toEqual([version, []]);
});

test.each(["", "{", "null", '{"name": "a", "version": "1.0.0"'])("damage: %j", (text) => {
  expect(read(text)).toEqual({
    packages: [],
    problems: [{ code: "file-damaged", detail: "package.json is not JSON" }],
  });
});
