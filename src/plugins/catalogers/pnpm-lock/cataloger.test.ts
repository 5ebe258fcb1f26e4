import { expect, test } from "vitest";
import { utf8Bytes } from "../../../kit/text.ts";
import type { Reading } from "../../../stages/catalog/contract.ts";
import { pnpmLock } from "./cataloger.ts";

const read = (text: string, path = "pnpm-lock.yaml"): Reading =>
  pnpmLock.read({ path, bytes: utf8Bytes(text) });

const named = ({ packages }: Reading): string[] =>
  packages.map(
    (p) =>
      `${p.name} ${p.version} ${p.line} ${p.dependsOn?.join() ?? ""}${p.development === true ? " dev" : ""}`,
  );

test("reads version 5: slashes, underscores, hosts, aliases", () => {
  const reading = read(`lockfileVersion: 5.4

specifiers:
  a: ^1.0.0

dependencies:
  a: 1.0.0

packages:

  /a/1.0.0:
    resolution: {integrity: sha512-x}
    dependencies:
      '@scope/b': 2.0.0_react@16.8.0
      alias: /c/3.0.0
    dev: false

  /@scope/b/2.0.0_react@16.8.0:
    resolution: {integrity: sha512-x}
    deprecated: |-
      Use another: it is old.

      Really.
    dev: true

  /c/3.0.0:
    resolution: {integrity: sha512-x}
    dev: false

  registry.example.com/d/4.0.0:
    resolution: {integrity: sha512-x}
    dev: false

  github.com/x/e/0123abc:
    resolution: {tarball: https://codeload.github.com/x/e/tar.gz/0123abc}
    name: e
    version: 5.0.0
    dev: false
`);
  expect(named(reading)).toEqual([
    "a 1.0.0 11 @scope/b,c",
    "@scope/b 2.0.0 18  dev",
    "c 3.0.0 26 ",
    "d 4.0.0 30 ",
    "e 5.0.0 34 ",
  ]);
  expect(reading.problems).toEqual([]);
});

test("reads version 6: at signs and brackets", () => {
  const reading = read(`lockfileVersion: '6.0'

packages:

  /@scope/a@1.0.0(react@16.8.0)(x@1.0.0):
    resolution: {integrity: sha512-x}
    dependencies:
      b: 2.0.0
    dev: true

  /b@2.0.0:
    resolution: {integrity: sha512-x}
    dev: false

  file:packages/own:
    resolution: {directory: packages/own, type: directory}
    name: own
    version: 1.0.0
    dev: false

  '@codeload.github.com/x/c/tar.gz/0123':
    resolution: {tarball: https://codeload.github.com/x/c/tar.gz/0123}
    name: c
    version: 2.0.1
    dev: false
`);
  expect(named(reading)).toEqual(["@scope/a 1.0.0 5 b dev", "b 2.0.0 11 ", "c 2.0.1 21 "]);
});

test("reads version 9, whose development packages are found by reaching", () => {
  const reading = read(`---
lockfileVersion: '9.0'

importers:

  .:
    dependencies:
      a:
        specifier: ^1
        version: 1.0.0(peer@1.0.0)
    devDependencies:
      d:
        specifier: ^1
        version: 1.0.0

packages:

  a@1.0.0:
    resolution: {integrity: sha512-x}
    peerDependencies:
      peer: '*'

  d@1.0.0:
    resolution: {integrity: sha512-x}

  e@https://codeload.github.com/x/e/tar.gz/0123:
    resolution: {tarball: https://codeload.github.com/x/e/tar.gz/0123}
    version: 2.0.1

  f@file:f.tgz:
    resolution: {integrity: sha512-x, tarball: file:f.tgz}

  peer@1.0.0:
    resolution: {integrity: sha512-x}

  own@file:own:
    resolution: {directory: own, type: directory}

snapshots:

  a@1.0.0(peer@1.0.0):
    dependencies:
      peer: 1.0.0
      alias: e@https://codeload.github.com/x/e/tar.gz/0123

  d@1.0.0:
    dependencies:
      peer: 1.0.0

  e@https://codeload.github.com/x/e/tar.gz/0123: {}

  f@file:f.tgz: {}

  peer@1.0.0: {}
`);
  expect(named(reading)).toEqual([
    "a 1.0.0 18 peer,e",
    "d 1.0.0 23 peer dev",
    "e 2.0.1 26 ",
    "peer 1.0.0 33 ",
  ]);
  expect(reading.problems).toEqual([
    {
      code: "declared-only",
      detail: 'line 30: "f@file:f.tgz" comes from no registry, without a version',
    },
  ]);
});

test("reads the documents that pnpm 11 writes", () => {
  const text = `---
lockfileVersion: '9.0'
packages:

  pnpm@11.0.0:
    resolution: {integrity: sha512-x}
---
lockfileVersion: '9.0'
packages:

  a@1.0.0:
    resolution: {integrity: sha512-x}
`;
  expect(named(read(text))).toEqual(["pnpm 11.0.0 5 ", "a 1.0.0 11 "]);
});

test("a merge conflict is damage", () => {
  const { packages, problems } = read("packages:\n<<<<<<< HEAD\n  a@1.0.0: {}\n");
  expect(packages).toEqual([]);
  expect(problems).toEqual([
    { code: "file-damaged", detail: expect.stringMatching(/^line \d+: /) },
  ]);
});
