import { expect, test } from "vitest";
import { utf8Bytes } from "../../../kit/text.ts";
import type { Reading } from "../../../stages/catalog/contract.ts";
import { uvLock } from "./cataloger.ts";

const read = (text: string, path = "uv.lock"): Reading =>
  uvLock.read({ path, bytes: utf8Bytes(text) });

test("reads packages, and what only development groups reach", () => {
  const reading = read(`version = 1

[[package]]
name = "app"
version = "0.1.0"
source = { editable = "." }
dependencies = [
    { name = "a", extra = ["x"] },
]

[package.dev-dependencies]
dev = [
    { name = "pytest" },
]

[[package]]
name = "a"
version = "1.0.0"
source = { registry = "https://pypi.org/simple" }

[package.optional-dependencies]
x = [
    { name = "b", version = "2.0.0" },
]

[[package]]
name = "b"
version = "1.0.0"
source = { registry = "https://pypi.org/simple" }

[[package]]
name = "b"
version = "2.0.0"
source = { registry = "https://pypi.org/simple" }

[[package]]
name = "pytest"
version = "7.0.0"
source = { registry = "https://pypi.org/simple" }
dependencies = [
    { name = "b", version = "1.0.0" },
]

[[package]]
name = "g"
source = { git = "https://example.com/g?rev=abc#abc" }
`);
  expect(reading).toEqual({
    packages: [
      { type: "pypi", name: "a", version: "1.0.0", dependsOn: ["b"], line: 16 },
      { type: "pypi", name: "b", version: "1.0.0", development: true, line: 26 },
      { type: "pypi", name: "b", version: "2.0.0", line: 31 },
      {
        type: "pypi",
        name: "pytest",
        version: "7.0.0",
        development: true,
        dependsOn: ["b"],
        line: 36,
      },
    ],
    problems: [{ code: "declared-only", detail: 'line 44: "g" has no version to compare' }],
  });
});

test.each([
  ["uv.lock", true],
  ["tools/x.py.lock", true],
  ["poetry.lock", false],
])("asks for %s: %j", (path, wanted) => {
  expect(uvLock.wants.test?.(path)).toBe(wanted);
});
