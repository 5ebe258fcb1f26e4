import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { utf8Bytes } from "../../../kit/text.ts";
import type { Reading } from "../../../stages/catalog/contract.ts";
import { yarnPnp } from "./cataloger.ts";

const read = (bytes: Uint8Array): Reading => yarnPnp.read({ path: ".pnp.cjs", bytes });
const fixture = (name: string): Uint8Array =>
  readFileSync(new URL(`fixtures/${name}`, import.meta.url));
const named = ({ packages }: Reading): string[] =>
  packages.map((p) => `${p.name} ${p.version} ${p.dependsOn?.join() ?? ""}`.trim());

/** A table of packages as `.pnp.data.json` has it. */
function table(
  ...entries: readonly [name: string | null, reference: string, soft?: true][]
): Uint8Array {
  const packageRegistryData = entries.map(([name, reference, soft]) => [
    name,
    [[reference, { packageDependencies: [], linkType: soft ? "SOFT" : "HARD" }]],
  ]);
  return utf8Bytes(JSON.stringify({ __info: [], packageRegistryData }));
}

// Written by Yarn 2.4.3, 3.8.7 and 4.18.1 for one package.json; of the programs only the beginning, which has the document.
test.each([
  "yarn-2.pnp.js.txt",
  "yarn-3.pnp.cjs.txt",
  "yarn-4.pnp.cjs.txt",
  "yarn-4.pnp.data.json",
])("%s is read whole", (name) => {
  const reading = read(fixture(name));
  expect([named(reading), reading.problems]).toEqual([
    [
      "@sindresorhus/is 4.6.0",
      "ansi-styles 4.3.0 color-convert",
      "chalk 4.1.2 ansi-styles,supports-color",
      "color-convert 2.0.1 color-name",
      "color-name 1.1.4",
      "has-flag 4.0.0",
      "is-number 6.0.0",
      "is-number 7.0.0",
      "is-odd 3.0.1 is-number",
      "react-is 17.0.2",
      "supports-color 7.2.0 has-flag",
    ],
    [],
  ]);
});

describe("a reference", () => {
  test.each([
    ["npm:1.2.3", "a 1.2.3"],
    ["virtual:0123abcd#npm:1.2.3", "a 1.2.3"],
    ["npm:1.2.3::__archiveUrl=https%3A%2F%2Fx", "a 1.2.3"],
    ["patch:a@npm%3A1.2.3#~/.yarn/patches/a.patch::version=1.2.3&hash=1", "a 1.2.3"],
    ["virtual:0#patch:a@npm%3A1.2.3#builtin<compat/a>::version=1.2.3&hash=1", "a 1.2.3"],
    ["patch:@s/a@npm:1.2.3#./a.patch", "a 1.2.3"],
  ])("%s is %s", (reference, wanted) => {
    expect(named(read(table(["a", reference])))).toEqual([wanted]);
  });

  test("of the project's own folders is no package", () => {
    const own = read(
      table([null, "workspace:."], ["app", "workspace:.", true], ["l", "link:x", true]),
    );
    expect(own).toEqual({ packages: [], problems: [] });
  });

  test("without a version is a problem, and its address is not told", () => {
    const reading = read(
      table(["g", "https://user:secret@host/g.git#commit=1"], ["a", "npm:1.0.0"]),
    );
    expect([named(reading), reading.problems]).toEqual([
      ["a 1.0.0"],
      [
        {
          code: "version-unreadable",
          detail: '"g" comes from https, and its version is not stated',
        },
      ],
    ]);
  });
});

test("a program whose document lies beside it says nothing", () => {
  expect(
    read(utf8Bytes("const dataLocation = path.resolve(__dirname, `.pnp.data.json`);")),
  ).toEqual({
    packages: [],
    problems: [],
  });
});

test.each([
  ["of Yarn 1", "let packageInformationStores = new Map([]);"],
  ["that is cut", 'const RAW_RUNTIME_STATE =\n\'{\\\n  "__info": [],'],
  ["whose table is something else", '{"__info": [], "packageRegistryData": 1}'],
])("a file %s is damaged", (_, text) => {
  expect(read(utf8Bytes(text)).problems.map((p) => p.code)).toEqual(["file-damaged"]);
});

test("never throws on any bytes", () => {
  const real = fixture("yarn-3.pnp.cjs.txt");
  fc.assert(
    fc.property(fc.nat(real.length), fc.uint8Array(), (at, bytes) => {
      read(bytes);
      const changed = Uint8Array.from(real);
      changed.set(bytes.subarray(0, real.length - at), at);
      for (const found of read(changed).packages) expect(found.version).toMatch(/^[!-~]+$/);
    }),
  );
});
