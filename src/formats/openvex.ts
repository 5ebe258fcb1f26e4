// OpenVEX. Source: the OpenVEX specification, v0.2.0; 0.0.1 with its plain texts for vulnerability and products is read, too.
import {
  asObject,
  type JsonObject,
  list,
  member,
  object,
  objects,
  scalar,
  text,
} from "./json-object.ts";
import type { VexRow } from "./vex-row.ts";

export const VEX_STATUSES = ["not_affected", "affected", "fixed", "under_investigation"] as const;
type Status = (typeof VEX_STATUSES)[number];

/** Reads all statements; those that a later one of the document replaces are left out. */
export function readOpenVex(document: JsonObject): VexRow[] {
  const author = text(document, "author") || null;
  const since = text(document, "timestamp");
  const dated = objects(document, "statements").flatMap((statement) => {
    const moment = Date.parse(text(statement, "timestamp") || since);
    return rowsOf(statement, author).map((row) => ({
      row,
      moment: Number.isNaN(moment) ? 0 : moment,
    }));
  });
  return latest(dated.sort((a, b) => a.moment - b.moment).map(({ row }) => row));
}

/** One row for all products that are meant as a whole or in the same parts: parts of one product are not parts of another. */
function rowsOf(statement: JsonObject, author: string | null): VexRow[] {
  const status = text(statement, "status") as Status;
  const vulnerabilities = namesOf(member(statement, "vulnerability"));
  if (!VEX_STATUSES.includes(status) || vulnerabilities.length === 0) return [];
  const justification =
    text(statement, "justification") || text(statement, "impact_statement") || null;
  return [...byParts(productsOf(statement)).values()].map((alike) => ({
    vulnerabilities,
    products: alike.flatMap((p) => p.ids),
    subcomponents: alike[0]?.subcomponents ?? [],
    status,
    justification,
    author,
  }));
}

/** A list that is none names a product that cannot be told. */
function productsOf(statement: JsonObject): Product[] {
  const written = member(statement, "products") ?? [];
  return Array.isArray(written) ? list(statement, "products").map(productOf) : [productOf(null)];
}

function byParts(products: readonly Product[]): Map<string, Product[]> {
  // A statement without products is about everything that the document is applied to.
  if (products.length === 0) return new Map([["", [{ ids: [], subcomponents: [] }]]]);
  const groups = new Map<string, Product[]>();
  for (const product of products) {
    const key = product.subcomponents.join("\n");
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [product]);
    else group.push(product);
  }
  return groups;
}

/** The vulnerability's name and its aliases; in 0.0.1 it is a text. */
function namesOf(vulnerability: unknown): string[] {
  if (typeof vulnerability === "string") return vulnerability === "" ? [] : [vulnerability];
  const of = asObject(vulnerability);
  const name = text(of, "name") || text(of, "@id").split("/").pop() || "";
  const aliases = list(of, "aliases").filter((alias) => typeof alias === "string");
  return [name, ...aliases].filter((n) => n !== "");
}

interface Product {
  readonly ids: readonly string[];
  readonly subcomponents: readonly string[];
}

function productOf(product: unknown): Product {
  if (typeof product === "string") return { ids: [product], subcomponents: [] };
  const of = asObject(product);
  const parts = list(of, "subcomponents").flatMap((part) => productOf(part).ids);
  return { ids: identifiersOf(of), subcomponents: parts };
}

/** purl and digest where they are given, the id otherwise. */
function identifiersOf(component: JsonObject | null): string[] {
  const purl = text(object(component, "identifiers"), "purl");
  const sha256 = scalar(object(component, "hashes"), "sha-256").toLowerCase();
  const found = [purl, sha256 === "" ? "" : `sha256:${sha256}`].filter((id) => id !== "");
  return found.length > 0 ? found : [text(component, "@id") || "unnamed product"];
}

/** What tells a flaw from others, whichever of its names stands first. */
function nameOf({ vulnerabilities: [first = "", ...others] }: VexRow): string {
  const upper = [first, ...others].map((name) => name.toUpperCase());
  return upper.filter((name) => name.startsWith("CVE-")).sort()[0] ?? upper[0] ?? "";
}

/** Of statements about one vulnerability of one product, the last one holds. */
export function latest(rows: readonly VexRow[]): VexRow[] {
  const lastByKey = new Map<string, number>();
  const keyOf = (row: VexRow, product: string): string =>
    [nameOf(row), product, ...row.subcomponents].join("\n");
  const productsOf = (row: VexRow): readonly string[] =>
    row.products.length === 0 ? [""] : row.products;
  rows.forEach((row, i) => {
    for (const product of productsOf(row)) lastByKey.set(keyOf(row, product), i);
  });
  return rows.flatMap((row, i) => {
    const left = productsOf(row).filter((product) => lastByKey.get(keyOf(row, product)) === i);
    if (left.length === 0) return [];
    return [{ ...row, products: row.products.length === 0 ? [] : left }];
  });
}
