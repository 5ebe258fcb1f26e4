import { expect, test } from "vitest";
import { strictReport } from "./strict-report.ts";

const DIGEST = "3f".repeat(32);

test.each([
  ["ready", { kind: "ready" }],
  ["ended container", { kind: "ended" }],
  ["failed mark 22", { kind: "failed", step: "mark", error: 22 }],
  [
    "state 10 2 1 512345 3",
    { kind: "counts", asked: 10, denied: 2, passed: 1, longestUs: 512345, lost: 3 },
  ],
  [
    `denied 145 4711 12 ${DIGEST} content sh /tmp/a%20b%0a%25%c3%a9`,
    {
      kind: "decision",
      decision: "denied",
      waitedUs: 145,
      pid: 4711,
      sizeBytes: 12,
      sha256: DIGEST,
      why: "content",
      process: "sh",
      path: "/tmp/a b\n%é",
    },
  ],
  [
    "passed 500123 4711 12 - late - /tmp/x",
    {
      kind: "decision",
      decision: "passed",
      waitedUs: 500123,
      pid: 4711,
      sizeBytes: 12,
      sha256: null,
      why: "late",
      process: "",
      path: "/tmp/x",
    },
  ],
  ["", null],
  ["denied 1 2 3", null],
  ["ready now", null],
])("%j is read", (line, wanted) => {
  expect(strictReport(line)).toEqual(wanted);
});
