import { describe, expect, test } from "vitest";
import { parseDigest } from "../model/digest.ts";
import type { DriftItem, DriftResult } from "../model/drift.ts";
import { driftAnswer, driftText } from "./drift-text.ts";

const baseline = parseDigest(`sha256:${"1".repeat(64)}`);

function item(path: string, facts: Partial<DriftItem> = {}): DriftItem {
  return {
    id: path,
    kind: "dropped",
    severity: "high",
    path,
    place: "root",
    content: "program",
    sha256: "2".repeat(64),
    sizeBytes: 1000,
    uses: [],
    processes: [],
    image: null,
    reason: "is a program that the image does not have",
    ...facts,
  };
}

function resultOf(facts: Partial<DriftResult> = {}): DriftResult {
  return {
    schema: "bulwark.dev/drift/v1",
    tool: { name: "bulwark", version: "0" },
    lookedAt: "2026-01-01T00:00:00.000Z",
    container: {
      id: "3".repeat(64),
      engine: "docker",
      name: "web",
      image: { reference: "shop:1", repository: "shop", tag: "1", digest: null, id: null },
      labels: {},
      isPrivileged: false,
      pod: null,
      startedAt: null,
      mounts: [],
      problems: [],
    },
    baseline,
    storage: "overlay2",
    drift: [],
    allowed: [],
    known: [],
    looked: { written: 2, unchanged: 1, processes: 1, running: 3, same: 3 },
    inUse: null,
    problems: [],
    verdict: { outcome: "none", reasons: [] },
    exitCode: 0,
    ...facts,
  };
}

const screen = { width: 100, colour: false };
const unread = { code: "container-unread", detail: "cannot look at /x: only root may" } as const;

describe("the answer", () => {
  test.each([
    [{}, /^no drift in web: all 3 running files are the image's/],
    [
      { known: [item("a", { severity: "critical" }), item("b")], allowed: [item("c")] },
      /^nothing new in web; 2 known \(1 critical, 1 high\), 1 allowed \(1 high\)$/,
    ],
    [{ problems: [unread] }, /^whether web has drifted cannot be told/],
    [{ baseline: null }, /^nothing can be told of web: its image is gone/],
    [{ drift: [item("a"), item("b", { severity: "low" })] }, /^2 differences .*: 1 high, 1 low$/],
    [{ drift: [item("a")], problems: [unread] }, /1 high; not everything could be looked at$/],
  ])("%j", (facts, said) => expect(driftAnswer(resultOf(facts))).toMatch(said));
});

describe("the report", () => {
  test("tells what runs first, then a tree of folders", () => {
    const process = { pid: 7, name: "x", command: "/tmp/x -d" };
    const image = { path: "usr/bin/tool", layer: 0, owner: "deb/tools", mode: 0o755 };
    const drift = [
      item("tmp/x", { severity: "critical", uses: ["executed"], processes: [process] }),
      item("usr/bin/tool", { kind: "modified", image }),
      item("usr/bin/other"),
    ];
    const text = driftText(resultOf({ drift, known: [item("z")] }), screen);
    expect(text.split("\n")).toEqual(
      expect.arrayContaining([
        "RUNS",
        "  critical /tmp/x  dropped",
        "      process 7: /tmp/x -d",
        "WRITTEN",
        "  /usr/bin/",
        "  ├─ high tool  modified",
        "  │      1.0 kB, sha256 222222222222; the image's /usr/bin/tool of deb/tools, layer 1",
        "  └─ high other  dropped",
        "1 difference known from before",
      ]),
    );
    expect(text.indexOf("RUNS")).toBeLessThan(text.indexOf("WRITTEN"));
    expect(text).toContain("next: docker pause web");
  });

  test("is short of what is long, and says so", () => {
    const drift = Array.from({ length: 40 }, (_, i) => item(`opt/f${i}`));
    expect(driftText(resultOf({ drift }), screen)).toContain(
      "  └─ and 28 more; --format json has all",
    );
  });

  test("lets nothing of a container write on the screen", () => {
    const hostile = "\u001b]0;x\u0007\u202e";
    const processes = [{ pid: 1, name: hostile, command: hostile }];
    const drift = [item(`tmp/${hostile}`, { uses: ["executed"], processes, reason: hostile })];
    const text = driftText(resultOf({ drift, problems: [{ ...unread, detail: hostile }] }), screen);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  });

  test("is not wider than the screen", () => {
    const drift = [item(`opt/${"x".repeat(300)}`, { reason: "word ".repeat(60).trim() })];
    for (const line of driftText(resultOf({ drift }), { width: 80, colour: false }).split("\n"))
      expect(line.length).toBeLessThanOrEqual(80);
  });
});
