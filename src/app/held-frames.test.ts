import { beforeEach, describe, expect, test } from "vitest";
import { HeldFrames } from "./held-frames.ts";

const WEB = 7;
const HOST = 1;

let now = 0;
let settled: Set<number>;
let told: string[];
let held: HeldFrames;

beforeEach(() => {
  now = 0;
  settled = new Set([HOST]);
  told = [];
  held = new HeldFrames(
    (cgroup) => settled.has(cgroup),
    () => now,
  );
});

const use = (bytes: Buffer, at: number, length: number): void => {
  told.push(bytes.toString("utf8", at, at + length));
};

/** A frame as it comes: told at once, or held. */
function come(cgroup: number, text: string): void {
  const bytes = Buffer.from(`..${text}..`);
  if (held.mustWait(cgroup, 1)) held.hold(cgroup, bytes, 2, text.length);
  else use(bytes, 2, text.length);
  // The ring's memory is used again.
  bytes.fill(0);
}

describe("frames of a container that is not known yet", () => {
  test("wait until it is, in their order, while others pass", () => {
    come(WEB, "one");
    come(HOST, "other");
    come(WEB, "two");
    held.release(use);
    expect(told).toEqual(["other"]);
    settled.add(WEB);
    come(WEB, "three");
    held.release(use);
    come(WEB, "four");
    expect(told).toEqual(["other", "one", "two", "three", "four"]);
    expect(held.isEmpty).toBe(true);
  });

  test("wait for two seconds and no longer, once", () => {
    come(WEB, "one");
    now = 1_999;
    held.release(use);
    expect(told).toEqual([]);
    now = 2_000;
    held.release(use);
    come(WEB, "two");
    expect(told).toEqual(["one", "two"]);
  });

  test("take no more memory than is allowed", () => {
    const mebibyte = "x".repeat(1 << 20);
    for (let i = 0; i < 9; i += 1) come(WEB, mebibyte);
    held.release(use);
    expect(told).toHaveLength(9);
  });

  test("are told at the end, whatever is known", () => {
    come(WEB, "last");
    held.release(use, true);
    expect(told).toEqual(["last"]);
  });

  test("wait again in another cgroup of the same number", () => {
    settled.add(WEB);
    come(WEB, "one");
    settled.delete(WEB);
    held.forget(WEB);
    come(WEB, "two");
    expect(told).toEqual(["one"]);
  });
});
