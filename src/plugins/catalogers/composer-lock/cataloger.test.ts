import { expect, test } from "vitest";
import { utf8Bytes } from "../../../kit/text.ts";
import type { Reading } from "../../../stages/catalog/contract.ts";
import { composerLock } from "./cataloger.ts";

const read = (text: string, path = "composer.lock"): Reading =>
  composerLock.read({ path, bytes: utf8Bytes(text) });

test("reads both lists, branches and folders", () => {
  const reading = read(`{
  "packages": [
    {
      "name": "v/a",
      "version": "v1.2.3",
      "require": { "php": ">=7", "v/b": "^1" },
      "license": ["MIT", "GPL-2.0-only"]
    },
    { "name": "v/b", "version": "1.0.0" },
    { "name": "v/branch", "version": "dev-main" },
    { "name": "v/own", "version": "1.0.0", "dist": { "type": "path", "url": "own" } }
  ],
  "packages-dev": [{ "name": "v/test", "version": "9.0.0" }]
}`);
  expect(reading).toEqual({
    packages: [
      {
        type: "composer",
        name: "v/a",
        version: "1.2.3",
        licenses: ["MIT", "GPL-2.0-only"],
        dependsOn: ["v/b"],
        line: 3,
      },
      { type: "composer", name: "v/b", version: "1.0.0", line: 9 },
      { type: "composer", name: "v/test", version: "9.0.0", development: true, line: 13 },
    ],
    problems: [
      {
        code: "declared-only",
        detail: 'line 10: "v/branch" is a branch ("dev-main"), not a version',
      },
    ],
  });
});
