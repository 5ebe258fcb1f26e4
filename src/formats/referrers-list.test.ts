import fc from "fast-check";
import { expect, test } from "vitest";
import { AppError } from "../kit/error.ts";
import { parseReferrersList } from "./referrers-list.ts";

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
