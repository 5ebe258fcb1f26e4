import { expect, test } from "vitest";
import { archiveName } from "./file-name.ts";

test.each([
  ["guava-31.1-jre", "", "guava", "31.1-jre"],
  ["commons-lang3-3.12.0", "", "commons-lang3", "3.12.0"],
  ["log4j-1.2-api-2.17.1", "", "log4j-1.2-api", "2.17.1"],
  ["log4j-1.2.17", "", "log4j", "1.2.17"],
  ["spring-core-5.3.0-M1", "", "spring-core", "5.3.0-M1"],
  ["spring-core-5.3.18.RELEASE", "", "spring-core", "5.3.18.RELEASE"],
  ["akka-actor_2.13-2.6.1", "", "akka-actor_2.13", "2.6.1"],
  ["jackson-databind-2.9.10.8", "", "jackson-databind", "2.9.10.8"],
  ["app-1.0-20230101.120000-1", "", "app", "1.0-20230101.120000-1"],
  ["app-1.0-SNAPSHOT", "", "app", "1.0-SNAPSHOT"],
  ["netty-tcnative-2.0.46.Final-linux-x86_64", "", "netty-tcnative", "2.0.46.Final"],
  ["byte-buddy-1.12.0-sources", "", "byte-buddy", "1.12.0"],
  ["geronimo-jms_1.1_spec-1.1.1", "", "geronimo-jms_1.1_spec", "1.1.1"],
  ["hadoop-client-3.3.1-redhat-00001", "", "hadoop-client", "3.3.1-redhat-00001"],
  ["ojdbc8", "", "ojdbc8", ""],
  ["app", "", "app", ""],
  ["1.0", "", "1.0", ""],
  ["-1.0", "", "-1.0", ""],
  ["zstd-jni-1.5.6-3", "1.5.6-3", "zstd-jni", "1.5.6-3"],
  ["strange-name-1-of-many-2", "1-of-many-2", "strange-name", "1-of-many-2"],
  ["", "", "", ""],
])("%j, whose manifest says %j, is %j of version %j", (stem, stated, artifact, version) => {
  const { classifier: _, ...named } = archiveName(stem, stated);
  expect(named).toEqual({ artifact, version });
});

test("a long name takes no long time", () => {
  const before = performance.now();
  archiveName("1-a-".repeat(100_000), "");
  archiveName("-linux".repeat(100_000), "");
  expect(performance.now() - before).toBeLessThan(500);
});
