import { openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { canonicalEcosystem, canonicalName } from "../../formats/feeds/ecosystem.ts";
import { AppError, reasonOf } from "../../kit/error.ts";
import type { AdvisoryData, AffectedPackage, Vulnerability } from "../../model/advisory.ts";
import type { AdvisorySource } from "../../stages/match/contract.ts";
import { dataFolder, type Environment } from "../folders.ts";
import { advisoryKey, nameKey, packageKey, vulnerabilityKey } from "./keys.ts";
import { MANIFEST_NAME, parseManifest, type StoreManifest, type TableEntry } from "./manifest.ts";
import { decodeAffected, decodeVulnerability } from "./record-codec.ts";
import { openTable, type Table } from "./table-reader.ts";

/** An advisory store that answers. It sees the data of the moment at which it was opened, whatever is built meanwhile. */
export interface OpenedStore {
  /** Throws `store-invalid` where the bytes are not those that were built: an empty answer would say "not affected". */
  readonly source: AdvisorySource;
  readonly data: AdvisoryData;
  readonly manifest: StoreManifest;
  close(): void;
}

/** `BULWARK_DB`, else `db` in the user's folder for our data. */
export function defaultStoreFolder(env: Environment): string {
  return env["BULWARK_DB"] || join(dataFolder(env), "db");
}

/**
 * Opens a store for reading. Writes nothing, so a read-only mount will do; safe beside any number of readers and builds.
 *
 * @throws {AppError} `store-missing` when there is none, `store-invalid` when it is damaged or of another schema, `unreadable`.
 */
export async function openStore(folder: string, now: Date = new Date()): Promise<OpenedStore> {
  // A build that ends between reading the manifest and opening the tables removes what was named; its own is there then.
  for (let attempt = 0; ; attempt += 1) {
    const manifest = readManifest(folder);
    try {
      return opened(manifest, openTables(folder, manifest), { folder, now });
    } catch (error) {
      if (attempt >= 2 || readManifest(folder).builtAt === manifest.builtAt) throw error;
    }
  }
}

/** @throws {AppError} `store-missing`, `store-invalid`, `unreadable` */
export function readManifest(folder: string): StoreManifest {
  const path = join(folder, MANIFEST_NAME);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR")
      throw new AppError(
        "store-missing",
        `cannot open advisory store ${JSON.stringify(folder)}: there is none`,
        {
          hint: "run bulwark db update, or bulwark db build --from PATH",
          subject: folder,
          cause: error,
        },
      );
    if (code === "EACCES" || code === "EPERM")
      throw new AppError(
        "unreadable",
        `cannot open advisory store ${JSON.stringify(folder)}: permission denied`,
        {
          hint: "run it as a user who may read it, or name another with --db or BULWARK_DB",
          subject: folder,
          cause: error,
        },
      );
    throw new AppError(
      "store-invalid",
      `cannot open advisory store ${JSON.stringify(folder)}: ${reasonOf(error)}`,
      { subject: folder, cause: error },
    );
  }
  return parseManifest(text, folder);
}

/** What is wrong with a store's bytes, and the way out. */
export function damaged(folder: string, state: string, cause?: unknown): AppError {
  return new AppError(
    "store-invalid",
    `cannot read advisory store ${JSON.stringify(folder)}: ${state}`,
    { hint: "run bulwark db update, or bulwark db build --from PATH", subject: folder, cause },
  );
}

interface OpenedTable {
  readonly entry: TableEntry;
  readonly table: Table;
  readonly lists: Map<string, readonly string[]>;
}

/** All at once, so that a build that ends later cannot take a table away. */
function openTables(folder: string, manifest: StoreManifest): OpenedTable[] {
  const tables: OpenedTable[] = [];
  try {
    for (const entry of manifest.tables) {
      const table = openTable(openSync(join(folder, entry.file), "r"), entry.sizeBytes);
      tables.push({ entry, table, lists: new Map() });
    }
    return tables;
  } catch (error) {
    for (const { table } of tables) table.close();
    const [file] = manifest.tables.slice(tables.length).map((t) => t.file);
    throw damaged(folder, `${file ?? "a table"}: ${reasonOf(error)}`, error);
  }
}

function opened(
  manifest: StoreManifest,
  tables: readonly OpenedTable[],
  { folder, now }: { folder: string; now: Date },
): OpenedStore {
  // Who asks for a description has just asked about a package, mostly in the same table.
  let recent: readonly OpenedTable[] = tables;
  const ecosystems = new Map<string, OpenedTable>();
  for (const opened of tables)
    for (const ecosystem of Object.keys(opened.entry.ecosystems)) ecosystems.set(ecosystem, opened);

  const guarded = <T>(entry: TableEntry, read: () => T): T => {
    try {
      return read();
    } catch (error) {
      if (error instanceof AppError) throw error;
      throw damaged(folder, `${entry.file}: ${reasonOf(error)}`, error);
    }
  };

  const source: AdvisorySource = {
    hasEcosystem: (ecosystem) => ecosystems.has(canonicalEcosystem(ecosystem)),
    affected: (ecosystem, name) => {
      const canonical = canonicalEcosystem(ecosystem);
      const found = ecosystems.get(canonical);
      if (found === undefined) return [];
      if (recent[0] !== found) recent = [found, ...recent.filter((table) => table !== found)];
      return guarded(found.entry, () => affectedIn(found, canonical, name));
    },
    vulnerability: (id) => {
      for (const { entry, table } of recent) {
        const found = guarded(entry, () => vulnerabilityIn(table, id));
        if (found !== null) return found;
      }
      return null;
    },
  };
  return {
    source,
    data: dataOf(manifest, now),
    manifest,
    close: () => {
      for (const { table } of tables) table.close();
    },
  };
}

/** Long lists stay in memory up to this many: one update's advisory names the same flaws for each of its packages. */
const LISTS_KEPT = 2_000;

function affectedIn(
  { table, lists }: OpenedTable,
  ecosystem: string,
  name: string,
): readonly AffectedPackage[] {
  const value = table.get(packageKey(ecosystem, canonicalName(ecosystem, name)));
  if (value === null) return [];
  return decodeAffected(value, (advisory) => {
    const known = lists.get(advisory);
    if (known !== undefined) return known;
    const stored = table.get(advisoryKey(advisory));
    if (stored === null) throw new Error(`advisory ${JSON.stringify(advisory)} is missing`);
    const list = JSON.parse(stored.toString()) as readonly string[];
    if (lists.size < LISTS_KEPT) lists.set(advisory, list);
    return list;
  });
}

function vulnerabilityIn(table: Table, id: string): Vulnerability | null {
  const value = table.get(vulnerabilityKey(id)) ?? describedElsewhere(table, id);
  return value === null ? null : decodeVulnerability(value);
}

function describedElsewhere(table: Table, name: string): Buffer | null {
  const id = table.get(nameKey(name));
  return id === null ? null : table.get(vulnerabilityKey(id.toString()));
}

/** What answered, how old it is, and how much it knows. */
export function dataOf(manifest: StoreManifest, now: Date): AdvisoryData {
  const ageMs = now.getTime() - Date.parse(manifest.currentAt);
  const counts = manifest.tables.flatMap((t) => Object.entries(t.ecosystems));
  return {
    kind: "full",
    builtAt: manifest.currentAt,
    ageHours: Math.max(0, Math.round(ageMs / 360_000) / 10),
    ecosystems: counts.map(([ecosystem]) => ecosystem).sort(),
    advisories: counts.reduce((sum, [, count]) => sum + count.advisories, 0),
  };
}
