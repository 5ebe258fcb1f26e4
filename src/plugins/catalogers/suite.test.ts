// What every cataloger of the list keeps to, whatever it reads: it never throws, its readings survive JSON and say what they may,
// and its time grows no faster than its input. Each has its own tests of what it finds.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { deflateSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { elfOf } from "../../formats/test-support/elf-writer.ts";
import { goProgramOf } from "../../formats/test-support/go-writer.ts";
import { zipOf } from "../../formats/test-support/zip-writer.ts";
import { utf8Bytes } from "../../kit/text.ts";
import { PROBLEM_CODES } from "../../model/problem.ts";
import { purlOf } from "../../model/purl.ts";
import type { Cataloger, Reading } from "../../stages/catalog/contract.ts";
import { catalogers } from "./index.ts";

const MEGABYTE = 1 << 20;
/** A second would do; the machine may be busy with eight other things. */
const MEGABYTE_MS_MAX = 4_000;
const FIXTURES_MAX = 8;
const FIXTURE_BYTES_MAX = 64 << 10;

/** Beginnings of what catalogers read that keep no files of their own. */
const SEEDS: readonly Uint8Array[] = [
  utf8Bytes('{"name": "a", "version": "1.0.0", "license": "MIT", "dependencies": {"b": "1"}}'),
  utf8Bytes(
    '{"packages": [{"name": "a/b", "version": "v1", "require": {"c/d": "*"}}], "dev": true}',
  ),
  utf8Bytes(
    '{"targets": {"t": {"A/1": {"runtime": {"a": {}}}}}, "libraries": {"A/1": {"type": "package"}}}',
  ),
  utf8Bytes("Name: a\nVersion: 1.0\nLicense: MIT\nRequires-Dist: b ; extra == 'c'\n\ntext\n"),
  utf8Bytes(
    '# stub: a 1.0 ruby lib\nGem::Specification.new do |s|\n  s.licenses = ["MIT".freeze]\nend\n',
  ),
  utf8Bytes('[[package]]\nname = "a"\nversion = "1.0"\ndependencies = ["b"]\n'),
  utf8Bytes("a:\n  b: 1\n  c: &x [1, 2]\n  d: *x\n"),
  utf8Bytes(
    "<project><groupId>g</groupId><artifactId>a</artifactId><version>1</version></project>",
  ),
  goProgramOf({ modules: "mod\ta.b/c\tv1.0.0\ndep\td.e/f\tv1.0.0\n=>\tg.h/i\tv2.0.0" }),
  goProgramOf({ modules: "mod\ta.b/c\tv1.0.0", isPointed: true }),
  elfOf([
    { name: ".rodata", content: utf8Bytes("OpenSSL 3.0.1\0node v18.0.0\0") },
    { name: ".dep-v0", content: deflateSync('{"packages":[{"name":"a","version":"1"}]}') },
  ]),
  zipOf([
    { name: "META-INF/MANIFEST.MF", content: "Implementation-Version: 1\r\n" },
    { name: "META-INF/maven/g/a/pom.properties", content: "groupId=g\nartifactId=a\nversion=1\n" },
    { name: "lib/b-1.jar", content: zipOf([{ name: "c", content: "d" }]), isStored: true },
    { name: "EGG-INFO/PKG-INFO", content: "Name: a\nVersion: 1\n" },
  ]),
];

/** What a cataloger's own tests read, and the seeds. */
function seedsOf({ id }: Cataloger): readonly Uint8Array[] {
  const folder = fileURLToPath(new URL(`./${id}/fixtures`, import.meta.url));
  if (!existsSync(folder)) return SEEDS;
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => `${folder}/${name}`)
    .filter((path) => statSync(path).isFile() && statSync(path).size <= FIXTURE_BYTES_MAX);
  return [...files.slice(0, FIXTURES_MAX).map((path) => readFileSync(path)), ...SEEDS];
}

/** Paths under which files are offered to it, as far as they can be told from its wishes. */
function pathsOf({ wants }: Cataloger): readonly string[] {
  return [
    ...(wants.paths ?? []),
    ...(wants.folders ?? []).map((folder) => `${folder}/x.list`),
    ...(wants.names ?? []).map((name) => `app/x/${name}`),
    ...(wants.extensions ?? []).map((extension) => `app/x-1.0.${extension}`),
    ...(wants.elf === true ? ["usr/bin/x"] : []),
  ];
}

/** Reads, and holds the reading against what every reading must keep to. */
function checkedReading(cataloger: Cataloger, path: string, bytes: Uint8Array): Reading {
  const reading = cataloger.read({ path, bytes });
  expect(JSON.parse(JSON.stringify(reading))).toEqual(reading);
  for (const found of reading.packages) {
    expect(cataloger.types).toContain(found.type);
    expect(found.name).not.toBe("");
    purlOf(found, null);
  }
  for (const problem of reading.problems) {
    expect(Object.keys(PROBLEM_CODES)).toContain(problem.code);
    expect(problem.detail.length).toBeLessThan(1_000);
  }
  return reading;
}

