// The measure are Debian's Java libraries: where they lie tells group, artifact and version.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { javaArchive } from "./cataloger.ts";

const REPOSITORY = "/usr/share/maven-repo";

test.for([
  ["org.apache.commons", "commons-lang3"],
  ["org.slf4j", "slf4j-api"],
])("Debian's %s:%s is recognized", ([group = "", artifact = ""], context) => {
  const folder = `${REPOSITORY}/${group.replaceAll(".", "/")}/${artifact}`;
  if (!existsSync(folder)) {
    if (process.env["CI"] === "true") throw new Error(`not installed: ${artifact}`);
    return context.skip(`not installed: ${artifact}`);
  }
  const versions = readdirSync(folder).filter((name) => /^\d+(\.\d+)+$/.test(name));
  expect(versions.length).toBeGreaterThan(0);
  for (const version of versions) {
    const path = `${folder}/${version}/${artifact}-${version}.jar`;
    const { packages, problems } = javaArchive.read({ path, bytes: readFileSync(path) });
    expect(problems).toEqual([]);
    expect(packages.map((p) => `${p.name} ${p.version}`)).toEqual([
      `${group}:${artifact} ${version}`,
    ]);
  }
});
