import { expect, test } from "vitest";
import { utf8Bytes } from "../../../kit/text.ts";
import type { Reading } from "../../../stages/catalog/contract.ts";
import { pipRequirements } from "./cataloger.ts";

const read = (text: string, path = "requirements.txt"): Reading =>
  pipRequirements.read({ path, bytes: utf8Bytes(text) });

const named = ({ packages }: Reading): string[] =>
  packages.map((p) => `${p.name} ${p.version} ${p.line}`);

test("reads pins, with extras, markers, hashes, comments and lines that go on", () => {
  const reading = read(`# a comment
-r other.txt
--index-url https://user:secret@example.com/simple
Flask == 2.0.0  # why
requests[security,socks]==2.28.0 ; python_version >= "3.8"
Zope.Interface===5.0 \\
    --hash=sha256:aaaa \\
    --hash=sha256:bbbb
a (==1.0)
b>=1,==1.5
https://example.com/wheels/my_pkg-1.2.3-py3-none-any.whl#sha256=abc
c @ https://example.com/c-2.0%2Bcpu-cp310-cp310-linux_x86_64.whl ; sys_platform == "linux"
`);
  expect(named(reading)).toEqual([
    "flask 2.0.0 4",
    "requests 2.28.0 5",
    "zope-interface 5.0 6",
    "a 1.0 9",
    "b 1.5 10",
    "my-pkg 1.2.3 11",
    "c 2.0+cpu 12",
  ]);
  expect(reading.problems).toEqual([]);
});

test("what is not pinned is named", () => {
  const { packages, problems } = read(`django
flask>=2,<3
jinja2~=3.1
numpy==1.*
-e git+https://user:secret@example.com/x.git#egg=x
./local
d @ git+https://example.com/d.git@main
`);
  expect(packages).toEqual([]);
  expect(problems.map((p) => `${p.code} ${p.detail}`)).toEqual([
    'declared-only line 1: "django" is not pinned to one version: no version',
    'declared-only line 2: "flask" is not pinned to one version: a range',
    'declared-only line 3: "jinja2" is not pinned to one version: a range',
    'declared-only line 4: "numpy" is not pinned to one version: a range',
    'declared-only line 5: "x" is not pinned to one version: a path or an address',
    "declared-only line 6: a path or an address, whose version is not known",
    'declared-only line 7: "d" is not pinned to one version: a path or an address',
  ]);
});

test("lines that are no requirements are damage among requirements, and nothing in prose", () => {
  const { packages, problems } = read("a==1\nfoo]bar==1.0\nb==2\n");
  expect(packages.map((p) => p.name)).toEqual(["a", "b"]);
  expect(problems).toEqual([{ code: "file-damaged", detail: "line 2: it is not a requirement" }]);
  expect(read("You need a computer.\nAnd a chair, too.\nLinux\n")).toEqual({
    packages: [],
    problems: [],
  });
});

test("a list with pins is one, however much else is in it", () => {
  const { packages, problems } = read("django==2.0\n{{ name }}\n<<<<<<< HEAD\n??\n");
  expect([packages.map((p) => p.name), problems.map((p) => p.detail)]).toEqual([
    ["django"],
    [2, 3, 4].map((line) => `line ${line}: it is not a requirement`),
  ]);
  expect(read("\0GITCRYPT\0\u0001").problems).toEqual([
    { code: "file-damaged", detail: "it is no text" },
  ]);
});

test("files that are included are read themselves, or named", () => {
  const files: Readonly<Record<string, string>> = {
    "app/requirements.txt":
      "-r requirements/base.txt\n--requirement=../deps.in\n-r https://u:p@example.com/r.txt\n-c c.txt\n",
    "app/requirements/base.txt": "-r ../../requirements.txt\n-r none.txt\na==1\n",
    "app/requirements/none.txt": "# nothing yet\n",
    "requirements.txt": "b==1\n-r /etc/requirements.txt # here\n",
  };
  const readings = Object.entries(files).map(([path, text]) => ({
    path,
    reading: read(text, path),
  }));
  const joined = pipRequirements.join?.(readings) ?? [];
  expect(
    joined.map(({ path, reading }) => [path, reading.problems.map((p) => `${p.code} ${p.detail}`)]),
  ).toEqual([
    [
      "app/requirements.txt",
      [
        'file-unreadable line 2: it includes "../deps.in", which was not read as a list of requirements',
        "file-unreadable line 3: it includes an address, which was not read as a list of requirements",
      ],
    ],
    ["app/requirements/base.txt", []],
    ["app/requirements/none.txt", []],
    [
      "requirements.txt",
      [
        'file-unreadable line 2: it includes "/etc/requirements.txt", which was not read as a list of requirements',
      ],
    ],
  ]);
});

test("reads what PowerShell writes", () => {
  const bytes = new Uint8Array(Buffer.from("\ufeffa==1.0\r\nb==2.0\r\n", "utf16le"));
  expect(named(pipRequirements.read({ path: "requirements.txt", bytes }))).toEqual([
    "a 1.0 1",
    "b 2.0 2",
  ]);
});

test.each([
  ["requirements.txt", true],
  ["app/requirements-dev.txt", true],
  ["dev_requirements.txt", true],
  ["requirements/base.txt", true],
  ["requirements.in.txt", true],
  ["myrequirements.txt", false],
  ["readme.txt", false],
  ["constraints.txt", false],
])("asks for %s: %j", (path, wanted) => {
  expect(pipRequirements.wants.test?.(path)).toBe(wanted);
});

test("a file named for development marks its own", () => {
  expect(read("a==1\n", "requirements-dev.txt").packages[0]?.development).toBe(true);
  expect(read("a==1\n", "requirements-device.txt").packages[0]?.development).toBe(undefined);
});
