import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DIGEST, finding, scan } from "../../test/make-scan.ts";
import { openRecord, readScanFile } from "./record.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bulwark-record-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const older = scan({ scannedAt: "2026-11-23T10:00:00Z" });
const newer = scan({ findings: [finding({ id: "CVE-1" })] });

describe("the record", () => {
  test("keeps the latest result for a name and digest", async () => {
    const record = openRecord(folder);
    record.saveScan(older);
    record.saveScan(newer);
    expect([await record.scans(), await record.scanOf(DIGEST)]).toEqual([[newer], newer]);
  });

  test("keeps names apart that share a digest, newest first", async () => {
    const record = openRecord(folder);
    const other = { ...older, artifact: { ...older.artifact, reference: "registry.example/b:1" } };
    record.saveScan(other);
    record.saveScan(newer);
    expect(await record.scans()).toEqual([newer, other]);
  });

  test("forgets one result, and may be told so twice", async () => {
    const record = openRecord(folder);
    const other = { ...older, artifact: { ...older.artifact, reference: "registry.example/b:1" } };
    record.saveScan(other);
    record.saveScan(newer);
    await record.forgetScan(newer);
    await record.forgetScan(newer);
    expect(await record.scans()).toEqual([other]);
  });

  test("passes over what it did not write", async () => {
    const record = openRecord(folder);
    record.saveScan(newer);
    await record.settled();
    writeFileSync(join(folder, "scans/cut.json"), '{"schema": "bulwark.dev/scan/v1", "fin');
    writeFileSync(join(folder, "scans/other.json"), '{"schema": "bulwark.dev/scan/v9"}');
    writeFileSync(join(folder, "scans/null.json"), "null");
    expect(await record.scans()).toEqual([newer]);
  });

  test("gives file indexes back as they were", async () => {
    const record = openRecord(folder);
    record.saveFileIndex(DIGEST, Buffer.from("index"));
    expect([
      (await record.fileIndex(DIGEST))?.toString(),
      await record.hasFileIndex(DIGEST),
      await record.settled(),
    ]).toEqual(["index", true, []]);
  });

  test("that cannot be written is a problem and no failure", async () => {
    const path = join(folder, "file");
    writeFileSync(path, "");
    const record = openRecord(path);
    record.saveScan(newer);
    record.saveScan(newer);
    const problems = await record.settled();
    expect([problems.map((p) => p.code), await record.scans()]).toEqual([
      ["record-unwritable"],
      [],
    ]);
  });

  test("leaves nothing half-written behind", async () => {
    const record = openRecord(folder);
    record.saveScan(newer);
    await record.settled();
    expect(readdirSync(join(folder, "scans")).filter((n) => n.endsWith(".part"))).toEqual([]);
  });
});

describe("a baseline file", () => {
  test.each<[string, string, RegExp]>([
    ["is missing", "", /cannot open baseline/],
    ["is no JSON", "{", /it is no scan result/],
    ["is other JSON", "[1]", /it is no scan result/],
    ["has no results", '{"schema":"bulwark.dev/scans/v1"}', /it is no scan result/],
    ["has others' results", '{"schema":"bulwark.dev/scans/v1","results":[1]}', /no scan result/],
    [
      "is half of a result",
      '{"schema":"bulwark.dev/scan/v1","scannedAt":"2026-01-01","findings":[]}',
      /it is no scan result/,
    ],
  ])("that %s is refused", async (_, text, message) => {
    const path = join(folder, "base.json");
    if (text !== "") writeFileSync(path, text);
    await expect(readScanFile(path)).rejects.toThrow(message);
  });

  test("is what a scan wrote", async () => {
    const path = join(folder, "base.json");
    writeFileSync(path, JSON.stringify(newer));
    chmodSync(path, 0o400);
    expect(await readScanFile(path)).toEqual([newer]);
    const several = join(folder, "several.json");
    const results = [newer, newer];
    writeFileSync(several, JSON.stringify({ schema: "bulwark.dev/scans/v1", results }));
    expect(await readScanFile(several)).toEqual(results);
  });
});
