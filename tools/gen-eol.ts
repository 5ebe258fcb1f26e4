// Prints src/stages/catalog/end-of-life.data.ts from a folder with material of endoflife.date
// (endoflife.date-products.tar.gz) and of Debian's distro-info-data (debian.csv, ubuntu.csv). Only dates are taken from it:
//   node tools/run.js tools/gen-eol.ts FOLDER > src/stages/catalog/end-of-life.data.ts
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

/** The last day of support by version, by ID of os-release. */
export type Dates = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The ID of os-release, and the product's name at endoflife.date. */
const PRODUCTS: Readonly<Record<string, string>> = {
  almalinux: "almalinux",
  alpine: "alpine-linux",
  amzn: "amazon-linux",
  centos: "centos",
  "centos-stream": "centos-stream",
  fedora: "fedora",
  ol: "oracle-linux",
  "opensuse-leap": "opensuse",
  photon: "vmware-photon",
  rhel: "rhel",
  rocky: "rocky-linux",
  sles: "sles",
};

/**
 * What the folder lacks. Mariner: Microsoft's page "Azure Linux Container Host support lifecycle" (no security updates
 * after this day).
 */
const BY_HAND: Dates = { mariner: { "2.0": "2025-11-30" } };

/** Reads the folder. Where security updates become paid ones, support has ended. */
export function datesIn(folder: string): Dates {
  const products = Object.entries(PRODUCTS).map(([id, product]) => [
    id,
    productDates(folder, product),
  ]);
  return {
    ...BY_HAND,
    ...Object.fromEntries(products),
    // Long-term support of Debian is free, so it counts. Up to 6.0 its versions had two parts; os-release never says so.
    debian: csvDates(join(folder, "debian.csv"), "eol-lts", /\.0$/),
    // Where desktop and server end on different days: containers are servers.
    ubuntu: csvDates(join(folder, "ubuntu.csv"), "eol-server", / LTS$/),
  };
}

/** Front matter of the product's page; `eol` is a date, or a word when the day is not known. */
function productDates(folder: string, product: string): Record<string, string> {
  const archive = join(folder, "endoflife.date-products.tar.gz");
  const words = ["-xzOf", archive, `./products/${product}.md`];
  const page = execFileSync("tar", words, { encoding: "utf8" });
  const { releases }: { releases: { releaseCycle: unknown; eol: unknown }[] } = parse(
    page.split(/^---$/m)[1] ?? "",
  );
  const entries = releases.flatMap(({ releaseCycle, eol }) =>
    isDate(eol) ? [[String(releaseCycle), eol]] : [],
  );
  return Object.fromEntries(entries);
}

/** @param better The column that counts where it is filled, in place of `eol`. */
function csvDates(file: string, better: string, cut: RegExp): Record<string, string> {
  const [head = "", ...lines] = readFileSync(file, "utf8").trim().split("\n");
  const columns = head.split(",");
  const entries = lines.flatMap((line) => {
    const values = line.split(",");
    const at = (column: string): string => values[columns.indexOf(column)] ?? "";
    const date = at(better) || at("eol");
    return isDate(date) ? [[at("version").replace(cut, ""), date]] : [];
  });
  return Object.fromEntries(entries);
}

function isDate(value: unknown): value is string {
  return typeof value === "string" && /^\d{4}-\d{2}-\d{2}$/.test(value);
}

function sourceOf(dates: Dates): string {
  const entries = Object.entries(dates).sort(([a], [b]) => (a < b ? -1 : 1));
  const maps = entries.map(([id, releases]) => {
    const sorted = Object.entries(releases).sort(([a], [b]) =>
      a.localeCompare(b, "en", { numeric: true }),
    );
    return `[${JSON.stringify(id)}, new Map(${JSON.stringify(sorted)})]`;
  });
  return `// Made by tools/gen-eol.ts; not to be edited. Dates from endoflife.date (MIT) and Debian's distro-info-data (ISC).

/** The last day of free security support, by ID of os-release and version. */
export const END_OF_LIFE: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map([${maps.join(",\n")}]);
`;
}

function formatted(source: string): string {
  const words = ["format", "--stdin-file-path=src/stages/catalog/end-of-life.data.ts"];
  return execFileSync("node_modules/.bin/biome", words, { input: source, encoding: "utf8" });
}

if (process.argv[1]?.endsWith("gen-eol.ts") === true) {
  const folder = process.argv[2];
  if (folder === undefined) throw new Error("usage: node tools/run.js tools/gen-eol.ts FOLDER");
  process.stdout.write(formatted(sourceOf(datesIn(folder))));
}
