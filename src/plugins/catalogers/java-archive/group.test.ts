import { expect, test } from "vitest";
import { knownGroup, statedGroup } from "./group.ts";
import { GROUPS } from "./group-ids.data.ts";

test.each([
  ["spring-core", "5.3.0", "org.springframework"],
  ["spring-boot-starter-web", "2.7.0", "org.springframework.boot"],
  ["spring-security-web", "5.7.0", "org.springframework.security"],
  ["log4j-core", "2.14.1", "org.apache.logging.log4j"],
  ["log4j", "1.2.17", "log4j"],
  ["tomcat-embed-core", "9.0.0", "org.apache.tomcat.embed"],
  ["hibernate-core", "5.6.0", "org.hibernate"],
  ["hibernate-core", "6.1.0", "org.hibernate.orm"],
  ["groovy", "3.0.9", "org.codehaus.groovy"],
  ["groovy-json", "4.0.1", "org.apache.groovy"],
  ["okhttp", "2.7.5", "com.squareup.okhttp"],
  ["okhttp", "4.9.0", "com.squareup.okhttp3"],
  ["app", "1.0", null],
  ["constructor", "1.0", null],
])("%s %s belongs to %j", (artifact, version, wanted) => {
  expect(knownGroup(artifact, version)).toBe(wanted);
});

test("no artifact is in two groups", () => {
  const artifacts = GROUPS.flatMap(([, names]) => names.split(" "));
  expect(artifacts.filter((name, i) => artifacts.indexOf(name) !== i)).toEqual([]);
});

test.each<[string, string, Record<string, string>, string | null]>([
  ["its own name at the end", "xz", { "bundle-symbolicname": "org.tukaani.xz" }, "org.tukaani"],
  [
    "its last word at the end",
    "log4j-core",
    { "bundle-symbolicname": "org.apache.logging.log4j.core;singleton:=true" },
    "org.apache.logging.log4j",
  ],
  ["a module's name", "a-b", { "automatic-module-name": "org.x.a.b" }, "org.x.a"],
  ["the vendor's id", "a", { "implementation-vendor-id": "org.x" }, "org.x"],
  ["a vendor with many groups", "a", { "implementation-vendor-id": "org.apache" }, null],
  ["a single word", "a", { "implementation-vendor-id": "vendor" }, null],
  ["a sentence", "a", { "implementation-vendor-id": "The Vendor, Inc." }, null],
  ["another name", "a", { "bundle-symbolicname": "org.x.b" }, null],
])("the manifest tells the group by %s", (_, artifact, attributes, wanted) => {
  expect(statedGroup(artifact, new Map(Object.entries(attributes)))).toBe(wanted);
});
