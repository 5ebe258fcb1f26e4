import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BuildOrder } from "../build-store.ts";

/** One OSV record about an npm package, as a publisher's file. */
export function osvRecord(id: string, name: string, more: object = {}): object {
  return {
    schema_version: "1.7.0",
    id,
    modified: "2026-01-02T03:04:05Z",
    summary: `flaw ${id}`,
    affected: [
      {
        package: { ecosystem: "npm", name },
        ranges: [{ type: "SEMVER", events: [{ introduced: "0" }, { fixed: "1.2.3" }] }],
      },
    ],
    ...more,
  };
}

/** Writes records as files of a folder that `db build` reads. */
export function writeFeed(folder: string, records: readonly object[]): string {
  mkdirSync(folder, { recursive: true });
  for (const [i, record] of records.entries())
    writeFileSync(join(folder, `${String(i).padStart(4, "0")}.json`), JSON.stringify(record));
  return folder;
}

/** A build without progress or interruption, at a fixed time. */
export function buildOrder(
  from: string,
  folder: string,
  more: Partial<BuildOrder> = {},
): BuildOrder {
  return {
    from: [from],
    folder,
    orderOf: () => null,
    now: new Date("2026-01-03T00:00:00Z"),
    signal: new AbortController().signal,
    onProgress: () => undefined,
    ...more,
  };
}
