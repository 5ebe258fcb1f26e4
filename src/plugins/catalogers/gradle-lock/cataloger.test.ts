import { expect, test } from "vitest";
import { utf8Bytes } from "../../../kit/text.ts";
import type { Reading } from "../../../stages/catalog/contract.ts";
import { gradleLock } from "./cataloger.ts";

const read = (text: string, path = "gradle.lockfile"): Reading =>
  gradleLock.read({ path, bytes: utf8Bytes(text) });

const TEXT = `# This is a Gradle generated file for dependency locking.
com.example:a:1.0.0=compileClasspath,testRuntimeClasspath
org.junit:junit:5.0=testCompileClasspath,testRuntimeClasspath
nonsense
empty=annotationProcessor
`;

test("reads coordinates, and what only tests use", () => {
  expect(read(TEXT)).toEqual({
    packages: [
      { type: "maven", name: "com.example:a", version: "1.0.0", line: 2 },
      { type: "maven", name: "org.junit:junit", version: "5.0", development: true, line: 3 },
    ],
    problems: [
      {
        code: "file-damaged",
        detail: "line 4: it is not of the form group:artifact:version=configurations",
      },
    ],
  });
});

test.each([
  ["buildscript-gradle.lockfile", "g:a:1=classpath", true],
  ["gradle/dependency-locks/testRuntimeClasspath.lockfile", "g:a:1", true],
  ["gradle/dependency-locks/runtimeClasspath.lockfile", "g:a:1", undefined],
])("%s: development is %j", (path, text, development) => {
  expect(gradleLock.wants.test?.(path)).toBe(true);
  expect(read(text, path).packages.map((p) => p.development)).toEqual([development]);
});

test("other lock files are not asked for", () => {
  expect(gradleLock.wants.test?.("app/x.lockfile")).toBe(false);
});
