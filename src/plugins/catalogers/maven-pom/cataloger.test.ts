import { expect, test } from "vitest";
import { utf8Bytes } from "../../../kit/text.ts";
import type { Reading } from "../../../stages/catalog/contract.ts";
import { mavenPom } from "./cataloger.ts";

const read = (text: string, path = "pom.xml"): Reading =>
  mavenPom.read({ path, bytes: utf8Bytes(text) });

const named = ({ packages }: Reading): string[] =>
  packages.map((p) => `${p.name} ${p.version} ${p.line ?? "-"}${p.development ? " dev" : ""}`);

const dependency = (artifact: string, more: string): string =>
  `<dependency><groupId>g</groupId><artifactId>${artifact}</artifactId>${more}</dependency>\n`;

test("reads properties, scopes and what is not here", () => {
  const reading = read(`<?xml version="1.0"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
<groupId>own</groupId><artifactId>app</artifactId><version>1.0</version>
<properties><a.version>\${base}.3</a.version><base>1.2</base></properties>
<dependencies>
${dependency("a", "<version>${a.version}</version>")}
${dependency("b", "<version>[2.0]</version><scope>test</scope>")}
${dependency("same", "<version>${project.version}</version>")}
${dependency("range", "<version>[1,2)</version>")}
${dependency("unknown", "<version>${absent}</version>")}
${dependency("managed-elsewhere", "")}
<!-- ${dependency("comment", "<version>1</version>")} -->
</dependencies>
<build><plugins><plugin><dependencies>${dependency("plugin", "<version>1</version>")}</dependencies></plugin></plugins></build>
</project>`);
  expect(named(reading)).toEqual(["g:a 1.2.3 6", "g:b 2.0 8 dev", "g:same 1.0 10"]);
  expect(reading.problems.map((p) => `${p.code} ${p.detail}`)).toEqual([
    'declared-only line 12: "g:range": its version "[1,2)" is not one version that stands here',
    'declared-only line 14: "g:unknown": its version "${absent}" is not one version that stands here',
    'declared-only line 16: "g:managed-elsewhere": its version stands outside of this source tree',
  ]);
});

test("reads what profiles add, each version of it", () => {
  const profile = (version: string): string =>
    `<profile><id>x</id><dependencies>${dependency("a", `<version>${version}</version>`)}</dependencies></profile>`;
  const reading = read(`<project><artifactId>app</artifactId>
<dependencies>${dependency("b", "<version>1</version>")}</dependencies>
<profiles>${profile("1.0")}${profile("2.0")}</profiles></project>`);
  expect(named(reading)).toEqual(["g:b 1 2", "g:a 1.0 4", "g:a 2.0 5"]);
});

test("what has the name of a project in the tree is it, in its own version only", () => {
  const app = (version: string): string =>
    `<project><artifactId>app</artifactId><dependencies>${dependency("lib", version)}</dependencies></project>`;
  const lib =
    "<project><groupId>g</groupId><artifactId>lib</artifactId><version>${revision}</version><properties><revision>2.0</revision></properties></project>";
  const found = (version: string): string[] => {
    const files: [string, string][] = [
      ["lib/pom.xml", lib],
      ["pom.xml", app(version)],
    ];
    const readings = files.map(([path, text]) => ({ path, reading: read(text, path) }));
    return (mavenPom.join?.(readings) ?? []).flatMap(({ reading }) => named(reading));
  };
  expect([
    found("<version>1.0</version>"),
    found("<version>2.0</version>"),
    found("<version>${unknown}</version>"),
    found(""),
  ]).toEqual([["g:lib 1.0 1"], [], [], []]);
});

test("follows parents and imported lists inside the source tree", () => {
  const parent = `<project><groupId>own</groupId><artifactId>parent</artifactId><version>7</version>
<properties><v>1.0</v><w>1.0</w></properties>
<dependencyManagement><dependencies>
${dependency("a", "<version>${v}</version>")}
${dependency("t", "<version>3.0</version><scope>test</scope>")}
<dependency><groupId>own</groupId><artifactId>bom</artifactId><version>7</version><type>pom</type><scope>import</scope></dependency>
</dependencies></dependencyManagement>
<dependencies>${dependency("inherited", "<version>${w}</version>")}</dependencies>
</project>`;
  const bom = `<project><parent><groupId>own</groupId><artifactId>parent</artifactId><version>7</version></parent><artifactId>bom</artifactId>
<properties><own.version>9.0</own.version></properties>
<dependencyManagement><dependencies>${dependency("listed", "<version>${own.version}</version>")}</dependencies></dependencyManagement></project>`;
  const child = `<project><parent><groupId>own</groupId><artifactId>parent</artifactId><version>7</version></parent><artifactId>child</artifactId>
<properties><v>2.0</v></properties>
<dependencies>
${dependency("a", "")}
${dependency("t", "")}
${dependency("listed", "")}
<dependency><groupId>\${project.groupId}</groupId><artifactId>bom</artifactId><version>\${project.version}</version></dependency>
</dependencies></project>`;
  const files: [string, string][] = [
    ["bom/pom.xml", bom],
    ["child/pom.xml", child],
    ["pom.xml", parent],
  ];
  const joined = mavenPom.join?.(
    files.map(([path, text]) => ({ path, reading: read(text, path) })),
  );
  expect(joined?.map((r) => named(r.reading))).toEqual([
    ["g:inherited 1.0 -"],
    ["g:a 2.0 4", "g:t 3.0 6 dev", "g:listed 9.0 8", "g:inherited 1.0 -"],
    ["g:inherited 1.0 10"],
  ]);
  expect(joined?.flatMap((r) => r.reading.problems)).toEqual([]);
});

test("parents in a circle come to an end", () => {
  const pom = (artifact: string, parent: string): string =>
    `<project><parent><groupId>g</groupId><artifactId>${parent}</artifactId><version>1</version></parent><artifactId>${artifact}</artifactId></project>`;
  const joined = mavenPom.join?.([
    { path: "a/pom.xml", reading: read(pom("a", "b")) },
    { path: "b/pom.xml", reading: read(pom("b", "a")) },
  ]);
  expect(joined?.map((r) => r.reading)).toEqual([
    { packages: [], problems: [] },
    { packages: [], problems: [] },
  ]);
});

test.each([
  ["a cut file", "<project>\n<dependencies>", "line 2: the document is cut inside <dependencies>"],
  ["another document", "<html></html>", "line 1: it is no project, but <html>"],
  ["tags that cross", "<project>\n<a></b></project>", "line 2: </b> closes nothing"],
])("%s is damage", (_, text, detail) => {
  expect(read(text)).toEqual({ packages: [], problems: [{ code: "file-damaged", detail }] });
});

test.each([
  ["pom.xml", true],
  ["lib/a-1.0.pom", true],
  ["target/classes/pom.xml", false],
  ["app/META-INF/maven/g/a/pom.xml", false],
])("asks for %s: %j", (path, wanted) => {
  expect(mavenPom.wants.test?.(path)).toBe(wanted);
});
