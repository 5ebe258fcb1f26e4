import { expect, test } from "vitest";
import { isMeant, publishedOf } from "./ports.ts";
import { bytesOf, bytesText, processorsOf } from "./quantities.ts";

test.each([
  ["512m", false, "536870912"],
  ["512mb", false, "536870912"],
  ["0.5g", false, "536870912"],
  ["536870912", false, "536870912"],
  ["536870912b", false, "536870912"],
  ["512Mi", true, "536870912"],
  ["512M", true, "512000000"],
  ["1Gi", true, "1073741824"],
  ["128k", true, "128000"],
  ["much", false, "much"],
  ["", false, ""],
])("%s is %s bytes of Kubernetes: %s", (text, isKubernetes, bytes) => {
  expect(bytesOf(text, isKubernetes)).toBe(bytes);
});

test.each([
  ["0.5", "/services/a/cpus", "500"],
  ["500m", "/spec/cpu", "500"],
  ["500000000", "/HostConfig/NanoCpus", "500"],
  ["512", "/HostConfig/CpuShares", "a share of 512"],
  ["512", "/services/a/cpu_shares", "a share of 512"],
  ["50000", "/HostConfig/CpuQuota", "a quota of 50000"],
])("%s at %s is %s", (text, at, thousandths) => {
  expect(processorsOf(text, at)).toBe(thousandths);
});

test.each([
  ["134217728", "128m"],
  ["1073741824", "1g"],
  ["1000", "1000"],
  ["none", "none"],
])("%s bytes are shown as %s", (text, shown) => {
  expect(bytesText(text)).toBe(shown);
});

const port = (address: string | null, outside: string | null, target: string) =>
  publishedOf({
    at: "",
    address: address === null ? { state: "absent" } : { state: "known", value: address, at: "" },
    port: outside === null ? { state: "absent" } : { state: "known", value: outside, at: "" },
    target,
  });

test.each([
  ["the same", port(null, "80", "80"), port("", "80", "80"), true],
  ["all addresses in words", port("0.0.0.0", "80", "80"), port(null, "80", "80"), true],
  ["another address", port("127.0.0.1", "80", "80"), port(null, "80", "80"), false],
  ["another port", port(null, "81", "80"), port(null, "80", "80"), false],
  ["any port", port(null, null, "80"), port(null, "49153", "80"), true],
  ["one of a range", port(null, "8000-8009", "80"), port(null, "8004", "80"), true],
  ["outside of a range", port(null, "8000-8009", "80"), port(null, "8010", "80"), false],
])("%s", (_, declared, running, is) => {
  const [one, other] = [declared?.[0], running?.[0]];
  expect(one !== undefined && other !== undefined && isMeant(one, other)).toBe(is);
});

test("ranges are as many ports, each with its own, and what is none is not known", () => {
  expect(port(null, "8000-8001", "80-81")).toMatchObject([
    { port: [8000, 8000], target: 80 },
    { port: [8001, 8001], target: 81 },
  ]);
  expect([port(null, "x", "80"), port(null, "80", "y"), port(null, "9-8", "80")]).toEqual([
    null,
    null,
    null,
  ]);
});
