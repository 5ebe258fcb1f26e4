import { expect, test } from "vitest";
import { utf8Bytes } from "../../../kit/text.ts";
import type { Reading } from "../../../stages/catalog/contract.ts";
import { sbtLock } from "./cataloger.ts";

const read = (text: string): Reading =>
  sbtLock.read({ path: "build.sbt.lock", bytes: utf8Bytes(text) });

test("reads coordinates, and what only tests use", () => {
  const reading = read(`{
  "lockVersion": 1,
  "configurations": ["compile", "test"],
  "dependencies": [
    { "org": "org.typelevel", "name": "cats_2.13", "version": "2.0.0", "configurations": ["compile", "test"] },
    { "org": "org.scalatest", "name": "scalatest_2.13", "version": "3.2.0", "configurations": ["test"] }
  ]
}`);
  expect(reading).toEqual({
    packages: [
      { type: "maven", name: "org.typelevel:cats_2.13", version: "2.0.0", line: 5 },
      {
        type: "maven",
        name: "org.scalatest:scalatest_2.13",
        version: "3.2.0",
        development: true,
        line: 6,
      },
    ],
    problems: [],
  });
});

test("an entry without a version is damage", () => {
  expect(read('{"dependencies":[{"org":"a","name":"b"}]}').problems).toEqual([
    { code: "file-damaged", detail: 'line 1: "a:b" with version "" is not a package' },
  ]);
});
