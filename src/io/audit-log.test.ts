import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import type { AuditEvent } from "../model/audit-event.ts";
import { type AuditReading, readAuditLogs } from "./audit-log.ts";

const folder = mkdtempSync(join(tmpdir(), "bulwark-audit-log-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const { signal } = new AbortController();

function line(name: string, more: object = {}): string {
  const user = { username: name };
  const objectRef = { resource: "pods", namespace: "shop" };
  const fixed = { kind: "Event", apiVersion: "audit.k8s.io/v1", level: "Metadata", verb: "list" };
  return `${JSON.stringify({ ...fixed, stage: "ResponseComplete", user, objectRef, ...more })}\n`;
}

function file(name: string, bytes: string | Uint8Array): string {
  const path = join(folder, name);
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, bytes);
  return path;
}

async function read(
  paths: readonly string[],
  bytesMax?: number,
): Promise<AuditReading & { names: string[] }> {
  const names: string[] = [];
  const reader = {
    add: ({ user }: AuditEvent): void => void names.push(user.name),
    isNew: ({ user }: AuditEvent): boolean => !names.includes(user.name),
  };
  const options = bytesMax === undefined ? { signal } : { signal, bytesMax };
  return { ...(await readAuditLogs(paths, reader, options)), names };
}

describe("of a log is read", () => {
  test("all of it, plain and compressed, in one stream or several", async () => {
    const plain = file("plain.log", line("a") + line("b"));
    const packed = file("packed.gz", gzipSync(line("c")));
    const twice = file("twice.gz", Buffer.concat([gzipSync(line("d")), gzipSync(line("e"))]));
    const { names, problems, sources } = await read([plain, packed, twice, plain]);
    expect(names).toEqual(["a", "b", "c", "d", "e"]);
    expect(problems).toEqual([]);
    expect(sources.map(({ events }) => events)).toEqual([2, 1, 2]);
  });

  test("what is in a folder, as CloudWatch exports it", async () => {
    const message = `2026-11-01T00:00:00.000Z ${line("a")}`;
    file("export/id/kube-apiserver-audit-1/000000.gz", gzipSync(message));
    file("export/id/kube-scheduler-1/000000.gz", gzipSync("2026-11-01T00:00:00.000Z I1101 x\n"));
    const { names, sources } = await read([join(folder, "export")]);
    expect(names).toEqual(["a"]);
    expect(sources.map(({ events, strangers }) => [events, strangers])).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });
});

describe("damage is told with its place, and what is whole counts:", () => {
  test.each<[string, () => string, string[], RegExp]>([
    [
      "a file that was cut off",
      () =>
        file(
          "cut.gz",
          gzipSync(Buffer.from(line("a").repeat(3000) + randomText())).subarray(0, -400),
        ),
      ["a"],
      /not all of it was read: cannot decompress/,
    ],
    [
      "a file of other bytes",
      () =>
        file(
          "bytes",
          Uint8Array.from({ length: 5000 }, (_, i) => (i * 7) % 251),
        ),
      [],
      /nothing in it is an audit event/,
    ],
    [
      "a line that was cut off",
      () => file("line.log", `${line("a")}{"kind":"Event","apiV\n${line("b")}`),
      ["a", "b"],
      /line 2: it is cut off/,
    ],
    [
      "a line that is too long",
      () => file("long.log", line("a") + line("x".repeat(5000)) + line("b")),
      ["a", "b"],
      /line 2: it is longer than 4000 bytes/,
    ],
    [
      "a member that stands twice",
      () =>
        file(
          "two.log",
          line("a") + line("b").replace('"verb":"list"', '"verb":"get","verb":"list"'),
        ),
      ["a"],
      /line 2: a member stands twice/,
    ],
    [
      "a member that stands twice in a wrapped event",
      () =>
        file(
          "wrapped.log",
          `${JSON.stringify({ message: line("b").replace('"verb":"list"', '"verb":"get","verb":"list"') })}\n`,
        ),
      [],
      /line 1: a member stands twice/,
    ],
    [
      "bytes that are no UTF-8",
      () => file("latin1.log", Buffer.from(line("a") + line("b\u00e9"), "latin1")),
      ["a"],
      /line 2: .* no UTF-8/,
    ],
    ["an empty file", () => file("empty.log", ""), [], /nothing in it is an audit event/],
  ])("%s", async (_, path, wanted, detail) => {
    const { names, problems } = await read([path()], 4000);
    expect([...new Set(names)]).toEqual(wanted);
    expect(problems.length).toBe(1);
    expect(problems[0]?.detail).toMatch(detail);
  });

  test("no more places than people read, and how many more there are", async () => {
    const { problems } = await read([file("many.log", line("a") + '{"kind":x}\n'.repeat(100))]);
    expect(problems.length).toBe(21);
    expect(problems[20]?.detail).toBe("80 more places cannot be read");
  });

  test("what is not there", async () => {
    await expect(read([join(folder, "absent")])).rejects.toMatchObject({ code: "not-found" });
  });
});

/** Bytes that do not compress, so that the cut is behind whole events. */
function randomText(): string {
  let state = 1;
  const next = (): string => {
    state = (state * 48271) % 2147483647;
    return state.toString(36);
  };
  return `# ${Array.from({ length: 500 }, next).join("")}`;
}
