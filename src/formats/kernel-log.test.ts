import { describe, expect, test } from "vitest";
import { readKernelLog } from "./kernel-log.ts";

const FIELDS =
  'auid=4294967295 uid=0 gid=0 ses=4294967295 subj=unconfined pid=4321 comm="mkdir" exe="/bin/busybox" sig=0 arch=c000003e syscall=83 compat=0 ip=0x7f code=0x7ffc0000';
const AT = 1_700_000_000_123;
const read = (...lines: readonly string[]) =>
  readKernelLog(Buffer.from(lines.map((line) => `${line}\n`).join("")));

describe("a call is read out of", () => {
  test.each<[string, string, number | null]>([
    ["dmesg", `[   12.345678] audit: type=1326 audit(1700000000.123:45): ${FIELDS}`, AT],
    ["dmesg --raw", `<5>[   12.345678] audit: type=1326 audit(1700000000.123:45): ${FIELDS}`, AT],
    ["audit.log", `type=SECCOMP msg=audit(1700000000.123:45): ${FIELDS}`, AT],
    [
      "journalctl",
      `Nov 14 22:13:20 host kernel: audit: type=1326 audit(1700000000.123:45): ${FIELDS}`,
      AT,
    ],
    ["journalctl of auditd", `Nov 14 22:13:20 host audit[4321]: SECCOMP ${FIELDS}`, null],
    [
      "journalctl -o short-iso",
      `2023-11-14T22:13:20+0000 host audit[4321]: SECCOMP ${FIELDS}`,
      1_700_000_000_000,
    ],
    [
      "journalctl -o json",
      JSON.stringify({
        __REALTIME_TIMESTAMP: "1700000000123456",
        _TRANSPORT: "audit",
        MESSAGE: `SECCOMP ${FIELDS}`,
      }),
      AT,
    ],
  ])("%s", (_, line, at) => {
    const { calls, hasAudit } = read(line);
    expect(hasAudit).toBe(true);
    expect(calls).toEqual([
      {
        at,
        pid: 4321,
        comm: "mkdir",
        exe: "/bin/busybox",
        convention: 0xc000003e,
        number: 83,
        code: 0x7ffc0000,
      },
    ]);
  });
});

test("a program with a blank in its name is written in hexadecimal", () => {
  const line = `type=1326 msg=audit(1700000000.123:45): ${FIELDS.replace('"/bin/busybox"', "2F612062")}`;
  expect(read(line).calls[0]?.exe).toBe("/a b");
});

test("times since the start of the machine are known by a line that has both", () => {
  const boot =
    "[    1.000000] audit: type=2000 audit(1700000000.000:1): state=initialized audit_enabled=0";
  const log = read("[    0.000000] Linux version 6.18", boot, "[  101.000000] usb 1-1: new device");
  expect(log).toMatchObject({ first: 1_699_999_999_000, last: 1_700_000_100_000, hasAudit: true });
  expect(read("[    0.000000] Linux version 6.18")).toMatchObject({ first: null, hasAudit: false });
});

test("a clock that was set is followed", () => {
  const log = read(
    "[    1.000000] audit: type=2000 audit(1600000000.000:1): x",
    "[  100.000000] audit: type=2000 audit(1700000000.000:2): x",
    "[  101.000000] usb 1-1: new device",
  );
  expect(log.last).toBe(1_700_000_001_000);
});

test.each([
  "[   13.000000] audit: rate limit exceeded",
  "[   13.000000] kauditd_printk_skb: 14 callbacks suppressed",
  "[   13.000000] audit: audit_lost=12 audit_rate_limit=0 audit_backlog_limit=64",
])("what was left out is told: %s", (line) => {
  expect(read(`[   12.000000] audit: type=2000 audit(1700000000.000:1): x`, line).losses).toEqual([
    1_700_000_001_000,
  ]);
});

test("what is too much to be kept is lost, and so is a damaged line", () => {
  const line = `audit: type=1326 audit(1700000000.123:45): ${FIELDS}`;
  const { calls, losses } = read(...Array.from({ length: 100_001 }, () => line));
  expect([calls.length, losses]).toEqual([100_000, [null]]);
  expect(read("audit: type=1326 audit(1700000000.123:45): x").losses).toEqual([AT]);
});

test("lines of others, and damaged ones, are none", () => {
  const log = read(
    "type=SYSCALL msg=audit(1700000000.123:45): syscall=83",
    "audit: type=1326 x",
    "\xff",
  );
  expect(log).toMatchObject({ lines: 3, calls: [] });
});
