import { Buffer } from "node:buffer";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { parseAddress, printAddress } from "../../../kit/ip-address.ts";
import { Failure } from "./failure.ts";
import { printDouble, printFixed, printScientific } from "./number-text.ts";
import { orderTexts } from "./text.ts";
import {
  Duration,
  parseDuration,
  parseTimestamp,
  printDuration,
  printTimestamp,
  Timestamp,
} from "./time.ts";
import { parseUri } from "./uri.ts";
import { lift } from "./value.ts";

describe("texts", () => {
  it("are in the order of their bytes in UTF-8", () => {
    const text = fc.string({
      unit: fc.constantFrom("a", "b", "\u00e9", "\ue000", "\uffff", "\u{10000}", "\u{1f600}"),
    });
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(orderTexts(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
  });
});

describe("doubles", () => {
  // What Go's fmt writes for %g, %f and %e.
  test.each([
    [0, "0"],
    [-0, "-0"],
    [1, "1"],
    [123_456, "123456"],
    [1_000_000, "1e+06"],
    [123_456_789, "1.23456789e+08"],
    [0.0001, "0.0001"],
    [0.000012, "1.2e-05"],
    [1e100, "1e+100"],
    [Number.NaN, "NaN"],
    [Number.POSITIVE_INFINITY, "+Inf"],
  ])("%d is %s", (value, wanted) => {
    expect(printDouble(value)).toBe(wanted);
  });

  test.each([
    [0.5, 0, "0"],
    [1.5, 0, "2"],
    [2.5, 0, "2"],
    [-0.125, 2, "-0.12"],
    [1e21, 1, "1000000000000000000000.0"],
    [1.005, 2, "1.00"],
  ])("%d with %d digits is %s", (value, digits, wanted) => {
    expect(printFixed(value, digits)).toBe(wanted);
  });

  test.each([
    [0, 2, "0.00e+00"],
    [9.999, 1, "1.0e+01"],
    [1.25, 1, "1.2e+00"],
    [123_456, 3, "1.235e+05"],
    [5e-324, 2, "4.94e-324"],
  ])("%d with %d digits and an exponent is %s", (value, digits, wanted) => {
    expect(printScientific(value, digits)).toBe(wanted);
  });

  it("read back as themselves", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Number(printDouble(value))).toBe(value);
      }),
    );
  });
});

describe("times", () => {
  it("read back as themselves", () => {
    const seconds = fc.integer({ min: -62_135_596_800, max: 253_402_300_799 });
    fc.assert(
      fc.property(seconds, fc.integer({ min: 0, max: 999_999_999 }), (whole, nanos) => {
        const time = new Timestamp(whole, nanos);
        expect(parseTimestamp(printTimestamp(time))).toEqual(time);
      }),
    );
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (nanos) => {
        expect(parseDuration(printDuration(new Duration(nanos))).nanos).toBe(nanos);
      }),
    );
  });

  test.each([
    ["1h30m", 5_400_000_000_000n],
    ["-1.5s", -1_500_000_000n],
    [".5ms", 500_000n],
    ["1.s", 1_000_000_000n],
    ["1us1\u00b5s1\u03bcs", 3_000n],
    ["0", 0n],
    ["+0", 0n],
  ])("%s is %d ns", (text, nanos) => {
    expect(parseDuration(text).nanos).toBe(nanos);
  });

  test.each(["", "1", "s", ".s", "1d", "1 s", "--1s", "1s-1s", "9223372037s", "1e3s"])(
    "%j is no duration",
    (text) => {
      expect(() => parseDuration(text)).toThrow(Failure);
    },
  );

  test.each([
    "2020-01-01",
    "2020-01-01T00:00:00",
    "2020-02-30T00:00:00Z",
    "2021-02-29T00:00:00Z",
    "2020-01-01T24:00:00Z",
    "2020-01-01T00:00:60Z",
    "2020-13-01T00:00:00Z",
    "0000-12-31T00:00:00Z",
    "2020-01-01t00:00:00z",
    "2020-01-01T00:00:00+24:00",
    "0001-01-01T00:00:00+01:00",
  ])("%s is no timestamp", (text) => {
    expect(() => parseTimestamp(text)).toThrow(Failure);
  });

  it("are parsed in bounded time, or refused", () => {
    const signs = fc.string({ unit: fc.constantFrom(..."0123456789.hms-+TZ:"), maxLength: 200 });
    fc.assert(
      fc.property(signs, (text) => {
        for (const parse of [parseDuration, parseTimestamp]) {
          try {
            parse(text);
          } catch (error) {
            expect(error).toBeInstanceOf(Failure);
          }
        }
      }),
    );
  });
});

describe("addresses", () => {
  it("have one canonical text", () => {
    const value = fc.oneof(
      fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }),
      fc
        .array(fc.constantFrom(0n, 0n, 1n, 0xffffn), { minLength: 8, maxLength: 8 })
        .map((all) => all.reduce<bigint>((sum, group) => sum * 65_536n + group, 0n)),
    );
    fc.assert(
      fc.property(value, (bits) => {
        fc.pre(bits >> 32n !== 0xffffn);
        const address = { family: 6, value: bits } as const;
        expect(parseAddress(printAddress(address))).toEqual(address);
      }),
    );
    fc.assert(
      fc.property(fc.ipV4(), (text) => {
        const address = parseAddress(text);
        expect(address === null ? null : printAddress(address)).toBe(text);
      }),
    );
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        fc.pre(!/ffff:[0-9.]+$/i.test(text) && !/^::ffff:[0-9a-f]+:[0-9a-f]+$/i.test(text));
        expect(parseAddress(text)).not.toBeNull();
      }),
    );
  });
});

describe("identifiers of resources", () => {
  it("are read as the host's own reader has them, where both do", () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true, withFragments: false }), (text) => {
        const theirs = new URL(text);
        const mine = parseUri(text);
        expect(mine?.host).toBe(theirs.host);
        // The host's reader escapes a quote of its own accord.
        expect(mine?.query.replaceAll("'", "%27")).toBe(theirs.search.slice(1));
      }),
    );
  });

  it("are read or refused, whatever the text", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(..."a1:/?#[]@%.&=+ \u00e9\n2F"), maxLength: 20 }),
        (text) => {
          expect(parseUri(text)?.scheme ?? "").toMatch(/^[a-z0-9+.-]*$/);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

describe("values of the host", () => {
  test.each([
    new Date(0),
    new Set(),
    /x/,
    new Uint8Array(1),
    Symbol("x"),
    () => 1,
    2 ** 60,
    2n ** 63n,
  ])("%s is refused", (raw) => {
    expect(() => lift(raw)).toThrow(Failure);
  });
});
