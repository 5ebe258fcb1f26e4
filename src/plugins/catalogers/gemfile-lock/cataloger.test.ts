import { expect, test } from "vitest";
import { utf8Bytes } from "../../../kit/text.ts";
import type { Reading } from "../../../stages/catalog/contract.ts";
import { gemfileLock } from "./cataloger.ts";

const read = (text: string, path = "Gemfile.lock"): Reading =>
  gemfileLock.read({ path, bytes: utf8Bytes(text) });

test("reads gems of every source, once for all platforms", () => {
  const reading = read(`GIT
  remote: https://github.com/x/g.git
  revision: abc
  specs:
    g (0.1.0)
      rack (>= 2)

PATH
  remote: .
  specs:
    own (1.0.0)

GEM
  remote: https://rubygems.org/
  specs:
    nokogiri (1.10.4)
      mini_portile2 (~> 2.4.0)
      absent (>= 1)
    nokogiri (1.10.4-x86_64-linux)
    rack (2.2.0.rc1)
    mini_portile2 (2.4.0)

PLATFORMS
  ruby
  x86_64-linux

DEPENDENCIES
  g!
  nokogiri (~> 1.10)

CHECKSUMS
  rack (2.2.0.rc1) sha256=abc

BUNDLED WITH
   2.5.0
`);
  expect(reading).toEqual({
    packages: [
      { type: "gem", name: "g", version: "0.1.0", dependsOn: ["rack"], line: 5 },
      { type: "gem", name: "nokogiri", version: "1.10.4", dependsOn: ["mini_portile2"], line: 16 },
      { type: "gem", name: "rack", version: "2.2.0.rc1", line: 20 },
      { type: "gem", name: "mini_portile2", version: "2.4.0", line: 21 },
    ],
    problems: [],
  });
});

test("a merge conflict is damage, and the rest is kept", () => {
  const { packages, problems } = read("GEM\n  specs:\n<<<<<<< HEAD\n    a (1.0)\n    b\n");
  expect(packages.map((p) => p.name)).toEqual(["a"]);
  expect(problems.map((p) => p.detail)).toEqual([
    "line 3: it is no entry of a lock file",
    "line 5: it is no entry of a lock file",
  ]);
});
