import { expect, test } from "vitest";
import { utf8Bytes } from "../../../kit/text.ts";
import type { Reading } from "../../../stages/catalog/contract.ts";
import { pylock } from "./cataloger.ts";

const read = (text: string, path = "pylock.toml"): Reading =>
  pylock.read({ path, bytes: utf8Bytes(text) });

test("reads packages, directories and what has no version", () => {
  const reading = read(`lock-version = "1.0"
created-by = "pip"

[[packages]]
name = "attrs"
version = "25.1.0"

[[packages.wheels]]
name = "attrs-25.1.0-py3-none-any.whl"

[[packages]]
name = "cattrs"
version = "24.1.2"
dependencies = [
    {name = "attrs"},
]

[[packages]]
name = "own"
directory = {path = "."}

[[packages]]
name = "g"
vcs = {type = "git", url = "https://example.com/g", commit-id = "abc"}
`);
  expect(reading).toEqual({
    packages: [
      { type: "pypi", name: "attrs", version: "25.1.0", line: 4 },
      { type: "pypi", name: "cattrs", version: "24.1.2", dependsOn: ["attrs"], line: 11 },
    ],
    problems: [{ code: "declared-only", detail: 'line 22: "g" has no version to compare' }],
  });
});

test.each([
  ["pylock.toml", true],
  ["pylock.dev.toml", true],
  ["pylock.a.b.toml", false],
  ["pyproject.toml", false],
])("asks for %s: %j", (path, wanted) => {
  expect(pylock.wants.test?.(path)).toBe(wanted);
});
