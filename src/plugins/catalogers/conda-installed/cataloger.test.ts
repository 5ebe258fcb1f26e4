import fc from "fast-check";
import { expect, test } from "vitest";
import { utf8Bytes } from "../../../kit/text.ts";
import type { Reading } from "../../../stages/catalog/contract.ts";
import { condaInstalled } from "./cataloger.ts";

const read = (text: string): Reading =>
  condaInstalled.read({ path: "opt/conda/conda-meta/a-1-0.json", bytes: utf8Bytes(text) });

// As conda 24 writes it, without the lists of files.
const OPENSSL = `{
  "build": "hb9d3cd8_0",
  "build_number": 0,
  "channel": "https://conda.anaconda.org/conda-forge/linux-64",
  "constrains": [],
  "depends": ["__glibc >=2.17,<3.0.a0", "ca-certificates", "libgcc >=13"],
  "files": ["lib/libssl.so.3"],
  "fn": "openssl-3.4.0-hb9d3cd8_0.conda",
  "license": "Apache-2.0",
  "name": "openssl",
  "subdir": "linux-64",
  "version": "3.4.0"
}`;

test("a record is a package", () => {
  expect(read(OPENSSL)).toEqual({
    packages: [
      {
        type: "conda",
        name: "openssl",
        version: "3.4.0",
        licenses: ["Apache-2.0"],
        dependsOn: ["ca-certificates", "libgcc"],
      },
    ],
    problems: [],
  });
});

test.each([
  ["opt/conda/conda-meta/openssl-3.4.0-hb9d3cd8_0.json", true],
  ["conda-meta/a.json", true],
  ["opt/conda/envs/x/conda-meta/a-1-0.json", true],
  ["opt/conda/pkgs/openssl-3.4.0/info/index.json", false],
  ["conda-meta/state/a.json", false],
])("%s is a record: %s", (path, wanted) => {
  expect(condaInstalled.wants.test?.(path)).toBe(wanted);
});

test.each([
  ["cut", OPENSSL.slice(0, 200)],
  ["without a version", '{"name": "a"}'],
  ["with a name of blanks", '{"name": " a ", "version": "1"}'],
  ["something else", "[]"],
])("a record that is %s is damaged", (_, text) => {
  expect(read(text)).toMatchObject({ packages: [], problems: [{ code: "file-damaged" }] });
});

test("never throws on any bytes", () => {
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array(), fc.json().map(utf8Bytes)), (bytes) => {
      expect(
        condaInstalled.read({ path: "conda-meta/a.json", bytes }).packages.length,
      ).toBeLessThan(2);
    }),
  );
});
