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

const API = {
  platform: "compose",
  kind: "service",
  name: "api",
  namespace: null,
  container: "api",
};

test("who uses an image is told container by container, through aliases too", () => {
  const text = `apiVersion: apps/v1
kind: List
items:
  - apiVersion: v1
    kind: Pod
    metadata: { name: a, namespace: shop }
    spec: { containers: &c [{ name: app, image: x:1 }, { name: proxy, image: y:1 }] }
  - apiVersion: v1
    kind: Pod
    metadata: { name: b }
    spec: { containers: *c, volumes: [{ name: v, image: { reference: z:1 } }] }
`;
  const said = read(text)?.images.map(({ reference, users }) => [
    reference,
    ...users.map(({ name, namespace, container }) => `${namespace}/${name}/${container}`),
  ]);
  expect(said).toEqual([
    ["x:1", "shop/a/app", "null/b/app"],
    ["y:1", "shop/a/proxy", "null/b/proxy"],
    ["z:1", "null/b/null"],
  ]);
});

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
      images: [{ reference, hindrance: null, user: "service api", users: [API], line: 3 }],
    });
  });

  test.each([
    ["image: api:${NONE}", "the variable NONE is not set"],
    ["image: api:${NONE?must}", "the variable NONE is not set"],
    ["build: .", "it is built and not named"],
    ["extends: {file: base.yaml, service: api}", "what it extends is not followed"],
    ["image: 3", "it names no image"],
    ["ports: [80]", "it names no image"],
  ])("with %s does not say which image", (line, hindrance) => {
    expect(read(`services:\n  api:\n    ${line}\n`)?.images).toMatchObject([
      { reference: null, hindrance },
    ]);
  });
});

test("aliases and merged mappings of a Compose file are followed", () => {
  const text = `
x-api: &api {image: &name "api:1", restart: always}
x-more: &more {<<: *api}
services:
  own: {<<: *api, image: "own:1"}
  merged: {<<: *more}
  several: {<<: [{a: 1}, *more]}
  same: *api
  named: {image: *name}
  loop: &loop {<<: *loop}
  nothing:
`;
  expect(read(text)?.images.map((i) => [i.user, i.reference ?? i.hindrance])).toEqual([
    ["service own", "own:1"],
    ["service merged", "api:1"],
    ["service several", "api:1"],
    ["service same", "api:1"],
    ["service named", "api:1"],
    ["service loop", "it names no image"],
    ["service nothing", "it is no mapping"],
  ]);
});

test("a Compose file that includes others says that they are not followed", () => {
  const found = read("include: [other.yaml]\nservices: {a: {image: a}}\n");
  expect(found?.images.map((i) => i.reference ?? i.hindrance)).toEqual([
    "other files are not followed",
    "a",
  ]);
});

test("a long chain of merged mappings ends", () => {
  const chain = Array.from({ length: 20_000 }, (_, i) => `x${i + 1}: &x${i + 1} {<<: *x${i}}`);
  const text = `x0: &x0 {}\n${chain.join("\n")}\nservices: {a: *x20000}\n`;
  expect(read(text)?.images.map((i) => i.hindrance)).toEqual(["it names no image"]);
});

test("many aliases of one list cost no more than the list", () => {
  const list = Array.from({ length: 20_000 }, () => "{}").join(",");
  const pods = Array.from({ length: 20_000 }, () => "{containers: *a}").join(",");
  const text = `apiVersion: v1\nkind: X\na: {containers: &a [${list}]}\nb: [${pods}]\n`;
  const before = performance.now();
  expect(read(text)?.images).toEqual([]);
  expect(performance.now() - before).toBeLessThan(10_000);
});

describe("Kubernetes objects", () => {
  test("may use aliases", () => {
    const text =
      "apiVersion: v1\nkind: Pod\nx: &c {image: &i 'a:1'}\nspec: {containers: [*c, {image: *i}]}\n";
    expect(read(text)?.images.map((i) => i.reference)).toEqual(["a:1", "a:1"]);
  });

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

test("a key that stands twice is refused, and a hundred thousand keys take no longer than to read", () => {
  expect(() => read("services:\n  a: {image: a, image: b}\n")).toThrow(
    /line 2: a key stands twice/,
  );
  const keys = Array.from({ length: 100_000 }, (_, i) => `  k${i}: v`).join("\n");
  const before = performance.now();
  expect(read(`apiVersion: v1\nkind: ConfigMap\ndata:\n${keys}\n`)?.images).toEqual([]);
  expect(performance.now() - before).toBeLessThan(10_000);
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
