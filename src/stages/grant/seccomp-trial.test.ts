import { describe, expect, test } from "vitest";
import type { KernelLog, SeccompCall } from "../../formats/kernel-log.ts";
import { type SeccompTrial, tryProfile } from "./seccomp-trial.ts";

const HOUR = 3_600_000;
const SINCE = 1_700_000_000_000;

const call = (more: Partial<SeccompCall> = {}): SeccompCall => ({
  at: SINCE + 60_000,
  pid: 1,
  comm: "web",
  exe: "/bin/web",
  convention: 1,
  number: 83,
  code: 0x7ffc0000,
  ...more,
});
const log = (more: Partial<KernelLog> = {}): KernelLog => ({
  lines: 9,
  first: SINCE - HOUR,
  last: SINCE + 2 * HOUR,
  calls: [],
  losses: [],
  hasAudit: true,
  ...more,
});
const trial = (more: Partial<SeccompTrial> = {}): SeccompTrial => ({
  allowed: new Set(["read"]),
  since: SINCE,
  until: SINCE + 2 * HOUR,
  leastMs: HOUR,
  programs: new Set(["/bin/web"]),
  nameOf: (_, number) => ({ 0: "read", 83: "mkdir" })[number] ?? null,
  ...more,
});

describe("a profile may refuse", () => {
  test.each<[string, Partial<KernelLog>, Partial<SeccompTrial>]>([
    ["when nothing was written", {}, {}],
    ["when it was before", { calls: [call({ at: SINCE - 1 })] }, {}],
    ["when another profile refused it", { calls: [call({ code: 0x50000 })] }, {}],
    ["when it lets the call through", { calls: [call({ number: 0 })] }, {}],
    ["when lines were lost before", { losses: [SINCE - 1] }, {}],
  ])("%s", (_, lines, more) => {
    const { answer, coveredMs } = tryProfile(log(lines), trial(more));
    expect([answer, coveredMs]).toEqual(["clear", 2 * HOUR]);
  });
});

describe("a profile may not refuse", () => {
  test.each<[string, Partial<SeccompCall>, string]>([
    ["what its own program called", {}, "mkdir"],
    ["what its runtime called", { exe: "/usr/sbin/runc" }, "mkdir"],
    ["what has no name", { number: 900 }, "call 900 of convention 1"],
  ])("%s", (_, one, name) => {
    const answer = tryProfile(
      log({ calls: [call(one), call({ ...one, at: SINCE + 5 })] }),
      trial(),
    );
    expect(answer).toMatchObject({
      answer: "called",
      calls: [{ call: name, times: 2, first: SINCE + 5, last: SINCE + 60_000 }],
    });
  });
});

describe("nobody knows", () => {
  test.each<[string, Partial<KernelLog>, Partial<SeccompTrial>, RegExp]>([
    ["where no audit line is", { hasAudit: false }, {}, /no line of the audit system/],
    ["where no line has a time", { first: null }, {}, /no line of the log tells its time/],
    ["where the log begins later", { first: SINCE + 1 }, {}, /begins at .*, after the profile did/],
    ["where it ends too early", {}, { until: SINCE + HOUR - 1 }, /59 minutes .* 60 minutes/],
    ["where it ends before", {}, { until: 0 }, /0 minutes/],
    ["where lines were lost", { losses: [SINCE + 1] }, {}, /left out of the log/],
    ["where they may have been", { losses: [null] }, {}, /left out of the log/],
    [
      "whose a call was",
      { calls: [call({ exe: "/bin/new" })] },
      {},
      /mkdir was called by \/bin\/new/,
    ],
    ["when it was", { calls: [call({ at: null })] }, {}, /no time/],
  ])("%s", (_, lines, more, reason) => {
    const { answer, reasons } = tryProfile(log(lines), trial(more));
    expect(answer).toBe("unknown");
    expect(reasons.join("; ")).toMatch(reason);
  });
});
