import { expect, test } from "vitest";
import { utf8Bytes } from "../../../kit/text.ts";
import type { Reading } from "../../../stages/catalog/contract.ts";
import { pipenvLock } from "./cataloger.ts";

const read = (text: string, path = "Pipfile.lock"): Reading =>
  pipenvLock.read({ path, bytes: utf8Bytes(text) });

test("reads categories, and what has no version", () => {
  const reading = read(`{
  "_meta": { "hash": {} },
  "default": {
    "Flask": { "hashes": [], "index": "pypi", "version": "==2.0.0" },
    "g": { "git": "https://user:secret@example.com/g.git", "ref": "abc" },
    "own": { "editable": true, "path": "." }
  },
  "develop": {
    "flask": { "version": "==2.0.0" },
    "pytest": { "version": "==7.0.0" }
  }
}`);
  expect(reading).toEqual({
    packages: [
      { type: "pypi", name: "flask", version: "2.0.0", line: 4 },
      { type: "pypi", name: "pytest", version: "7.0.0", development: true, line: 10 },
    ],
    problems: [
      { code: "declared-only", detail: 'line 5: "g" comes from no index, without a version' },
    ],
  });
});
