import { expect, test } from "vitest";
import { utf8Bytes } from "../../../kit/text.ts";
import type { Reading } from "../../../stages/catalog/contract.ts";
import { nugetLock } from "./cataloger.ts";

const read = (text: string, path = "packages.lock.json"): Reading =>
  nugetLock.read({ path, bytes: utf8Bytes(text) });

test("reads a lock file: frameworks, projects, dependencies", () => {
  const reading = read(`{
  "version": 2,
  "dependencies": {
    "net6.0": {
      "A": { "type": "Direct", "requested": "[1.0.0, )", "resolved": "1.0.0" },
      "B": { "type": "Transitive", "resolved": "2.0.0", "dependencies": { "A": "1.0.0" } },
      "own": { "type": "Project" }
    },
    "net8.0": {
      "A": { "type": "CentralTransitive", "resolved": "1.0.0" }
    }
  }
}`);
  expect(reading).toEqual({
    packages: [
      { type: "nuget", name: "A", version: "1.0.0", line: 5 },
      { type: "nuget", name: "B", version: "2.0.0", dependsOn: ["A"], line: 6 },
    ],
    problems: [],
  });
});

test("reads packages.config", () => {
  const text = `<?xml version="1.0" encoding="utf-8"?>
<packages>
  <package id="A" version="1.0.0" targetFramework="net472" />
  <package id="B" version="2.0.0" developmentDependency="true" />
  <package id="C" />
</packages>
`;
  expect(read(text, "packages.config")).toEqual({
    packages: [
      { type: "nuget", name: "A", version: "1.0.0", line: 3 },
      { type: "nuget", name: "B", version: "2.0.0", development: true, line: 4 },
    ],
    problems: [{ code: "declared-only", detail: 'line 5: "C" has no version' }],
  });
});

test("a cut packages.config is damage", () => {
  expect(read("<packages>\n<package", "packages.config").problems).toEqual([
    { code: "file-damaged", detail: "line 2: the tag <package> has no end" },
  ]);
});
