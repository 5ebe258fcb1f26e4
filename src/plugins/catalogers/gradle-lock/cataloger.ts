// Gradle's lock files: one `group:artifact:version=configurations` a line.
import { baseName, parentPath } from "../../../kit/path.ts";
import { eachLine, utf8 } from "../../../kit/text.ts";
import type { Cataloger, EvidenceFile, Reading } from "../../../stages/catalog/contract.ts";
import { Declarations } from "../shared/declared.ts";

export const gradleLock: Cataloger = {
  id: "gradle-lock",
  title: "Gradle lock files",
  needs: [],
  state: "stable",
  version: 1,
  evidence: "declared",
  types: ["maven"],
  // Up to Gradle 6, each configuration had a file of its own in gradle/dependency-locks.
  wants: { extensions: ["lockfile"], test: isGradle },
  limitBytes: 64 << 20,
  read,
};

function isGradle(path: string): boolean {
  const name = baseName(path);
  const isOne = name === "gradle.lockfile" || name === "buildscript-gradle.lockfile";
  return isOne || baseName(parentPath(path)) === "dependency-locks";
}

function read(file: EvidenceFile): Reading {
  const found = new Declarations("maven");
  const isBuild = /^buildscript-/.test(baseName(file.path));
  const isTest = isForTests(baseName(file.path).replace(/\.lockfile$/, ""));
  eachLine(utf8(file.bytes), (line, number) => {
    const text = line.trim();
    if (text === "" || text.startsWith("#") || text.startsWith("empty=")) return;
    const [coordinates = "", configurations] = text.split("=", 2);
    const [group = "", artifact = "", version = "", more] = coordinates.trim().split(":", 4);
    if (group === "" || artifact === "" || version === "" || more !== undefined) {
      found.damaged(`line ${number}: it is not of the form group:artifact:version=configurations`);
      return;
    }
    const development =
      isBuild || (configurations?.split(",").every((c) => isForTests(c.trim())) ?? isTest);
    found.add({ name: `${group}:${artifact}`, version, line: number, development });
  });
  return found.reading();
}

/** Configurations of source sets for tests: `testRuntimeClasspath`, `androidTestDebugCompileClasspath`. */
function isForTests(configuration: string): boolean {
  return /^(?:test|androidTest|integrationTest|jacoco|checkstyle|spotbugs|ktlint)/.test(
    configuration,
  );
}
