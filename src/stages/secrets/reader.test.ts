import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { secretGroups } from "../../plugins/secrets/index.ts";
import { Chance, exampleOf } from "../../plugins/secrets/shared/test-support/examples.ts";
import { SecretReader } from "./reader.ts";
import { SecretSearch } from "./scan.ts";

const kinds = secretGroups.flatMap((group) => group.kinds);
const search = new SecretSearch(kinds);
const sha256 = (text: string): string => createHash("sha256").update(text, "latin1").digest("hex");
const token = exampleOf(kinds.find(({ id }) => id === "github-classic-token") ?? never(), 7) ?? "";

function never(): never {
  throw new Error("there is no such kind");
}

function reader(published: readonly string[] = []): SecretReader {
  return new SecretReader(search, { sha256, published: new Set(published) });
}

/** Tells a file in pieces of a size. */
function inPieces(file: SecretReader, bytes: Uint8Array, size: number): void {
  file.begin("a.txt", bytes.length);
  for (let at = 0; at < bytes.length; at += size) file.piece(bytes.subarray(at, at + size));
  file.end();
}

test("what stands on the seam of windows and pieces is found once, with its line", () => {
  const line = `${"x ".repeat(30)}\n`;
  const lines = Math.ceil((1 << 20) / line.length);
  const before = line.repeat(lines);
  for (const cut of [10, 16_384 + 20, 40_000]) {
    const text = `${before.slice(0, -cut)}\nt: ${token}\n${line.repeat(lines)}\nt: ${token}\n`;
    const found = [4096, 65_536, 1 << 22].map((size) => {
      const file = reader();
      inPieces(file, Buffer.from(text), size);
      return file.taken().hits.map((hit) => [hit.kind, hit.line, hit.column]);
    });
    const numbers = text.split("\n").flatMap((l, i) => (l === `t: ${token}` ? [i + 1] : []));
    const wanted = numbers.map((n) => ["github-classic-token", n, 4]);
    expect(found).toEqual([wanted, wanted, wanted]);
  }
});

test("in a program only what proves itself counts, and it has no line", () => {
  const file = reader();
  const weak = exampleOf(kinds.find(({ id }) => id === "aws-secret-key") ?? never(), 1) ?? "";
  file.file("bin/x", Buffer.from(`\0\x01${token}\0aws_secret_access_key="${weak}"\0`));
  expect(file.taken().hits.map(({ kind, line }) => [kind, line])).toEqual([
    ["github-classic-token", undefined],
  ]);
});

test("what everybody has is no secret", () => {
  const first = reader();
  first.file("a", Buffer.from(token));
  const [hit] = first.taken().hits;
  const second = reader([hit?.fingerprint ?? ""]);
  second.file("a", Buffer.from(token));
  expect([hit?.shown, second.taken().hits]).toEqual([`ghp_…${token.slice(-4)}`, []]);
});

test("more places than are listed are told", () => {
  const chance = new Chance(3);
  const kind = kinds.find(({ id }) => id === "digitalocean-token") ?? never();
  const text = Array.from({ length: 300 }, () => exampleOf(kind, chance.below(1 << 30))).join("\n");
  const file = reader();
  file.file("a", Buffer.from(text));
  const { hits, problems } = file.taken();
  expect([hits.length, problems]).toEqual([
    200,
    [{ detail: "100 more places with secrets are not listed" }],
  ]);
  expect(file.taken()).toEqual({ hits: [], problems: [] });
});

const keywords = kinds.flatMap(({ form }) =>
  form.by === "keyword" ? form.keywords : form.by === "name" ? form.words : form.shapes,
);

test("never throws, whatever the bytes, and takes time in proportion to them", () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.constantFrom(...keywords).map((word) => Buffer.from(word)),
    fc
      .constantFrom('="', "://a:b", "-----\n", "\\n", ".eyJ", '"', ":", " ", "$")
      .map((s) => Buffer.from(s)),
  );
  const file = reader();
  void fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 60 }),
      fc.integer({ min: 1, max: 100 }),
      (pieces, size) => {
        inPieces(file, Buffer.concat(pieces), size);
        file.taken();
      },
    ),
    { numRuns: 300 },
  );
});

test.each([
  "eyJ",
  "https://a:",
  '"kty"',
  "PRIVATE KEY-----",
  "password=",
  "Basic ",
  "machine ",
  "aws_secret_",
  "AKIA",
  ":$6$",
])("a megabyte of %s is read in bounded time", (word) => {
  const bytes = Buffer.from(word.repeat((1 << 20) / word.length));
  const file = reader();
  const before = process.cpuUsage();
  file.file("a.env", bytes);
  const { user } = process.cpuUsage(before);
  expect(user / 1e6).toBeLessThan(4);
});
