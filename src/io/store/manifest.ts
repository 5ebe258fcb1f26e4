// The one file that says what a store is: which tables, of which bytes, with which data. It is replaced in one step, and that step
// is what makes a store new.
import { AppError } from "../../kit/error.ts";

/** Raised whenever an older program would misread the tables, or what is in older ones was read wrongly from its publisher. */
export const SCHEMA = "bulwark.dev/store/v2";

export const MANIFEST_NAME = "store.json";

/** How much is known of one ecosystem. */
export interface EcosystemCount {
  readonly packages: number;
  /** Statements: one advisory about one package. */
  readonly advisories: number;
}

/** One table: all releases of one base ecosystem (`Debian`, `npm`), with the descriptions of the flaws they name. */
export interface TableEntry {
  /** The base ecosystem; `known-exploited` for what no ecosystem names. */
  readonly name: string;
  /** Relative to the store's folder, in a folder of its own generation. */
  readonly file: string;
  readonly sizeBytes: number;
  /** Hex. */
  readonly sha256: string;
  readonly ecosystems: Readonly<Record<string, EcosystemCount>>;
  readonly vulnerabilities: number;
}

/** What a publisher's data contributed. */
export interface SourceEntry {
  /** `osv`, `alpine-secdb`, `debian-tracker`, `debian-dsa`, `ubuntu`, `kev`, `epss`. */
  readonly name: string;
  /** Descriptions of flaws, scores, entries of a list. */
  readonly records: number;
  /** Statements about packages. */
  readonly statements: number;
  /** Newest moment that the data itself states; null when it states none. */
  readonly currentAt: string | null;
}

export interface StoreManifest {
  readonly schema: typeof SCHEMA;
  readonly builtAt: string;
  /** Newest moment at which the data was known to be current: of its fetching, or the newest date inside. */
  readonly currentAt: string;
  readonly sources: readonly SourceEntry[];
  readonly tables: readonly TableEntry[];
}

const REBUILD = "run bulwark db update, or bulwark db build --from PATH";

/** @throws {AppError} `store-invalid` when it is no manifest, or one of another schema. */
export function parseManifest(text: string, path: string): StoreManifest {
  const invalid = (state: string): AppError =>
    new AppError("store-invalid", `cannot use advisory store ${JSON.stringify(path)}: ${state}`, {
      hint: REBUILD,
      subject: path,
    });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalid("its manifest is damaged");
  }
  const manifest = value as Partial<StoreManifest> | null;
  if (typeof manifest !== "object" || manifest === null || typeof manifest.schema !== "string")
    throw invalid("its manifest is damaged");
  if (manifest.schema !== SCHEMA)
    throw invalid(
      `it has schema ${JSON.stringify(String(manifest.schema).slice(0, 60))}, and this program reads ${SCHEMA}`,
    );
  if (!isManifest(manifest)) throw invalid("its manifest is damaged");
  return manifest;
}

function isManifest(m: Partial<StoreManifest>): m is StoreManifest {
  return (
    isMoment(m.builtAt) &&
    isMoment(m.currentAt) &&
    Array.isArray(m.sources) &&
    m.sources.every((s: unknown) => isRecord(s) && typeof s["name"] === "string") &&
    Array.isArray(m.tables) &&
    m.tables.length > 0 &&
    m.tables.every(isTable)
  );
}

function isTable(value: unknown): boolean {
  return (
    isRecord(value) &&
    typeof value["name"] === "string" &&
    typeof value["file"] === "string" &&
    FILE.test(value["file"]) &&
    typeof value["sizeBytes"] === "number" &&
    typeof value["sha256"] === "string" &&
    /^[0-9a-f]{64}$/.test(value["sha256"]) &&
    typeof value["vulnerabilities"] === "number" &&
    isRecord(value["ecosystems"]) &&
    Object.values(value["ecosystems"]).every(
      (c) =>
        isRecord(c) && typeof c["packages"] === "number" && typeof c["advisories"] === "number",
    )
  );
}

/** `gen-0123456789abcdef/Debian.table`: nothing that leads out of the store's folder. */
const FILE = /^gen-[0-9a-f]{16}\/[A-Za-z0-9_][A-Za-z0-9._-]{0,99}\.table$/;

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isMoment(value: unknown): boolean {
  return typeof value === "string" && !Number.isNaN(Date.parse(value));
}
