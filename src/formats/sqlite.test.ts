// The measure is SQLite itself, where its shell is installed.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { missingPrograms } from "../../test/lab/programs.ts";
import { isSqlite, SqliteFile, type SqliteValue } from "./sqlite.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "bulwark-sqlite-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function made(name: string, sql: string): Uint8Array {
  const file = join(folder, name);
  execFileSync("sqlite3", [file, sql]);
  return readFileSync(file);
}

function ask(name: string, sql: string): string {
  return execFileSync("sqlite3", [join(folder, name), sql], {
    encoding: "utf8",
    maxBuffer: 64 << 20,
  });
}

function rowsOf(
  bytes: Uint8Array,
  table: string,
): { rows: [number, SqliteValue[]][]; faults: readonly string[] } {
  const file = new SqliteFile(bytes);
  const rows: [number, SqliteValue[]][] = [];
  file.eachRow(table, (rowid, values) => rows.push([rowid, [...values]]));
  return { rows, faults: file.faults };
}

/** As SQLite's quote() writes. */
function quoted(value: SqliteValue | undefined): string {
  if (value === null || value === undefined) return "NULL";
  if (typeof value === "number") return String(value);
  if (typeof value === "string") return `'${value.replaceAll("'", "''")}'`;
  return `X'${Buffer.from(value).toString("hex").toUpperCase()}'`;
}

/** Every serial type, rows that just fit and just do not, and rows taken out again. */
const FILL = `
  CREATE TABLE other(x); CREATE TABLE t(id INTEGER PRIMARY KEY, a, b BLOB);
  INSERT INTO other VALUES(1);
  INSERT INTO t VALUES(-5, 0, NULL), (1, 1, x''), (2, -1, 'it''s'), (3, 127, x'00'), (4, -129, 'ü€'), (5, 32768, 1),
    (6, -8388609, 0), (7, 2147483648, 2), (8, -140737488355329, 3), (9, 0.5, -2.25);
  WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 900)
    INSERT INTO t SELECT i, i * 1000003, randomblob((i * 37) % 3000) FROM n;
  DELETE FROM t WHERE id % 7 = 0 AND id > 100;
  INSERT INTO t VALUES(5000, 'last', randomblob(200000));
`;

describe.each([512, 1024, 4096, 65_536])("pages of %i bytes", (pageSize) => {
  test("all rows equal those that SQLite selects", ({ skip }) => {
    const reason = missingPrograms("sqlite3");
    if (reason !== null) return skip(reason);
    const name = `p${pageSize}`;
    const { rows, faults } = rowsOf(made(name, `PRAGMA page_size=${pageSize};${FILL}`), "t");
    const wanted = ask(name, "SELECT id || '|' || quote(a) || '|' || quote(b) FROM t ORDER BY id")
      .trim()
      .split("\n");
    expect(faults).toEqual([]);
    expect(rows.map(([id, [, a, b]]) => `${id}|${quoted(a)}|${quoted(b)}`)).toEqual(wanted);
  });
});

describe("what is no table", () => {
  test("a table that is not there", ({ skip }) => {
    const reason = missingPrograms("sqlite3");
    if (reason !== null) return skip(reason);
    const file = new SqliteFile(
      made("small", "CREATE TABLE t(x); CREATE VIEW v AS SELECT * FROM t"),
    );
    expect(file.eachRow("v", () => expect.unreachable())).toBe(false);
    expect(file.eachRow("t", () => expect.unreachable())).toBe(true);
    expect(file.faults).toEqual([]);
  });

  test("bytes of something else, or too few", () => {
    expect(isSqlite(new Uint8Array(200))).toBe(false);
    expect(isSqlite(Buffer.from("SQLite format 3\0"))).toBe(false);
  });
});

describe("damage", () => {
  test("a cut file gives the rows before the cut, and says so", ({ skip }) => {
    const reason = missingPrograms("sqlite3");
    if (reason !== null) return skip(reason);
    const whole = made("cut", `PRAGMA page_size=1024;${FILL}`);
    const { rows, faults } = rowsOf(whole.subarray(0, whole.length >> 1), "t");
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.length).toBeLessThan(rowsOf(whole, "t").rows.length);
    expect(faults[0]).toMatch(/^it is cut: \d+ of \d+ pages are there$/);
    expect(faults.length).toBeLessThanOrEqual(20);
  });

  test("a page size that cannot be", () => {
    const bytes = Buffer.alloc(4096);
    bytes.write("SQLite format 3\0");
    bytes.writeUInt16BE(777, 16);
    expect(rowsOf(bytes, "t").faults[0]).toBe("its page size is 777");
  });

  /** One page of table schema whose single interior entry leads back to itself. */
  test("a page that is its own child", () => {
    const bytes = Buffer.alloc(1024);
    bytes.write("SQLite format 3\0");
    bytes.writeUInt16BE(1024, 16);
    bytes[100] = 5;
    bytes.writeUInt16BE(1, 103);
    bytes.writeUInt32BE(1, 108);
    bytes.writeUInt16BE(200, 112);
    bytes.writeUInt32BE(1, 200);
    expect(rowsOf(bytes, "t").faults).toEqual(["page 1 is used twice", "page 1 is used twice"]);
  });

  test("thirty thousand cells that are all the same one", () => {
    const bytes = Buffer.alloc(65_536);
    bytes.write("SQLite format 3\0");
    bytes.writeUInt16BE(1, 16);
    bytes[100] = 13;
    bytes.writeUInt16BE(16_000, 103);
    for (let i = 0; i < 16_000; i += 1) bytes.writeUInt16BE(33_000, 108 + i * 2);
    bytes.set([0x81, 0xf0, 0x00, 0x01], 33_000);
    const before = performance.now();
    const { faults } = rowsOf(bytes, "t");
    expect(performance.now() - before).toBeLessThan(5_000);
    expect(faults.length).toBeGreaterThan(0);
  });

  test("never throws on any bytes behind the magic", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 600, maxLength: 1500 }), (bytes) => {
        Buffer.from(bytes.buffer).write("SQLite format 3\0");
        bytes.set([2, 0], 16);
        bytes[20] = 0;
        bytes[100] = (bytes[100] ?? 0) % 2 === 0 ? 13 : 5;
        expect(rowsOf(bytes, "t").faults.length).toBeLessThanOrEqual(20);
      }),
    );
  });

  test("never throws on a real file with bytes changed", ({ skip }) => {
    const reason = missingPrograms("sqlite3");
    if (reason !== null) return skip(reason);
    const whole = made("mutated", `PRAGMA page_size=512;${FILL}`).subarray(0, 200_000);
    const change = fc.record({ at: fc.nat(whole.length - 1), byte: fc.nat(255) });
    fc.assert(
      fc.property(
        fc.array(change, { minLength: 1, maxLength: 40 }),
        fc.nat(whole.length),
        (changes, length) => {
          const bytes = whole.slice(0, Math.max(length, 600));
          for (const { at, byte } of changes) if (at < bytes.length && at > 18) bytes[at] = byte;
          rowsOf(bytes, "t");
        },
      ),
      { numRuns: 60 },
    );
  });
});
