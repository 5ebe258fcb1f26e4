import { expect, test } from "vitest";
import { utf8Bytes } from "../../../kit/text.ts";
import type { Reading } from "../../../stages/catalog/contract.ts";
import { mixLock } from "./cataloger.ts";

const read = (text: string, path = "mix.lock"): Reading =>
  mixLock.read({ path, bytes: utf8Bytes(text) });

test("reads packages of Hex under their own names, and names what is not from there", () => {
  const reading = read(`%{
  "castore": {:hex, :castore, "0.1.18", "abc", [:mix], [], "hexpm", "def"},
  "plug": {:hex, :real_plug, "1.14.0", "abc", [:mix], [{:mime, "~> 1.0 or ~> 2.0", [hex: :mime, repo: "hexpm", optional: false]}, {:store, "~> 1.0", [hex: :castore, optional: true]}], "hexpm", "def"},
  "g": {:git, "https://user:secret@example.com/g.git", "0123", [branch: "main"]},
  nonsense
}
`);
  expect(reading).toEqual({
    packages: [
      { type: "hex", name: "castore", version: "0.1.18", line: 2 },
      { type: "hex", name: "real_plug", version: "1.14.0", dependsOn: ["castore"], line: 3 },
    ],
    problems: [
      { code: "declared-only", detail: 'line 4: "g" does not come from Hex, and has no version' },
      { code: "file-damaged", detail: "line 5: it is no entry of a lock file" },
    ],
  });
});

test("an empty map has nothing", () => {
  expect(read("%{\n}\n")).toEqual({ packages: [], problems: [] });
});
