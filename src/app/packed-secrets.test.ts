import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { deflateSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { zipOf } from "../formats/test-support/zip-writer.ts";
import { tarOf } from "../io/archive/test-support/tar-writer.ts";
import { secretGroups } from "../plugins/secrets/index.ts";
import { exampleOf } from "../plugins/secrets/shared/test-support/examples.ts";
import type { SecretReading } from "../stages/secrets/contract.ts";
import { secretReader } from "./secret-search.ts";

const kind = secretGroups.flatMap((group) => group.kinds).find((k) => k.id === "npm-token");
const token = (kind && exampleOf(kind, 5)) ?? "";
const settings = Buffer.from(`first=1\ntoken=${token}\n`);
const jar = zipOf([
  { name: "META-INF/", content: "" },
  { name: "a.txt", content: "hello" },
  { name: "config/app.properties", content: settings },
]);
const war = zipOf([{ name: "WEB-INF/lib/x.jar", content: jar, isStored: true }]);
const tar = tarOf([
  { name: "empty", content: "" },
  { name: "opt/app.properties", content: settings },
]);

function zstdOf(bytes: Buffer): Buffer {
  return execFileSync("zstd", ["-q", "-c"], { input: bytes });
}

/** What a file tells when it comes in pieces of a size. */
function read(name: string, bytes: Buffer, size = bytes.length): SecretReading {
  const reader = secretReader();
  reader.begin(name, bytes.length);
  for (let at = 0; at < bytes.length; at += size) reader.piece(bytes.subarray(at, at + size));
  reader.end();
  return reader.taken();
}

test.each([
  ["a file as it is", "a.properties", settings, undefined],
  ["gzip", "a.gz", gzipSync(settings), undefined],
  ["a JAR", "a.jar", jar, "config/app.properties"],
  ["a JAR in a WAR", "a.war", war, "WEB-INF/lib/x.jar!/config/app.properties"],
  ["zstd", "a.zst", zstdOf(settings), undefined],
  ["a tar compressed by zstd", "a.tar.zst", zstdOf(tar), "opt/app.properties"],
  ["tar", "a.tar", tar, "opt/app.properties"],
  ["a compressed tar", "a.tgz", gzipSync(tar), "opt/app.properties"],
  [
    "a JAR in a WAR in a compressed tar",
    "a.tgz",
    gzipSync(tarOf([{ name: "a.war", content: war }])),
    "a.war!/WEB-INF/lib/x.jar!/config/app.properties",
  ],
  [
    "an object of git",
    `.git/objects/ab/${"0".repeat(38)}`,
    deflateSync(Buffer.concat([Buffer.from(`blob ${settings.length}\0`), settings])),
    undefined,
  ],
])("%s is opened, in pieces of any size", (_, name, bytes, inside) => {
  for (const size of [1, 100, 511, 512, 4096, bytes.length]) {
    const { hits, problems } = read(name, bytes, size);
    expect(hits.map((hit) => [hit.kind, hit.path, hit.inside])).toEqual([
      ["npm-token", name, inside],
    ]);
    expect([hits[0]?.shown, problems]).toEqual([`npm_…${token.slice(-4)}`, []]);
  }
});

test("one reader reads one file after the other", () => {
  const reader = secretReader();
  for (const bytes of [jar, settings, gzipSync(settings), Buffer.from("x"), tar, settings])
    reader.file("a", bytes);
  expect(reader.taken().hits).toHaveLength(5);
});

describe("what an archive becomes is bounded, and said", () => {
  const zeros = Buffer.alloc(300 << 20);
  const told = (name: string, bytes: Buffer): [number, string[]] => {
    const before = process.cpuUsage();
    const { problems } = read(name, bytes);
    const seconds = process.cpuUsage(before).user / 1e6;
    return [seconds, problems.map((problem) => `${problem.path}: ${problem.detail}`)];
  };
  const start = "a: it was not opened as a whole to be searched for secrets:";

  test("a file that becomes too large", () => {
    const [seconds, problems] = told("a", gzipSync(zeros, { level: 1 }));
    expect(problems).toEqual([`${start} it becomes more than 268435456 bytes`]);
    expect(seconds).toBeLessThan(4);
  });

  test("many files that become large together", () => {
    const content = gzipSync(zeros.subarray(0, 250 << 20), { level: 1 });
    const parts = Array.from({ length: 5 }, (_, i) => ({ name: `${i}`, content }));
    const [seconds, problems] = told("a", tarOf(parts));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(
      /^a: it was not opened as a whole .* (?:it becomes more than \d+ bytes|too much came out of archives before it)$/,
    );
    expect(seconds).toBeLessThan(20);
  }, 60_000);

  test("archives that lie in each other without end", () => {
    let bytes: Buffer = settings;
    for (let depth = 0; depth < 30; depth += 1) bytes = gzipSync(bytes);
    expect(told("a", bytes)[1]).toEqual([`${start} archives lie more than 5 deep in each other`]);
  });

  test("more files than people pack", () => {
    const parts = Array.from({ length: 100_001 }, (_, i) => ({ name: `${i}`, content: "x" }));
    expect(told("a", zipOf(parts))[1]).toEqual([`${start} it has more than 100000 entries`]);
  }, 60_000);
});

test.each([
  ["gzip that is cut", gzipSync(randomBytes(5000)).subarray(0, 3000)],
  ["a ZIP archive that is cut", jar.subarray(0, 200)],
  ["a tar archive that is damaged", Buffer.concat([tar.subarray(0, 1500), randomBytes(600)])],
])("%s is searched as it lies there, and said", (_, bytes) => {
  const { problems } = read("a", Buffer.from(bytes));
  expect(problems.map((p) => p.path)).toEqual(["a"]);
});

test("what only begins like an archive is searched", () => {
  const looks = Buffer.concat([Buffer.from("PK\x03\x04"), settings]);
  expect(read("a", looks).hits).toHaveLength(1);
});

test.each([
  ["xz", "a.tar.xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ["bzip2", "a.tbz2", [0x42, 0x5a, 0x68, 0x39]],
  ["7-Zip", "a.7z", [0x37, 0x7a, 0xbc, 0xaf]],
])("an archive of %s is said not to be opened, in others too", (form, name, magic) => {
  const bytes = Buffer.from([...magic, ...randomBytes(100)]);
  for (const [outer, content] of [
    [name, bytes],
    ["a.tar", tarOf([{ name, content: bytes }])],
  ] as const)
    expect(read(outer, content).problems.map(({ detail }) => detail)).toEqual([
      expect.stringMatching(new RegExp(`${form}, which is not opened$`)),
    ]);
});

test("what becomes too large by zstd is said", () => {
  const bomb = zstdOf(Buffer.alloc(300 << 20));
  expect(read("a.zst", bomb).problems.map(({ detail }) => detail)).toEqual([
    expect.stringMatching(/it becomes more than \d+ bytes$/),
  ]);
});
