import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isInNetwork, isLoopback, proxyFor } from "./proxy.ts";
import { retryAfterMs } from "./retry-after.ts";

const PROXY = "http://proxy.test:3128/";

describe("the proxy for an address", () => {
  test.each([
    ["https://a.test/", { HTTPS_PROXY: PROXY }, PROXY],
    ["https://a.test/", { https_proxy: "proxy.test:3128" }, PROXY],
    ["https://a.test/", { HTTP_PROXY: PROXY }, null],
    ["http://a.test/", { HTTP_PROXY: PROXY }, PROXY],
    ["http://a.test/", {}, null],
    ["http://localhost:5000/", { HTTP_PROXY: PROXY }, null],
    ["http://127.8.8.8/", { HTTP_PROXY: PROXY }, null],
    ["https://[::1]:5000/", { HTTPS_PROXY: PROXY }, null],
  ])("%s with %j is %s", (address, env, wanted) => {
    expect(proxyFor(new URL(address), env)?.href ?? null).toBe(wanted);
  });

  test.each([
    ["a.test", "*", true],
    ["a.test", "a.test", true],
    ["a.test", "A.TEST", true],
    ["b.a.test", "a.test", true],
    ["ba.test", "a.test", false],
    ["a.test", ".a.test", false],
    ["b.a.test", ".a.test", true],
    ["b.a.test", "*.a.test", true],
    ["a.test", "x.test, a.test", true],
    ["a.test", "x.test a.test", true],
    ["a.test:8443", "a.test:8443", true],
    ["a.test", "a.test:443", true],
    ["a.test", "a.test:8443", false],
    ["10.1.2.3", "10.0.0.0/8", true],
    ["11.1.2.3", "10.0.0.0/8", false],
    ["10.1.2.3", "10.1.2.3", true],
    ["10.1.2.3", "1.2.3", false],
    ["10.1.2.3:8443", "10.1.2.3:8443", true],
    ["[2001:db8::1]", "2001:db8::/32", true],
    ["[2001:db8::1]", "2001:db8::1", true],
    ["[2001:db8::1]", "[2001:db8::1]:443", true],
    ["[2001:db9::1]", "2001:db8::/32", false],
    ["a.test", "10.0.0.0/8", false],
    ["10.1.2.3", "10.0.0.0/99", false],
    ["10.1.2.3", "/8,x/y/z,:,[", false],
  ])("%s is exempted by NO_PROXY=%s: %s", (host, list, isExempt) => {
    const env = { HTTPS_PROXY: PROXY, NO_PROXY: list };
    expect(proxyFor(new URL(`https://${host}/`), env) === null).toBe(isExempt);
  });

  test("is found or not whatever NO_PROXY holds", () => {
    fc.assert(
      fc.property(fc.string(), (list) => {
        proxyFor(new URL("https://10.1.2.3/"), { HTTPS_PROXY: PROXY, no_proxy: list });
        isInNetwork(list, list);
        isLoopback(list);
      }),
    );
  });
});

test.each([
  [null, null],
  ["", null],
  ["0", 0],
  ["120", 120_000],
  [" 7 ", 7000],
  ["-1", null],
  ["1.5", null],
  ["soon", null],
  ["Wed, 25 Nov 2026 04:00:10 GMT", 10_000],
  ["Wednesday, 25-Nov-26 04:00:10 GMT", 10_000],
  ["Wed Nov 25 04:00:10 2026 GMT", 10_000],
  ["Wed, 25 Nov 2026 03:00:00 GMT", 0],
  ["99999999999999", null],
])("Retry-After: %s is %s ms", (header, wanted) => {
  expect(retryAfterMs(header, Date.parse("2026-11-25T04:00:00Z"))).toBe(wanted);
});
