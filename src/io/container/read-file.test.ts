import { createHash } from "node:crypto";
import {
  appendFileSync,
  closeSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FileReader, type ReadFile } from "./read-file.ts";

const { signal } = new AbortController();
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "bulwark-read-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

async function readBy(reader: FileReader, name: string, wants?: () => boolean): Promise<ReadFile> {
  const fd = openSync(join(folder, name), "r");
  try {
    return await reader.read(fd, name, wants);
  } finally {
    closeSync(fd);
  }
}

describe("a file of a container", () => {
  test("is read once, until it changes", async () => {
    const reader = new FileReader(signal);
    writeFileSync(join(folder, "a"), "one");
    expect((await readBy(reader, "a")).sha256).toBe(sha256("one"));
    expect((await readBy(reader, "a")).sha256).toBe(sha256("one"));
    expect(reader.totalBytes).toBe(3);
    // The time that anybody may set is put back; the time of change cannot be.
    writeFileSync(join(folder, "a"), "two");
    utimesSync(join(folder, "a"), 1, 1);
    expect((await readBy(reader, "a")).sha256).toBe(sha256("two"));
    expect(reader.totalBytes).toBe(6);
  });

  test("is not read beyond bounds, and that is said", async () => {
    const reader = new FileReader(signal, { fileBytesMax: 10, totalBytesMax: 15 });
    writeFileSync(join(folder, "small"), "12345678");
    writeFileSync(join(folder, "more"), "abcdefgh");
    writeFileSync(join(folder, "large"), "");
    truncateSync(join(folder, "large"), 2 ** 40);
    expect(await readBy(reader, "small")).toMatchObject({ unread: null });
    expect(await readBy(reader, "more")).toMatchObject({
      sha256: null,
      unread: "15 bytes were read before",
    });
    expect(await readBy(reader, "large")).toMatchObject({
      sha256: null,
      unread: "it is larger than 10 bytes",
    });
  });

  test("that grows while it is read is not read for ever", async () => {
    const reader = new FileReader(signal, { fileBytesMax: 3 << 20, totalBytesMax: 2 ** 30 });
    writeFileSync(join(folder, "growing"), "");
    truncateSync(join(folder, "growing"), 2 << 20);
    const grow = (): boolean => {
      truncateSync(join(folder, "growing"), 8 << 20);
      return true;
    };
    expect(await readBy(reader, "growing", grow)).toMatchObject({
      sha256: null,
      unread: "it grew beyond 3145728 bytes",
    });
  });

  test("that changed while it was read is read again", async () => {
    const reader = new FileReader(signal);
    writeFileSync(join(folder, "changing"), "a");
    const change = (): boolean => {
      appendFileSync(join(folder, "changing"), "b");
      return true;
    };
    expect(await readBy(reader, "changing", change)).not.toHaveProperty("changedAt");
    const again = await readBy(reader, "changing");
    expect(again.sha256).toBe(sha256("ab"));
    expect(again.changedAt).toBe(statSync(join(folder, "changing"), { bigint: true }).ctimeNs);
    expect((await readBy(reader, "changing")).changedAt).toBe(again.changedAt);
  });

  test("is told apart by how it begins", async () => {
    const reader = new FileReader(signal);
    writeFileSync(join(folder, "run"), "#!/bin/sh\n");
    writeFileSync(join(folder, "cut"), "\u007fELF");
    writeFileSync(join(folder, "text"), "ELF");
    expect(await readBy(reader, "run")).toMatchObject({ content: "script", isGone: false });
    expect(await readBy(reader, "cut")).toMatchObject({ content: "program" });
    expect(await readBy(reader, "text")).toMatchObject({ content: "other" });
    const node = openSync(process.execPath, "r");
    expect(await reader.read(node, "node", () => false)).toMatchObject({
      content: "program",
      sha256: null,
      unread: null,
    });
    closeSync(node);
  });

  test("ends with its run", async () => {
    const stop = new AbortController();
    stop.abort(new Error("enough"));
    await expect(readBy(new FileReader(stop.signal), "text")).rejects.toThrow("enough");
  });
});
