import { expect, test } from "vitest";
import { utf8Bytes } from "../../../kit/text.ts";
import type { Reading } from "../../../stages/catalog/contract.ts";
import { composerInstalled } from "./cataloger.ts";

const read = (value: unknown): Reading =>
  composerInstalled.read({
    path: "vendor/composer/installed.json",
    bytes: utf8Bytes(typeof value === "string" ? value : JSON.stringify(value)),
  });

test.each([
  ["app/vendor/composer/installed.json", true],
  ["composer/installed.json", true],
  ["app/installed.json", false],
  ["app/my-composer/installed.json", false],
])("%s is ours: %j", (path, wanted) => {
  expect(composerInstalled.wants.test?.(path)).toBe(wanted);
});

const MONOLOG = {
  name: "Monolog/Monolog",
  version: "v2.3.5",
  version_normalized: "2.3.5.0",
  license: ["MIT"],
  require: { php: ">=7.2", "ext-json": "*", "psr/log": "^1.0" },
};
const PHPUNIT = { name: "phpunit/phpunit", version: "9.5.10", license: "BSD-3-Clause" };

const WANTED = [
  {
    type: "composer",
    name: "monolog/monolog",
    version: "2.3.5",
    licenses: ["MIT"],
    dependsOn: ["psr/log"],
  },
  { type: "composer", name: "phpunit/phpunit", version: "9.5.10", licenses: ["BSD-3-Clause"] },
];

test("reads the list of Composer 1", () => {
  expect(read([MONOLOG, PHPUNIT])).toEqual({ packages: WANTED, problems: [] });
});

test("reads the object of Composer 2, which says what is for development", () => {
  const value = {
    packages: [MONOLOG, PHPUNIT],
    dev: true,
    "dev-package-names": ["phpunit/phpunit"],
  };
  const [monolog, phpunit] = WANTED;
  expect(read(value)).toEqual({
    packages: [monolog, { ...phpunit, development: true }],
    problems: [],
  });
});

test.each<[string, unknown]>([
  ["an empty list", []],
  ["an empty object", {}],
  ["another object", { packages: "none" }],
  ["an empty file", ""],
])("reads nothing from %s", (_, value) => {
  expect(read(value)).toEqual({ packages: [], problems: [] });
});

test("reports what it can, and counts what it cannot", () => {
  expect(read([PHPUNIT, { name: "a/b" }, null, 7])).toEqual({
    packages: [WANTED[1]],
    problems: [
      {
        code: "file-damaged",
        detail: "3 of 4 packages have no name or version that can be read",
      },
    ],
  });
  expect(read("[{").problems).toEqual([
    { code: "file-damaged", detail: "installed.json is not JSON" },
  ]);
});
