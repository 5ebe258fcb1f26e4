// What somebody can do to a log without its key, and how it is called.
import { generateKeyPairSync } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { keyIdOf } from "./log-key.ts";
import { segmentsIn } from "./segments.ts";
import {
  fact,
  inFolder,
  linesOf,
  logIn,
  rechained,
  setLines,
  walked,
} from "./test-support/made-log.ts";

/** A begin entry and four decisions, each a write of its own: lines 1 to 5. */
async function fourWrites(folder: string): Promise<string[]> {
  const log = logIn(folder);
  for (const name of ["a", "b", "c", "d"]) await log.append([fact(name)]);
  return linesOf(folder);
}

type Lines = readonly string[];
const replaced = (lines: Lines, at: number, change: (line: string) => string): string[] =>
  lines.map((line, i) => (i === at ? change(line) : line));

describe("a log without its key can be", () => {
  test.each<[string, (lines: Lines) => Lines, string, number, RegExp]>([
    [
      "changed in one entry",
      (lines) => replaced(lines, 2, (line) => line.replace('"allow"', '"denyy"')),
      "changed",
      3,
      /what it says is not what its hash is of/,
    ],
    [
      "changed in one entry with its hash",
      (lines) => replaced(lines, 2, (_) => rechainedAt(lines, 2, "time", LATER)[2] ?? ""),
      "forged",
      3,
      /the signature of entry 3 is not of key/,
    ],
    [
      "changed in one entry with all hashes after it",
      (lines) => rechainedAt(lines, 2, "time", LATER),
      "forged",
      3,
      /the signature of entry 3 is not of key/,
    ],
    [
      "changed from the first line on",
      (lines) => rechainedAt(lines, 0, "tool", "another"),
      "forged",
      2,
      /the signature of entry 2 is not of key/,
    ],
    ["robbed of an entry", (lines) => lines.toSpliced(2, 1), "missing", 3, /^entry 3 is missing/],
    [
      "robbed of two entries",
      (lines) => lines.toSpliced(1, 2),
      "missing",
      2,
      /^entries 2 to 3 are missing before entry 4/,
    ],
    [
      "robbed of its beginning",
      (lines) => lines.slice(1),
      "missing",
      1,
      /the log begins with entry 2/,
    ],
    [
      "reordered",
      (lines) => [0, 1, 3, 2, 4].map((i) => lines[i] ?? ""),
      "reordered",
      3,
      /entry 4 stands before entry 3/,
    ],
    [
      "given an entry twice",
      (lines) => [0, 1, 2, 2, 3, 4].map((i) => lines[i] ?? ""),
      "reordered",
      4,
      /entry 3 stands behind entry 3/,
    ],
    [
      "given a signature of another entry",
      (lines) => {
        const other = /"signature":"[^"]+"/.exec(lines[1] ?? "")?.[0] ?? "";
        const signed = replaced(lines, 4, (line) => line.replace(/"signature":"[^"]+"/, other));
        return rechained(signed, () => undefined);
      },
      "forged",
      5,
      /the signature of entry 5 is not/,
    ],
    [
      "robbed of its last signature",
      (lines) => {
        const bare = replaced(lines, 4, (line) => line.replace(/,"signature":"[^"]+"/, ""));
        return rechained(bare, () => undefined);
      },
      "unsigned",
      5,
      /the last entry has no signature/,
    ],
    [
      "given lines that are none",
      (lines) => lines.toSpliced(3, 0, "something"),
      "changed",
      4,
      /it is no entry/,
    ],
    [
      "cut in its last line",
      (lines) => replaced(lines, 4, (l) => l.slice(9)),
      "changed",
      5,
      /no entry/,
    ],
    [
      "given another key",
      (lines) =>
        rechained(lines, (entry, i) => {
          if (i > 0) entry["key"] = "0123456789abcdef";
        }),
      "forged",
      2,
      /signed by key 0123456789abcdef, which the log does not name/,
    ],
    [
      "joined with another log",
      (lines) =>
        rechained([...lines.slice(0, 4), lines[0] ?? ""], (entry, i) => {
          if (i !== 4) return;
          Object.assign(entry, { seq: 5, kind: "key" });
          Object.assign(entry["log"] as object, { id: "00" });
        }),
      "changed",
      5,
      /entry 5 is of another log/,
    ],
  ])("%s, and that is found", async (_, change, kind, line, detail) => {
    await inFolder(async (folder) => {
      const lines = await fourWrites(folder);
      setLines(folder, change(lines));
      const { fault } = await walked(folder);
      expect(fault).toMatchObject({ kind, file: "evidence-000001.jsonl", line });
      expect(fault?.detail).toMatch(detail);
    });
  });

  test("changed in an entry that is not signed itself, with its hash, and that is found", async () => {
    await inFolder(async (folder) => {
      await logIn(folder).append([fact("a"), fact("b"), fact("c")]);
      const lines = linesOf(folder);
      setLines(
        folder,
        replaced(lines, 2, (_) => rechainedAt(lines, 2, "time", LATER)[2] ?? ""),
      );
      expect((await walked(folder)).fault).toMatchObject({
        kind: "changed",
        line: 3,
        detail: "entry 3 is not the one that entry 4 was written after",
      });
    });
  });

  test("cut off at its end, which is found by a hash that was noted elsewhere, and by nothing else", async () => {
    await inFolder(async (folder) => {
      const lines = await fourWrites(folder);
      const { head } = await walked(folder);
      setLines(folder, lines.slice(0, 4));
      expect((await walked(folder)).fault).toBeNull();
      expect((await walked(folder, { head })).fault?.kind).toBe("head");
      // Nor does it help to write on.
      await logIn(folder).append([fact("e")]);
      expect((await walked(folder)).fault).toBeNull();
      expect((await walked(folder, { head })).fault?.kind).toBe("head");
    });
  });

  test("written anew with a key of one's own, which is found by the key that was noted elsewhere", async () => {
    await inFolder(async (folder) => {
      await fourWrites(folder);
      const key = join(folder, "../trusted.pem");
      const { publicKey } = generateKeyPairSync("ed25519");
      writeFileSync(key, publicKey.export({ type: "spki", format: "pem" }));
      const keys = new Set([keyIdOf(key)]);
      expect((await walked(folder, { keys })).fault).toMatchObject({
        kind: "foreign-key",
        line: 2,
      });
      const own = new Set([keyIdOf(join(folder, "key.pub"))]);
      expect((await walked(folder, { keys: own })).fault).toBeNull();
    });
  });
});

describe("files of a log", () => {
  async function threeFiles(folder: string): Promise<void> {
    const log = logIn(folder, { segmentBytesMax: 1200 });
    for (const name of "abcdef") await log.append([fact(name)]);
  }

  test("that are gone from the middle are missed", async () => {
    await inFolder(async (folder) => {
      await threeFiles(folder);
      rmSync(segmentsIn(folder)[1]?.path ?? "");
      expect((await walked(folder)).fault).toMatchObject({
        kind: "missing",
        file: "evidence-000003.jsonl",
        line: 1,
      });
    });
  });

  test("that are emptied are missed, and not written to", async () => {
    await inFolder(async (folder) => {
      await threeFiles(folder);
      const last = segmentsIn(folder).at(-1)?.path ?? "";
      writeFileSync(last, "");
      expect((await walked(folder)).fault).toMatchObject({
        kind: "missing",
        file: "evidence-000003.jsonl",
        line: 1,
      });
      await expect(logIn(folder).append([fact("g")])).rejects.toThrow(/no entry at its end/);
    });
  });

  test("that are gone from the beginning are missed, unless one begins later", async () => {
    await inFolder(async (folder) => {
      await threeFiles(folder);
      const third = JSON.parse(linesOf(folder, 3)[0] ?? "").entry.time as string;
      rmSync(segmentsIn(folder)[0]?.path ?? "");
      expect((await walked(folder)).fault?.kind).toBe("missing");
      const later = await walked(folder, { from: secondLater(third) });
      expect([later.fault, later.names]).toEqual([null, ["e", "f"]]);
    });
  });

  test("are chosen by time", async () => {
    await inFolder(async (folder) => {
      await threeFiles(folder);
      const second = JSON.parse(linesOf(folder, 2)[0] ?? "").entry.time as string;
      const early = await walked(folder, { to: "2026-11-25T10:00:30.000Z" });
      expect([early.fault, early.names]).toEqual([null, ["a", "b"]]);
      const middle = await walked(folder, { from: secondLater(second), to: secondLater(second) });
      expect([middle.fault, middle.names]).toEqual([null, ["c", "d"]]);
      expect((await walked(folder, { from: "2027-01-01T00:00:00.000Z" })).names).toEqual([
        "e",
        "f",
      ]);
    });
  });
});

const secondLater = (time: string): string => time.replace("00.000Z", "01.000Z");
const LATER = "2026-11-30T00:00:00.000Z";

function rechainedAt(lines: Lines, at: number, name: string, value: string): string[] {
  return rechained(lines, (entry, i) => {
    if (i === at) entry[name] = value;
  });
}
