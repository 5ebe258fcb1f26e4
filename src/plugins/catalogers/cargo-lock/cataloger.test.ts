import { expect, test } from "vitest";
import { utf8Bytes } from "../../../kit/text.ts";
import type { Reading } from "../../../stages/catalog/contract.ts";
import { cargoLock } from "./cataloger.ts";

const read = (text: string, path = "Cargo.lock"): Reading =>
  cargoLock.read({ path, bytes: utf8Bytes(text) });

test("reads all forms of dependencies, and leaves the workspace out", () => {
  const reading = read(`version = 3

[[package]]
name = "app"
version = "0.1.0"
dependencies = ["memchr 2.7.4"]

[[package]]
name = "aho-corasick"
version = "0.7.20"
source = "registry+https://github.com/rust-lang/crates.io-index"
dependencies = [
 "memchr 2.7.4 (registry+https://github.com/rust-lang/crates.io-index)",
 "libc",
]

[[package]]
name = "memchr"
version = "2.7.4"
source = "git+https://github.com/x/memchr#abc"

[metadata]
"checksum memchr 2.7.4 (registry+https://github.com/rust-lang/crates.io-index)" = "abc"
`);
  expect(reading).toEqual({
    packages: [
      {
        type: "cargo",
        name: "aho-corasick",
        version: "0.7.20",
        dependsOn: ["memchr", "libc"],
        line: 8,
      },
      { type: "cargo", name: "memchr", version: "2.7.4", line: 17 },
    ],
    problems: [],
  });
});

test("a text that looks like a header gives no wrong lines", () => {
  const reading = read(`x = """
[[package]]
"""
[[package]]
name = "a"
version = "1.0.0"
source = "registry+x"
`);
  expect(reading.packages).toEqual([{ type: "cargo", name: "a", version: "1.0.0" }]);
});