describe.each(catalogers.map((cataloger) => [cataloger.id, cataloger] as const))(
  "%s",
  (_, cataloger) => {
    const paths = pathsOf(cataloger);
    const anyPath = fc.constantFrom(...paths);

    test("says what it is and what it wants", () => {
      expect(paths.length).toBeGreaterThan(0);
      expect(cataloger).toMatchObject({
        id: expect.stringMatching(/^[a-z][a-z0-9-]*$/),
        title: expect.stringMatching(/^.{5,100}[^.]$/),
        version: expect.any(Number),
        evidence: expect.stringMatching(/^(installed|declared)$/),
      });
      const readme = new URL(`./${cataloger.id}/readme.md`, import.meta.url);
      expect(readFileSync(readme, "utf8").startsWith(`# ${cataloger.id}\n`)).toBe(true);
    });

    test("never throws on any bytes, and what it says survives JSON", () => {
      const bytes = fc.oneof(
        fc.uint8Array({ maxLength: 500 }),
        fc.json({ maxDepth: 5 }).map(utf8Bytes),
        fc.string({ unit: "binary", maxLength: 200 }).map(utf8Bytes),
      );
      fc.assert(
        fc.property(anyPath, bytes, (path, content) => {
          checkedReading(cataloger, path, content);
        }),
        { numRuns: 150 },
      );
    });

    test("never throws on files with bytes changed, taken out, or cut", () => {
      const seeds = seedsOf(cataloger);
      const changed = fc
        .tuple(
          fc.constantFrom(...seeds),
          fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(255)), {
            maxLength: 5,
          }),
          fc.double({ min: 0, max: 1.5, noNaN: true }),
        )
        .map(([seed, changes, kept]) => {
          const bytes = Uint8Array.from(seed.subarray(0, Math.ceil(seed.length * kept)));
          for (const [place, byte] of changes) {
            const at = Math.floor(place * bytes.length);
            if (at < bytes.length) bytes[at] = byte;
          }
          return bytes;
        });
      fc.assert(
        fc.property(anyPath, changed, (path, bytes) => {
          checkedReading(cataloger, path, bytes);
        }),
        { numRuns: 300 },
      );
    });

    test("joins whatever it has read", () => {
      const { join } = cataloger;
      if (join === undefined) return;
      const readings = paths
        .flatMap((path) =>
          seedsOf(cataloger).map((bytes) => ({ path, reading: cataloger.read({ path, bytes }) })),
        )
        .sort((a, b) => (a.path < b.path ? -1 : 1));
      const strange = { packages: [], notes: [{ kind: "x" }, { kind: "licenses" }], problems: [] };
      const all = [...readings, { path: "z", reading: strange }];
      expect(join([])).toEqual([]);
      expect(join(all).map(({ path }) => path)).toEqual(all.map(({ path }) => path));
    });

    test.each(largeFiles(cataloger))("reads a megabyte in bounded time: %s", (__, bytes) => {
      for (const path of paths.slice(0, 4)) {
        const before = performance.now();
        cataloger.read({ path, bytes });
        expect(performance.now() - before).toBeLessThan(MEGABYTE_MS_MAX);
      }
    });
  },
);

/** A megabyte of each of the things that have made readers slow. */
function largeFiles(cataloger: Cataloger): [string, Uint8Array][] {
  const repeated = (text: string): Uint8Array =>
    utf8Bytes(text.repeat(Math.ceil(MEGABYTE / text.length)).slice(0, MEGABYTE));
  const first = seedsOf(cataloger)[0] ?? new Uint8Array(1);
  const own = new Uint8Array(MEGABYTE);
  for (let at = 0; at < MEGABYTE; at += first.length)
    own.set(first.subarray(0, Math.min(first.length, MEGABYTE - at)), at);
  return [
    ["noise", noise()],
    ["zeros", new Uint8Array(MEGABYTE)],
    ["opening brackets", repeated("[")],
    ["opening braces", repeated('{"a":')],
    ["opening elements", repeated("<a>")],
    ["one long word", repeated("a")],
    ["dashes and dots", repeated("1-a.")],
    ["blanks", repeated(" ")],
    ["quotes", repeated('"')],
    ["indented lines", repeated("  - a:\n")],
    ["fields", repeated("Name: a\n")],
    ["its own file again and again", own],
  ];
}

/** The same at every run: a linear congruential generator. */
function noise(): Uint8Array {
  const bytes = new Uint8Array(MEGABYTE);
  let state = 1;
  for (let at = 0; at < MEGABYTE; at += 1) {
    state = (state * 1_103_515_245 + 12_345) % 0x80000000;
    bytes[at] = state >> 16;
  }
  return bytes;
}
