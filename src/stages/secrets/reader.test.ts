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

const dashes = "-".repeat(5);

test.each([
  ["eyJ"],
  ["https://a:"],
  ['"kty"'],
  ["PRIVATE KEY-----"],
  ["password="],
  ['password="x'],
  ["token="],
  ["secret_key_base="],
  ["aws_secret_"],
  ["Basic "],
  ["host=pwd="],
  ["host=a;user=Password="],
  ["machine "],
  ["AKIA"],
  [":$6$"],
  ["LS0tLS1CRUdJTi"],
  ["pypi-AgEIcHlwaS5vcmc"],
  [`${dashes}BEGIN PGP PRIVATE KEY BLOCK${dashes}${"\n".repeat(200)}`],
  [
    `${dashes}BEGIN RSA PRIVATE KEY${dashes}\nx${'"'.repeat(7000)}x\n${dashes}END RSA PRIVATE KEY${dashes}\n`,
  ],
  ["ghp_a\\\n"],
])("a megabyte of %j costs in proportion to its length", (word) => {
  const cpuOf = (bytes: number): number => {
    const text = Buffer.from(word.repeat(Math.ceil(bytes / word.length)));
    const before = process.cpuUsage();
    const file = reader();
    file.file("a.env", text);
    return process.cpuUsage(before).user / 1e6;
  };
  expect(cpuOf(1 << 20)).toBeLessThan(2);
});

const text = `# settings\r\ntoken: ${token}\r\n`;
const swapped = (bytes: Buffer): Buffer => Buffer.from(bytes).swap16();
const wide = (order: "LE" | "BE"): Buffer => {
  const bytes = Buffer.alloc((text.length + 1) * 4);
  for (const [i, char] of [...`\ufeff${text}`].entries())
    if (order === "LE") bytes.writeUInt32LE(char.codePointAt(0) ?? 0, i * 4);
    else bytes.writeUInt32BE(char.codePointAt(0) ?? 0, i * 4);
  return bytes;
};

test.each([
  ["UTF-8", Buffer.from(text), 8],
  ["UTF-16LE", Buffer.from(`\ufeff${text}`, "utf16le"), 8],
  ["UTF-16BE", swapped(Buffer.from(`\ufeff${text}`, "utf16le")), 8],
  ["UTF-16LE without a mark", Buffer.from(text, "utf16le"), 8],
  ["UTF-16BE without a mark", swapped(Buffer.from(text, "utf16le")), 8],
  ["UTF-32LE", wide("LE"), 8],
  ["UTF-32BE", wide("BE"), 8],
])("%s is text, in pieces of any size", (_, bytes, column) => {
  for (const size of [1, 3, 7, 4096]) {
    const file = reader();
    inPieces(file, bytes, size);
    expect(file.taken().hits.map((hit) => [hit.kind, hit.line, hit.column])).toEqual([
      ["github-classic-token", 2, column],
    ]);
  }
});

test("whether a file is a program does not depend on where it is cut in pieces", () => {
  const bytes = Buffer.from(`ab\0\x01DB_PASSWORD=kR7thqLw91\0`);
  const found = [1, 2, 5, 1000].map((size) => {
    const file = reader();
    inPieces(file, bytes, size);
    return file.taken().hits.length;
  });
  expect(found).toEqual([0, 0, 0, 0]);
});

test("a line of millions of characters costs nothing more, and columns count from its beginning", () => {
  const bytes = Buffer.from(`\n${`${" ".repeat(20_000)}${token} `.repeat(150)}`);
  for (const size of [bytes.length, 65_536]) {
    const file = reader();
    const before = process.cpuUsage();
    inPieces(file, bytes, size);
    const { hits } = file.taken();
    expect([hits.length, hits[149]?.line, hits[149]?.column]).toEqual([
      150,
      2,
      150 * 20_000 + 149 * (token.length + 1) + 1,
    ]);
    expect(process.cpuUsage(before).user / 1e6).toBeLessThan(1);
  }
});

test("millions of secrets are counted, and what is not listed is said", () => {
  const bytes = Buffer.from(`t: ${token}\n`.repeat(100_000));
  const file = reader();
  inPieces(file, bytes, 65_536);
  const { hits, problems } = file.taken();
  expect([hits.length, problems.length]).toEqual([200, 2]);
});

test("a token that goes on in the next line is the same as one that does not", () => {
  const found = [
    token,
    `${token.slice(0, 9)}\\\n   ${token.slice(9, 20)}\\\r\n${token.slice(20)}`,
  ].map((value) => {
    const file = reader();
    file.file("a.sh", Buffer.from(`x="${value}"\n`));
    return file.taken().hits.map((hit) => [hit.kind, hit.fingerprint, hit.shown]);
  });
  expect(found[1]).toEqual(found[0]);
  expect(found[0]).toHaveLength(1);
});

test("what is shown has no control characters", () => {
  const file = reader();
  file.file("root/.pgpass", Buffer.from("a\x1b[31m:5432:*:app:kR7thqLw91\n"));
  expect(file.taken().hits.map((hit) => hit.shown)).toEqual(["a[31m:…"]);
});
