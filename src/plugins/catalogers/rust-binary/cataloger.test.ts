import { deflateSync } from "node:zlib";
import { expect, test } from "vitest";
import { elfOf } from "../../../formats/test-support/elf-writer.ts";
import { utf8Bytes } from "../../../kit/text.ts";
import type { Reading } from "../../../stages/catalog/contract.ts";
import { rustBinary } from "./cataloger.ts";

const read = (bytes: Uint8Array): Reading => rustBinary.read({ path: "usr/bin/app", bytes });

/** A program with the section as cargo-auditable writes it. */
function programOf(list: unknown): Uint8Array {
  const content = deflateSync(Buffer.from(typeof list === "string" ? list : JSON.stringify(list)));
  return elfOf([
    { name: ".text", content: utf8Bytes("code") },
    { name: ".dep-v0", content },
  ]);
}

const LIST = {
  packages: [
    { name: "cc", version: "1.0.0", source: "crates.io", kind: "build" },
    { name: "libc", version: "0.2.100", source: "crates.io", kind: "build" },
    { name: "libc", version: "0.2.100", source: "crates.io", dependencies: [] },
    { name: "app", version: "0.1.0", source: "local", dependencies: [2, 0, 99, "x"], root: true },
  ],
  format: 1,
};

test("reports crates, with what they depend on and what they are for", () => {
  expect(read(programOf(LIST))).toEqual({
    packages: [
      { type: "cargo", name: "cc", version: "1.0.0", development: true },
      { type: "cargo", name: "libc", version: "0.2.100" },
      { type: "cargo", name: "app", version: "0.1.0", dependsOn: ["libc", "cc"] },
    ],
    problems: [],
  });
});

test.each<[string, Uint8Array]>([
  ["a program without the section", elfOf([{ name: ".dep", content: utf8Bytes("x") }])],
  ["a text that names the section", utf8Bytes(".dep-v0")],
  ["an empty list", programOf({ packages: [] })],
])("reads nothing from %s", (_, bytes) => {
  expect(read(bytes)).toEqual({ packages: [], problems: [] });
});

test.each<[string, Uint8Array, string]>([
  [
    "bytes that are not deflated",
    elfOf([{ name: ".dep-v0", content: utf8Bytes("nonsense") }]),
    "cannot be inflated",
  ],
  ["a bomb", programOf(" ".repeat((8 << 20) + 1)), "cannot be inflated"],
  ["no JSON", programOf("{"), "is not in its format"],
  ["no list", programOf({ packages: {} }), "is not in its format"],
  ["a list of another kind", programOf({ packages: [7] }), "has one without name or version"],
  ["no version", programOf({ packages: [{ name: "a" }] }), "has one without name or version"],
])("damage: %s", (_, bytes, detail) => {
  expect(read(bytes)).toEqual({
    packages: [],
    problems: [
      { code: "file-damaged", detail: `cannot read Rust program: the list of crates ${detail}` },
    ],
  });
});
