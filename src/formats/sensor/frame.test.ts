import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Descriptor, EVENT_TYPES } from "../../model/event.ts";
import { Frame } from "./frame.ts";
import { FrameEvent } from "./frame-event.ts";
import { NAMES_BY_CODE, PARAMETERS } from "./kinds.ts";
import { HEAD } from "./layout.ts";
import type { RecordedFact } from "./recorded-facts.ts";
import { factFrame, recordingPart } from "./recording.ts";
import { absolute } from "./strings.ts";

function event(): FrameEvent {
  const beyond = { find: () => null, containerOf: () => null, bootedAt: 0 };
  return new FrameEvent(beyond, { seconds: 1_000, nanoseconds: 0 });
}

/** A frame of a code: its head, then a body. */
function frame(code: number, body: Buffer, head: { time?: bigint; pid?: number } = {}): Buffer {
  const bytes = Buffer.concat([Buffer.alloc(HEAD.size), body]);
  bytes.writeUInt32LE(bytes.length, HEAD.length);
  bytes.writeUInt16LE(code, HEAD.code);
  bytes.writeBigUInt64LE(head.time ?? 0n, HEAD.time);
  bytes.writeUInt32LE(head.pid ?? 1, HEAD.pid);
  return bytes;
}

function string(text: string): Buffer {
  const bytes = Buffer.from(text);
  const length = Buffer.alloc(2);
  length.writeUInt16LE(bytes.length);
  return Buffer.concat([length, bytes]);
}

test("codes are the places of EVENT_TYPES", () => {
  expect(NAMES_BY_CODE.slice(1)).toEqual(EVENT_TYPES.slice(1));
});

describe("names are made absolute", () => {
  test.each([
    ["/etc", "passwd", "/etc/passwd"],
    ["/etc", "./passwd", "/etc/passwd"],
    ["/etc", "../root/x", "/root/x"],
    ["/", "x", "/x"],
    ["/etc", "/a//b/./c/../d", "/a/b/d"],
    ["/etc", "../../../..", "/"],
    ["/etc", "a/..", "/etc"],
    ["/etc", "...", "/etc/..."],
    ["/etc", "a../b", "/etc/a../b"],
    ["/etc", "", "/etc"],
    ["/etc", "a/", "/etc/a"],
  ])("%s + %s", (folder, name, whole) => {
    expect(absolute(folder, name)).toBe(whole);
  });
});

test("a path is read from its last name to its first", () => {
  const bytes = frame(5, string("bash\0bin\0usr\0"));
  const read = new Frame();
  expect(read.look(bytes, 0, bytes.length)).toBe(true);
  expect(read.path(HEAD.size)).toBe("/usr/bin/bash");
});

test("time is that of the machine's start and what has gone since", () => {
  const shown = event();
  const bytes = frame(4, Buffer.alloc(0), { time: 2_500_000_123n });
  expect(shown.show(bytes, 0, bytes.length)).toBe(true);
  expect([shown.seconds, shown.nanoseconds]).toEqual([1_002, 500_000_123]);
});

test("a frame that is shorter or longer than it says is none", () => {
  const bytes = frame(4, Buffer.alloc(8));
  const read = new Frame();
  expect(read.look(bytes, 0, bytes.length - 1)).toBe(false);
  expect(read.look(bytes, 0, bytes.length + 1)).toBe(false);
  expect(read.look(bytes.subarray(0, 40), 0, 40)).toBe(false);
});

function textsOf(descriptor: Descriptor | null): readonly string[] {
  if (descriptor === null) return [];
  const { kind, name, rawName, realPath, number, device, inode, socket } = descriptor;
  const ends = [socket?.localAddress, socket?.remoteAddress, socket?.path];
  return [kind, name, rawName, realPath, String([number, device, inode]), ends.join()];
}

test("whatever a frame holds, reading all of it ends, and reads nothing behind its end", () => {
  const behind = Buffer.alloc(64, "BEHIND");
  const shown = event();
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 70 }),
      fc.uint8Array({ maxLength: 400 }),
      (code, body) => {
        const bytes = frame(code, Buffer.from(body));
        if (!shown.show(Buffer.concat([bytes, behind]), 0, bytes.length)) return;
        const said = [
          ...textsOf(shown.descriptor),
          shown.process.exePath,
          ...Object.keys(PARAMETERS[shown.code] ?? {}).map((name) => String(shown.parameter(name))),
        ].join("\n");
        expect(said).not.toContain("BEHIND");
      },
    ),
    { numRuns: 2_000 },
  );
});

test("a daemon that forks away from itself for ever keeps a bounded line of ancestors", () => {
  const shown = event();
  for (let pid = 10; pid < 2_000; pid += 1) {
    const body = Buffer.alloc(24);
    body.writeUInt32LE(pid + 1, 0);
    const bytes = frame(3, Buffer.concat([body, string("d")]), { pid });
    shown.show(bytes, 0, bytes.length);
  }
  let kept = 0;
  for (let at = shown.process.parent; at !== null; at = at.parent) kept += 1;
  expect(kept).toBeGreaterThan(30);
  expect(kept).toBeLessThan(130);
});

describe("a recording", () => {
  const fact: RecordedFact = { kind: "container", cgroup: 7, path: "/x", container: null };
  test("holds facts between frames", () => {
    const bytes = factFrame(fact);
    expect(recordingPart(bytes, 0)).toEqual({ kind: "fact", length: bytes.length, fact });
  });

  test("that is cut says that there must be more", () => {
    const bytes = factFrame(fact);
    expect(recordingPart(bytes.subarray(0, bytes.length - 1), 0)).toEqual({ kind: "more" });
    expect(recordingPart(bytes.subarray(0, 10), 0)).toEqual({ kind: "more" });
  });

  test("that holds nonsense is damaged", () => {
    const long = Buffer.alloc(60, 0xff);
    expect(recordingPart(long, 0).kind).toBe("damaged");
    const broken = factFrame(fact);
    broken.write("{{", HEAD.size);
    expect(recordingPart(broken, 0).kind).toBe("damaged");
  });
});
