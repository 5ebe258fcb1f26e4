import { expect, test } from "vitest";
import { utf8Bytes } from "../../../kit/text.ts";
import type { Reading } from "../../../stages/catalog/contract.ts";
import { poetryLock } from "./cataloger.ts";

const read = (text: string, path = "poetry.lock"): Reading =>
  poetryLock.read({ path, bytes: utf8Bytes(text) });

test("reads versions 1 and 2: categories, groups, folders, normal names", () => {
  const reading = read(`[[package]]
name = "Flask"
version = "2.0.0"
category = "main"
optional = false

[package.dependencies]
Jinja2 = ">=3.0"
absent = "*"

[[package]]
name = "Jinja2"
version = "3.0.0"
groups = ["main", "dev"]

[[package]]
name = "pytest"
version = "7.0.0"
category = "dev"

[[package]]
name = "ruff"
version = "0.5.0"
groups = ["lint"]

[[package]]
name = "own"
version = "0.1.0"

[package.source]
type = "directory"
url = "own"

[metadata]
lock-version = "2.1"
`);
  expect(reading).toEqual({
    packages: [
      { type: "pypi", name: "flask", version: "2.0.0", dependsOn: ["jinja2"], line: 1 },
      { type: "pypi", name: "jinja2", version: "3.0.0", line: 11 },
      { type: "pypi", name: "pytest", version: "7.0.0", development: true, line: 16 },
      { type: "pypi", name: "ruff", version: "0.5.0", development: true, line: 21 },
    ],
    problems: [],
  });
});

test("damage names the line", () => {
  expect(read('[[package]]\nname = "a\n').problems).toEqual([
    { code: "file-damaged", detail: expect.stringMatching(/^line 2: /) },
  ]);
});
