import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AppError } from "../kit/error.ts";
import { imageReferences } from "./image-references.ts";

const VARIABLES = new Map([
  ["TAG", "1.2"],
  ["EMPTY", ""],
]);
const read = (text: string): ReturnType<typeof imageReferences> =>
  imageReferences(Buffer.from(text), "f.yaml", (name) => VARIABLES.get(name));

describe("a Compose file", () => {
  test.each([
    ["api:1", "api:1"],
    ["api:${TAG}", "api:1.2"],
    ["api:$TAG", "api:1.2"],
    ["api:${NONE:-3}", "api:3"],
    ["api:${EMPTY:-3}", "api:3"],
    ["api:${EMPTY-3}x", "api:x"],
    ["api${TAG:+:set}", "api:set"],
    ["api$$x", "api$x"],
  ])("names %s, which is %s", (written, reference) => {
    expect(read(`services:\n  api:\n    image: "${written}"\n`)).toEqual({
      kind: "compose",
      images: [{ reference, hindrance: null, user: "service api", line: 3 }],
    });
  });

  test.each([
    ["image: api:${NONE}", "the variable NONE is not set"],
    ["image: api:${NONE?must}", "the variable NONE is not set"],
    ["build: .", "it is built and not named"],
  ])("with %s does not say which image", (line, hindrance) => {
    expect(read(`services:\n  api:\n    ${line}\n`)?.images).toMatchObject([
      { reference: null, hindrance },
    ]);
  });
});

describe("Kubernetes objects", () => {
  test("are searched at every depth, in lists, and over several documents", () => {
    const text = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      initContainers: [{name: a, image: "init:1"}]
      containers:
        - {name: b, image: main:2}
      volumes: [{name: v, image: {reference: "data:3"}}]
---
apiVersion: v1
kind: List
items:
  - apiVersion: batch/v1
    kind: CronJob
    metadata: {generateName: job-}
    spec: {jobTemplate: {spec: {template: {spec: {containers: [{image: cron:4}]}}}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: x}
data: {image: "not-one:1"}
`;
    const found = read(text);
    expect(found?.images.map((i) => [i.user, i.reference])).toEqual([
      ["Deployment web", "init:1"],
      ["Deployment web", "main:2"],
      ["Deployment web", "data:3"],
      ["CronJob job-", "cron:4"],
    ]);
  });
});

test.each(["", "a: 1\n", "- 1\n", "services: 3\n", "just text\n"])("%j is neither", (text) => {
  expect(read(text)).toBeNull();
});

test("broken YAML is refused with its line", () => {
  expect(() => read("services:\n  a: [\n")).toThrow(/cannot read "f.yaml": line \d/);
});

test("any bytes are read or refused, and nothing else", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array(),
        fc.string().map((s) => Buffer.from(s)),
      ),
      (bytes) => {
        try {
          imageReferences(bytes, "f", () => undefined);
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      },
    ),
  );
});
