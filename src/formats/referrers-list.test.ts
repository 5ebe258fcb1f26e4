import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AppError } from "../kit/error.ts";
import { parseReferrersList, withReferrer } from "./referrers-list.ts";

const [A, B] = ["a", "b"].map((digit) => `sha256:${digit.repeat(64)}`);
const read = (document: unknown): unknown =>
  parseReferrersList(Buffer.from(JSON.stringify(document)));

test.each([
  ["two, one of them twice", [{ digest: A }, { digest: B }, { digest: A }], [A, B], 0],
  [
    "what makes no sense beside what does",
    [null, 7, {}, { digest: "md5:0" }, { digest: B }],
    [B],
    4,
  ],
  [
    "an annotation that is too long for a manifest",
    [{ digest: A, annotations: "x".repeat(2 << 20) }],
    [A],
    0,
  ],
  ["nothing", null, [], 0],
])("a list of %s", (_, manifests, digests, malformed) => {
  expect(read({ schemaVersion: 2, manifests })).toEqual({ digests, malformed });
});

test.each([["text"], [[]], [{ manifests: [] }], [{ schemaVersion: 2, manifests: {} }]])(
  "%j is no list",
  (document) => {
    expect(() => read(document)).toThrow(AppError);
  },
);

describe("adding to a list", () => {
  const entry = {
    mediaType: "m",
    digest: B ?? "",
    size: 2,
    artifactType: "x",
    annotations: { a: "b" },
  };
  const index = "application/vnd.oci.image.index.v1+json";
  const add = (...lists: object[]): unknown =>
    JSON.parse(
      withReferrer(
        lists.map((l) => Buffer.from(JSON.stringify(l))),
        entry,
      ).toString(),
    );

  test("that is not there makes one", () => {
    expect(add()).toEqual({ schemaVersion: 2, mediaType: index, manifests: [entry] });
  });

  test("keeps what others wrote, in it and beside it, and leaves out what makes no sense", () => {
    const other = { digest: A, data: "e30=", __proto__: null };
    const list = {
      schemaVersion: 2,
      mediaType: index,
      manifests: [other, {}],
      annotations: { k: "v" },
    };
    expect(add(list)).toEqual({ ...list, manifests: [{ digest: A, data: "e30=" }, entry] });
  });

  test("takes over what only older states had, each once", () => {
    const [c, d] = ["c", "d"].map((digit) => ({ digest: `sha256:${digit.repeat(64)}` }));
    const states = [[c], [d, { digest: A, old: 1 }], [{ digest: A, new: 1 }]];
    const lists = states.map((manifests) => ({ schemaVersion: 2, manifests }));
    expect(add(...lists)).toMatchObject({ manifests: [c, d, { digest: A, new: 1 }, entry] });
  });

  test("that is none is refused", () => {
    expect(() => add({ schemaVersion: 1 })).toThrow(AppError);
    expect(() => add({ schemaVersion: 2, manifests: 7 })).toThrow(AppError);
  });
});

test("any JSON is read or refused", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (manifests) => {
      try {
        read({ schemaVersion: 2, manifests });
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
      }
    }),
  );
});
