import type { DatabaseStatus } from "../app/db.ts";
import { columns, padLeft, padRight, visible } from "../kit/display.ts";
import { count, size } from "../kit/phrase.ts";

type StoreManifest = DatabaseStatus["manifest"];

/** What there is to say of a store. */
export interface ManifestFacts {
  readonly folder: string;
  readonly manifest: StoreManifest;
  readonly data?: DatabaseStatus["data"];
  readonly isOld?: boolean;
  readonly cache?: DatabaseStatus["cache"];
}

/** `3 h`, `12 d`. */
export function ageText(hours: number): string {
  if (hours < 1) return "less than 1 h";
  return hours < 72 ? `${Math.floor(hours)} h` : `${Math.floor(hours / 24)} d`;
}

/** One line on what was made. */
export function manifestText({ folder, manifest }: ManifestFacts): string {
  const counts = manifest.tables.flatMap((t) => Object.values(t.ecosystems));
  const advisories = counts.reduce((sum, one) => sum + one.advisories, 0);
  const bytes = manifest.tables.reduce((sum, table) => sum + table.sizeBytes, 0);
  return `${visible(folder)}: ${counted(advisories)} statements on ${count(counts.length, "ecosystem")}, ${megabytes(bytes)}, data of ${day(manifest.currentAt)}\n`;
}

/** The whole story for people: age first, then ecosystems and sources. */
export function statusText(status: DatabaseStatus): string {
  const { manifest, data, cache } = status;
  const names = manifest.tables.flatMap((table) => Object.keys(table.ecosystems));
  const width = Math.max(32, ...names.map((name) => columns(visible(name)) + 1));
  const lines = [
    `${visible(status.folder)}: data ${ageText(data.ageHours ?? 0)} old (${day(manifest.currentAt)}), built ${day(manifest.builtAt)}`,
    "",
    `${padRight("ecosystem", width)}${padLeft("packages", 10)}${padLeft("statements", 12)}`,
  ];
  for (const table of manifest.tables)
    for (const [name, has] of Object.entries(table.ecosystems))
      lines.push(
        padRight(visible(name), width) +
          padLeft(counted(has.packages), 10) +
          padLeft(counted(has.advisories), 12),
      );
  lines.push(
    "",
    `${padRight("source", width)}${padLeft("records", 10)}${padLeft("statements", 12)}${padLeft("data of", 12)}`,
  );
  for (const source of manifest.sources)
    lines.push(
      padRight(visible(source.name), width) +
        padLeft(counted(source.records), 10) +
        padLeft(counted(source.statements), 12) +
        padLeft(source.currentAt === null ? "-" : day(source.currentAt), 12),
    );
  const kept = `${size(cache.sizeBytes)} of at most ${size(cache.sizeBytesMax)}`;
  lines.push(
    "",
    `layers kept from scans: ${kept}, ${count(cache.entries, "file")} in ${visible(cache.folder)}`,
  );
  return `${lines.join("\n")}\n`;
}

/** The same for programs. */
export function statusJson({ folder, manifest, data, isOld, cache }: ManifestFacts): string {
  const { builtAt, currentAt, sources, tables } = manifest;
  const ecosystems = tables.flatMap((table) =>
    Object.entries(table.ecosystems).map(([name, has]) => ({ name, ...has })),
  );
  const document = {
    schema: "bulwark.dev/db/v1",
    store: folder,
    builtAt,
    currentAt,
    ...(data === undefined ? {} : { ageHours: data.ageHours }),
    ...(isOld === undefined ? {} : { old: isOld }),
    sizeBytes: tables.reduce((sum, table) => sum + table.sizeBytes, 0),
    ecosystems,
    sources,
    ...(cache === undefined ? {} : { cache }),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function day(moment: string): string {
  return moment.slice(0, 10);
}

function counted(number: number): string {
  return number.toLocaleString("en-GB");
}

function megabytes(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
