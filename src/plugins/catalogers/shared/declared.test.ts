import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { utf8Bytes } from "../../../kit/text.ts";
import type { Cataloger, Reading } from "../../../stages/catalog/contract.ts";
import { catalogers } from "../index.ts";
import { Declarations } from "./declared.ts";
import { LOCK_SAMPLES } from "./test-support/lock-samples.ts";

test("the same package twice is one, for development only if both are", () => {
  const found = new Declarations("npm");
  found.add({ name: "a", version: "1", development: true, line: 1 });
  found.add({ name: "a", version: "1", line: 2 });
  found.add({ name: "b", version: "1", development: true });
  found.add({ name: "b", version: "1", development: true });
  expect(found.reading()).toEqual({
    packages: [
      { type: "npm", name: "a", version: "1", line: 1 },
      { type: "npm", name: "b", version: "1", development: true },
    ],
    problems: [],
  });
});

test.each([
  ["", "1"],
  ["a", ""],
  ["a b", "1"],
  ["a", "1\u0000"],
  ["a\u001b[31m", "1"],
  ["a\ufffd", "1"],
  ["a".repeat(401), "1"],
])("%j with version %j is no package", (name, version) => {
  const found = new Declarations("npm");
  found.add({ name, version, line: 3 });
  const { packages, problems } = found.reading();
  expect(packages).toEqual([]);
  expect(problems).toEqual([
    {
      code: "file-damaged",
      detail: expect.stringMatching(/^line 3: ".*" with version ".*" is not a package$/),
    },
  ]);
});

test("keeps twenty problems and the number of the others, and never crowds out damage", () => {
  const found = new Declarations("npm");
  for (let i = 0; i < 30; i += 1) found.unversioned(`line ${i}`);
  found.damaged("line 31");
  const { problems } = found.reading();
  expect(problems).toHaveLength(21);
  expect(problems.slice(-2)).toEqual([
    { code: "file-damaged", detail: "line 31" },
    { code: "file-damaged", detail: "11 more problems of this file" },
  ]);
});

const declared = catalogers.filter((c) => c.evidence === "declared" && c.types.length > 0);

function catalogerOf(id: string): Cataloger {
  const found = declared.find((c) => c.id === id);
  if (found === undefined) throw new Error(`no cataloger ${id}`);
  return found;
}

function read(id: string, path: string, bytes: Uint8Array): Reading {
  const cataloger = catalogerOf(id);
  const reading = cataloger.read({ path, bytes });
  return cataloger.join?.([{ path, reading }])[0]?.reading ?? reading;
}

test("there is a sample for every cataloger of declared packages", () => {
  expect([...new Set(LOCK_SAMPLES.map((s) => s.cataloger))]).toEqual(declared.map((c) => c.id));
});

describe.each(LOCK_SAMPLES)("$cataloger, $path", ({ cataloger, path, text }) => {
  test("finds every package of the sample, each with its line", () => {
    const { packages, problems } = read(cataloger, path, utf8Bytes(text(3)));
    expect(problems).toEqual([]);
    expect(packages.map((p) => p.version.replace(/^v/, ""))).toEqual(["1.0.0", "1.0.1", "1.0.2"]);
    expect(packages.map((p) => (p.line ?? 0) > 0)).toEqual([true, true, true]);
  });

  test("reads lines that end as Windows ends them, after a byte order mark", () => {
    const windows = utf8Bytes(`\ufeff${text(3).replaceAll("\n", "\r\n")}`);
    expect(read(cataloger, path, windows)).toEqual(read(cataloger, path, utf8Bytes(text(3))));
  });

  test("takes ten thousand packages without quadratic time", () => {
    const bytes = utf8Bytes(text(10_000));
    const before = process.cpuUsage();
    const reading = read(cataloger, path, bytes);
    const { user } = process.cpuUsage(before);
    expect(reading.packages).toHaveLength(10_000);
    expect(user / 1_000).toBeLessThan(4_000);
  }, 60_000);

  test("never throws on any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(read(cataloger, path, bytes).problems.length).toBeLessThan(22);
      }),
    );
  });

  test("never throws on a file with bytes changed or cut, and survives JSON", () => {
    const whole = utf8Bytes(text(3));
    fc.assert(
      fc.property(
        fc.nat(whole.length - 1),
        fc.oneof(fc.nat(255), fc.constantFrom(0x0a, 0x20, 0x22, 0x3a, 0x7b, 0x5b, 0x2d)),
        fc.oneof(fc.constant(whole.length), fc.nat(whole.length)),
        (at, byte, length) => {
          const bytes = whole.slice(0, Math.max(length, at + 1));
          bytes[at] = byte;
          const reading = read(cataloger, path, bytes);
          expect(JSON.parse(JSON.stringify(reading))).toEqual(reading);
        },
      ),
      { numRuns: 200 },
    );
  });

  test("names of prototypes are names", () => {
    const strange = text(3).replaceAll("p1", "__proto__").replaceAll("p2", "constructor");
    const { packages } = read(cataloger, path, utf8Bytes(strange));
    // Python's names cannot begin with an underscore.
    expect(packages).toHaveLength(cataloger === "pip-requirements" ? 2 : 3);
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
  });
});

describe("hostile documents", () => {
  const deep = 200_000;
  test.each([
    ["npm-lock", "package-lock.json", '{"packages":'.repeat(deep)],
    ["bun-lock", "bun.lock", "[".repeat(deep)],
    ["pnpm-lock", "pnpm-lock.yaml", `a: ${"[".repeat(deep)}`],
    ["pnpm-lock", "pnpm-lock.yaml", "- ".repeat(deep)],
    [
      "pub-lock",
      "pubspec.lock",
      Array.from({ length: 2_000 }, (_, i) => `${" ".repeat(i)}a:\n`).join(""),
    ],
    ["uv-lock", "uv.lock", `a = ${"[".repeat(deep)}`],
    ["poetry-lock", "poetry.lock", `a = ${"{a=".repeat(deep)}`],
    ["maven-pom", "pom.xml", "<a>".repeat(deep)],
    ["nuget-project", "x.csproj", `<!DOCTYPE a [${"<!ENTITY a 'b'>".repeat(9)}`],
  ])("%s: %s that is nested too deeply is damaged", (id, path, text) => {
    const { packages, problems } = read(id, path, utf8Bytes(text));
    expect(packages).toEqual([]);
    expect(problems.map((p) => p.code)).toEqual(["file-damaged"]);
  });

  test("aliases of YAML that repeat each other are damage, and cost nothing", () => {
    const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"];
    for (let i = 1; i < 12; i += 1) {
      lines.push(`a${i}: &a${i} [${Array.from({ length: 10 }, () => `*a${i - 1}`).join(", ")}]`);
    }
    const { problems } = read("pnpm-lock", "pnpm-lock.yaml", utf8Bytes(lines.join("\n")));
    expect(problems).toEqual([
      { code: "file-damaged", detail: expect.stringContaining("aliases repeat too much") },
    ]);
  });

  test("properties that grow are not filled in", () => {
    const properties = Array.from(
      { length: 20 },
      (_, i) => `<p${i}>${`\${p${i + 1}}`.repeat(50)}</p${i}>`,
    );
    const text = `<project><properties>${properties.join("")}<p20>1</p20></properties><dependencies><dependency><groupId>g</groupId><artifactId>a</artifactId><version>\${p0}</version></dependency></dependencies></project>`;
    const { packages, problems } = read("maven-pom", "pom.xml", utf8Bytes(text));
    expect(packages).toEqual([]);
    expect(problems.map((p) => p.code)).toEqual(["declared-only"]);
  });
});
