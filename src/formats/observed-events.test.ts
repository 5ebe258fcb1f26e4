import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AppError } from "../kit/error.ts";
import type { ObservedEvent } from "../model/observed.ts";
import { readObserved } from "./observed-events.ts";

const WINDOW = {
  kind: "window",
  schema: "bulwark.dev/observed/v1",
  architecture: "amd64",
  from: "2026-11-01T00:00:00Z",
  to: "2026-11-15T00:00:00Z",
};
const AT = { container: "c", at: "2026-11-02T00:00:00.5Z" };

function read(...lines: readonly object[]): ObservedEvent[] {
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  return [...readObserved(Buffer.from(text), "r.ndjson")];
}

test("reads every kind of event, with times as numbers", () => {
  const at = Date.UTC(2026, 10, 2, 0, 0, 0, 500);
  const events = read(
    WINDOW,
    { kind: "capability", ...AT, name: "NET_RAW", allowed: false },
    { kind: "syscall", ...AT, name: "openat" },
    { kind: "write", ...AT, path: "/tmp/a" },
    { kind: "loss", at: AT.at, count: 3 },
  );
  expect(events.slice(1)).toEqual([
    { kind: "capability", container: "c", at, name: "NET_RAW", allowed: false },
    { kind: "syscall", container: "c", at, name: "openat" },
    { kind: "write", container: "c", at, path: "/tmp/a" },
    { kind: "loss", at, count: 3 },
  ]);
});

describe("refuses, with the line,", () => {
  test.each([
    [
      "a file without a window",
      [{ kind: "syscall", ...AT, name: "read" }],
      /line 1: it is no window/,
    ],
    [
      "a window that ends before it begins",
      [{ ...WINDOW, to: "2026-10-01T00:00:00Z" }],
      /line 1: to is before from/,
    ],
    ["an unknown kind", [WINDOW, { kind: "thought", ...AT }], /line 2: kind is no kind of event/],
    [
      "a time without zone",
      [WINDOW, { kind: "syscall", container: "c", at: "2026-11-02", name: "read" }],
      /line 2: at is no time/,
    ],
    [
      "a system call with a shell in it",
      [WINDOW, { kind: "syscall", ...AT, name: "read;rm" }],
      /line 2: name has not the right form/,
    ],
    [
      "a relative path",
      [WINDOW, { kind: "write", ...AT, path: "a" }],
      /line 2: path has not the right form/,
    ],
    [
      "a port beyond all ports",
      [
        WINDOW,
        {
          kind: "flow",
          ...AT,
          direction: "egress",
          protocol: "TCP",
          port: 70000,
          peer: { kind: "address", address: "10.0.0.1" },
        },
      ],
      /line 2: port is no port/,
    ],
  ])("%s", (_, lines, message) => {
    expect(() => read(...lines)).toThrow(message);
  });

  test("what watch --record made, with what to do", () => {
    const bytes = Buffer.from("bulwark events 1\n\u0000");
    expect(() => [...readObserved(bytes, "day.events")]).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(/day\.events.*recording of events/),
        hint: expect.stringContaining("watch learn"),
      }),
    );
  });

  test("an empty file, and what is no JSON", () => {
    expect(() => read()).toThrow(/it is empty/);
    expect(() => [...readObserved(Buffer.from("\n\n"), "r")]).toThrow(/it is empty/);
    expect(() => [...readObserved(Buffer.from("{"), "r")]).toThrow(/line 1: it is not JSON/);
  });
});

test("whatever the bytes, nothing but an AppError is thrown", () => {
  const value = fc.jsonValue();
  const line = fc.oneof(
    value.map((of) => JSON.stringify(of)),
    fc
      .record({
        kind: fc.constantFrom("container", "flow", "write", "loss"),
        container: value,
        at: fc.constant(AT.at),
        peer: value,
        labels: value,
      })
      .map((of) => JSON.stringify(of)),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 5 }), (lines) => {
      const text = [JSON.stringify(WINDOW), ...lines].join("\n");
      try {
        for (const _ of readObserved(Buffer.from(text), "r"));
      } catch (error) {
        expect(error).toBeInstanceOf(AppError);
      }
    }),
  );
});

describe("a hostile recording is refused with its line, at once", () => {
  const syscall = (name: unknown): string => JSON.stringify({ kind: "syscall", ...AT, name });
  const deep = (depth: number): string => `${"[".repeat(depth)}${"]".repeat(depth)}`;
  const cases: [string, string, RegExp][] = [
    ["a line that is cut", syscall("read").slice(0, -9), /line 3: it is not JSON/],
    ["a line of 1 MB", syscall("r".repeat(1 << 20)), /line 3: it is longer than 64 KiB/],
    ["a line of 1 MB that never ends", `{"kind":"${"x".repeat(1 << 20)}`, /line 3: it is longer/],
    ["a line of brackets", deep(30_000), /line 3: it is not an object/],
    ["brackets in place of a name", syscall("?").replace('"?"', deep(20_000)), /line 3: name /],
    ["a number in place of a name", syscall(7), /line 3: name is/],
    ["a list in place of an event", "[]", /line 3: it is not an object/],
    ["nothing in place of an event", "null", /line 3: it is not an object/],
    [
      "a time in place of a text",
      JSON.stringify({ kind: "loss", at: 7, count: 1 }),
      /line 3: at is/,
    ],
    ["fewer than none", JSON.stringify({ kind: "loss", at: AT.at, count: -1 }), /line 3: count is/],
    ["a second window", JSON.stringify(WINDOW), /line 3: it is a second window/],
    ["bytes of no text", "\ufffd", /line 3: it is not JSON/],
    ["a zero byte", "\0", /line 3: it is not JSON/],
    [
      "a kind of everything",
      '{"kind":"__proto__","container":"c","at":"2026-11-02T00:00:00Z"}',
      /line 3: kind is no kind/,
    ],
  ];
  test.each(cases)("%s", (_, line, message) => {
    const text = `${JSON.stringify(WINDOW)}\n${syscall("read")}\n${line}\n${syscall("read")}\n`;
    const started = performance.now();
    expect(() => [...readObserved(Buffer.from(text), "r")]).toThrow(message);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

test("a recording that is cut or changed anywhere is read, or refused with a line that it has", () => {
  const peer = { kind: "address", address: "10.0.0.1" };
  const lines = [
    WINDOW,
    { kind: "syscall", ...AT, name: "openat" },
    { kind: "flow", ...AT, direction: "egress", protocol: "TCP", port: 443, peer },
    { kind: "loss", at: AT.at, count: 3 },
  ].map((line) => JSON.stringify(line));
  const whole = Buffer.from(`${lines.join("\n")}\n`);
  const at = fc.nat({ max: whole.length - 1 });
  fc.assert(
    fc.property(at, at, fc.uint8Array({ maxLength: 8 }), (from, to, put) => {
      const bytes = Buffer.concat([
        whole.subarray(0, from),
        put,
        whole.subarray(Math.max(from, to)),
      ]);
      const count = bytes.toString("latin1").split("\n").length;
      try {
        for (const event of readObserved(bytes, "r")) expect(event.kind).not.toBe("");
      } catch (error) {
        expect(error).toMatchObject({ code: "document-invalid" });
        const { message } = error as AppError;
        const [, line] = /, line (\d+): /.exec(message) ?? [];
        if (line === undefined) expect(message).toContain("it is empty");
        else expect(Number(line)).toBeLessThanOrEqual(count);
      }
    }),
    { numRuns: 500 },
  );
});
