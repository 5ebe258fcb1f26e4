import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { schemes } from "./index.ts";

/** Pieces out of which versions that matter are made: separators, words and numbers of all ecosystems. */
const PIECE = fc.constantFrom(
  ..."0 1 2 9 10 01 007 20240131 . .. - + ~ ^ _ : ! v a b rc alpha beta dev post p r r1 el8 -1 -r0 _p1 SNAPSHOT final ga x".split(
    " ",
  ),
);
const VERSION = fc.array(PIECE, { minLength: 1, maxLength: 7 }).map((pieces) => pieces.join(""));
/** What Maven's own order does not order: a leading word, and a zero that a word follows (see its readme). */
const ORDERLY = /^[1-9](?!.*(?:[.-](?:[^\d]|0+(?:[^\d]|$))|[^\d]0))/;

describe.each(schemes.map((scheme) => [scheme.id, scheme] as const))("%s", (id, scheme) => {
  test("never throws, and answers with a number or null, whatever the texts", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (a, b) => {
        const order = scheme.compare(a, b);
        return order === null || Number.isFinite(order);
      }),
    );
  });

  test("finds every version equal to itself, unless it is none", () => {
    fc.assert(
      fc.property(fc.oneof(VERSION, fc.string()), (a) => {
        const order = scheme.compare(a, a);
        return order === null || order === 0;
      }),
    );
  });

  test("turns its answer round with its arguments", () => {
    fc.assert(
      fc.property(VERSION, VERSION, (a, b) => {
        const there = scheme.compare(a, b);
        const back = scheme.compare(b, a);
        expect(back === null).toBe(there === null);
        expect(Math.sign(back ?? 0) + Math.sign(there ?? 0)).toBe(0);
      }),
    );
  });

  test("orders without a circle", () => {
    const isValid = (text: string): boolean => scheme.compare(text, text) !== null;
    const valid = VERSION.filter((text) => isValid(text) && (id !== "maven" || ORDERLY.test(text)));
    fc.assert(
      fc.property(valid, valid, valid, (a, b, c) => {
        const [ab, bc, ac] = [scheme.compare(a, b), scheme.compare(b, c), scheme.compare(a, c)];
        if (ab === null || bc === null || ac === null) throw new Error("not three versions");
        if (ab <= 0 && bc <= 0) expect(ac).toBeLessThanOrEqual(0);
        if (ab >= 0 && bc >= 0) expect(ac).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 1000 },
    );
  });

  test("cannot tell whether a version is one, only of texts that are none with every partner", () => {
    fc.assert(
      fc.property(VERSION, VERSION, (a, b) => {
        const isPair = scheme.compare(a, a) !== null && scheme.compare(b, b) !== null;
        expect(scheme.compare(a, b) !== null).toBe(isPair);
      }),
    );
  });

  test.each(["1.", "1-", "1~", "0", "a", ".", "-", "1.a-", "_p", "+", "rc1", " 1"])(
    "needs time in proportion to length for many %j",
    (piece) => {
      const long = `1${piece.repeat(60_000 / piece.length)}`;
      const begin = performance.now();
      scheme.compare(`${long}1`, `${long}2`);
      scheme.normalize?.(long);
      expect(performance.now() - begin).toBeLessThan(2000);
    },
  );
});
