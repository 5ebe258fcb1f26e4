import fc from "fast-check";
import { expect, test } from "vitest";
import { utf8Bytes } from "../kit/text.ts";
import { parseJarManifest } from "./jar-manifest.ts";
import { parseJavaProperties } from "./java-properties.ts";

const manifest = (text: string): [string, string][] => [...parseJarManifest(utf8Bytes(text))];

test.each<[string, string, [string, string][]]>([
  [
    "lines that go on",
    "A: one\r\n  two\r\nB: 2\r\n",
    [
      ["a", "one two"],
      ["b", "2"],
    ],
  ],
  [
    "old line ends",
    "A: 1\rB: 2\r",
    [
      ["a", "1"],
      ["b", "2"],
    ],
  ],
  ["the main section alone", "A: 1\n\nName: x\nA: 2\n", [["a", "1"]]],
  ["the first of two, in any case", "a: 1\nA: 2\n", [["a", "1"]]],
  ["no line end at the end", "A: 1", [["a", "1"]]],
  ["a line without a colon", "nonsense\nA: 1\n", [["a", "1"]]],
  ["nothing", "", []],
  ["a first line that goes on", " x\nA: 1\n", [["a", "1"]]],
])("reads a manifest: %s", (_, text, wanted) => {
  expect(manifest(text)).toEqual(wanted);
});

test("does not read the list of signed files", () => {
  const text = `A: 1\n\n${"Name: x\nSHA-256-Digest: y\n\n".repeat(200_000)}`;
  const bytes = utf8Bytes(text);
  const before = performance.now();
  expect([...parseJarManifest(bytes)]).toEqual([["a", "1"]]);
  expect(performance.now() - before).toBeLessThan(2_000);
});

test("reads properties", () => {
  const text = "# comment\n! too\na=1\nb = 2\r\nc: 3\na=4\nnonsense\n=5\n";
  expect([...parseJavaProperties(utf8Bytes(text))]).toEqual([
    ["a", "4"],
    ["b", "2"],
    ["c", "3"],
  ]);
});

test("never throws on any bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      parseJarManifest(bytes);
      parseJavaProperties(bytes);
    }),
  );
});
