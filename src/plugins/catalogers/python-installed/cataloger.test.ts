import { expect, test } from "vitest";
import { zipOf } from "../../../formats/test-support/zip-writer.ts";
import { utf8Bytes } from "../../../kit/text.ts";
import type { Reading } from "../../../stages/catalog/contract.ts";
import { pythonInstalled } from "./cataloger.ts";

const SITE = "usr/lib/python3.11/site-packages";
const PATH = `${SITE}/a-1.dist-info/METADATA`;
const read = (text: string, path = PATH): Reading =>
  pythonInstalled.read({ path, bytes: utf8Bytes(text) });

test.each([
  [`${SITE}/a-1.dist-info/METADATA`, true],
  [`${SITE}/a.egg-info/PKG-INFO`, true],
  [`${SITE}/a-1-py3.8.egg/EGG-INFO/PKG-INFO`, true],
  ["venv/lib/python3.8/site-packages/a-1-py3.8.egg-info", true],
  ["app/PKG-INFO", false],
  ["app/METADATA", false],
  ["a-1.dist-info/PKG-INFO", false],
  ["a.egg-info/METADATA", false],
])("%s is ours: %j", (path, wanted) => {
  expect(pythonInstalled.wants.test?.(path)).toBe(wanted);
});

const FLASK = `Metadata-Version: 2.1
Name: Flask_Thing.x
Version: 2.0.1
License: BSD-3-Clause
Classifier: License :: OSI Approved :: BSD License
Classifier: Programming Language :: Python
Requires-Dist: Werkzeug (>=2.0)
Requires-Dist: click[x]>=7; python_version < "3.8"
Requires-Dist: asgiref ; extra == 'async'
Requires-Dist: zope.interface

Name: not-this
Version: 9
`;

test("reads the header, and nothing of the description", () => {
  expect(read(FLASK)).toEqual({
    packages: [
      {
        type: "pypi",
        name: "flask-thing-x",
        version: "2.0.1",
        licenses: ["BSD-3-Clause"],
        dependsOn: ["werkzeug", "click", "zope-interface"],
      },
    ],
    problems: [],
  });
});

test.each<[string, string, string[] | undefined]>([
  [
    "the expression first",
    "License: x\nLicense-Expression: MIT OR Apache-2.0",
    ["MIT OR Apache-2.0"],
  ],
  ["one line", "License: MIT\nClassifier: License :: OSI Approved :: BSD License", ["MIT"]],
  [
    "a whole text",
    "License: Copyright\n        all rights\n        reserved\nClassifier: License :: OSI Approved :: MIT License",
    ["MIT License"],
  ],
  ["unknown", "License: UNKNOWN\nClassifier: License :: Public Domain", ["Public Domain"]],
  ["approved, but which", "Classifier: License :: OSI Approved", undefined],
  [
    "two classifiers",
    "Classifier: License :: OSI Approved :: A\nClassifier: License :: OSI Approved :: B",
    ["A", "B"],
  ],
])("licence: %s", (_, lines, wanted) => {
  expect(read(`Name: a\nVersion: 1\n${lines}\n`).packages[0]?.licenses).toEqual(wanted);
});

test.each<[string, string, string]>([
  ["windows line ends", "Name: A\r\nVersion: 1.0\r\n\r\nx", "a 1.0"],
  ["any case, no blank", "NAME:a\nversion:v1.0", "a 1.0"],
  ["the first of two", "Name: a\nName: b\nVersion: 1", "a 1"],
])("a package with %s", (_, text, wanted) => {
  const { packages, problems } = read(text);
  expect([packages.map((p) => `${p.name} ${p.version}`), problems]).toEqual([[wanted], []]);
});

test("reads an egg, which is an archive", () => {
  const bytes = zipOf([
    { name: "a/__init__.py", content: "" },
    { name: "EGG-INFO/PKG-INFO", content: "Name: a\nVersion: 1.0\n" },
  ]);
  const path = `${SITE}/a-1.0-py3.8.egg`;
  expect(pythonInstalled.read({ path, bytes }).packages).toEqual([
    { type: "pypi", name: "a", version: "1.0" },
  ]);
  expect(pythonInstalled.read({ path, bytes: bytes.subarray(0, 60) }).problems).toEqual([
    {
      code: "file-damaged",
      detail: "cannot read the egg: it has no end record: it is cut, or is no ZIP archive",
    },
  ]);
  expect(pythonInstalled.read({ path, bytes: zipOf([]) })).toEqual({ packages: [], problems: [] });
});

test.each<[string, string, string]>([
  ["no name", "Version: 1\n", "name"],
  ["no version", "Name: a\n", "version"],
  ["cut before the version", "Metadata-Version: 2.1\nName: a\nVers", "version"],
  ["the version in the description", "Name: a\n\nVersion: 1\n", "version"],
])("damage: %s", (_, text, what) => {
  expect(read(text)).toEqual({
    packages: [],
    problems: [{ code: "file-damaged", detail: `the metadata of "a-1.dist-info" has no ${what}` }],
  });
});

test("an empty file is the rest of a removal, not damage", () => {
  expect(read("")).toEqual({ packages: [], problems: [] });
});
