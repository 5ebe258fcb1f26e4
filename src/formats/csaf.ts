// CSAF documents with the VEX profile. Source: CSAF 2.0 (OASIS standard), sections 3.2.2 (product tree), 3.2.3 and 4.5.
import { type JsonObject, object, objects, text, texts } from "./json-object.ts";
import type { VexRow } from "./vex-row.ts";

/** Product states that say something, and what. Where a product is in several, the one that is named first here holds. */
const STATES: readonly (readonly [field: string, status: VexRow["status"]])[] = [
  ["known_affected", "affected"],
  ["first_affected", "affected"],
  ["last_affected", "affected"],
  ["under_investigation", "under_investigation"],
  ["known_not_affected", "not_affected"],
  ["fixed", "fixed"],
  ["first_fixed", "fixed"],
];

/** Reads the product states of all vulnerabilities. */
export function readCsaf(document: JsonObject): VexRow[] {
  const products = productsOf(object(document, "product_tree"));
  const author = text(object(object(document, "document"), "publisher"), "name") || null;
  return objects(document, "vulnerabilities").flatMap((v) => rowsOf(v, products, author));
}

function rowsOf(
  vulnerability: JsonObject,
  products: ReadonlyMap<string, readonly string[]>,
  author: string | null,
): VexRow[] {
  const names = [
    text(vulnerability, "cve"),
    ...objects(vulnerability, "ids").map((id) => text(id, "text")),
  ];
  const vulnerabilities = names.filter((name) => name !== "");
  const status = object(vulnerability, "product_status");
  if (vulnerabilities.length === 0) return [];
  const taken = new Set<string>();
  const open = new Set<string>();
  return STATES.flatMap(([field, state]) => {
    const ids = texts(status, field).filter((id) => !taken.has(id));
    for (const id of ids) taken.add(id);
    const isOpen = state === "affected" || state === "under_investigation";
    return byReason(ids, vulnerability).flatMap(([justification, group]): VexRow[] => {
      const named = group.flatMap((id) => products.get(id) ?? [id]);
      if (isOpen) for (const id of named) open.add(id).add(versionless(id));
      const left = isOpen ? named : named.filter((id) => !open.has(id));
      if (left.length === 0) return [];
      const row = { vulnerabilities, products: left, subcomponents: [] };
      return [{ ...row, status: state, justification, author }];
    });
  });
}

/**
 * A component that is shipped with two products has one purl in both. What does not affect it in one product is then not stated of
 * the purl, if it does in the other; and a purl without version is about all versions, the affected one included.
 */
function versionless(purl: string): string {
  const at = purl.indexOf("@", purl.lastIndexOf("/"));
  return purl.startsWith("pkg:") && at !== -1 ? purl.slice(0, at) : purl;
}

/** Products that share a justification (a flag) or an impact statement (a threat) make one statement. */
function byReason(
  ids: readonly string[],
  vulnerability: JsonObject,
): [justification: string | null, ids: string[]][] {
  const reasons = new Map<string, string>();
  const impacts = objects(vulnerability, "threats").filter((t) => text(t, "category") === "impact");
  for (const threat of impacts)
    for (const id of texts(threat, "product_ids")) reasons.set(id, text(threat, "details"));
  for (const flag of objects(vulnerability, "flags"))
    for (const id of texts(flag, "product_ids")) reasons.set(id, text(flag, "label"));
  const groups = new Map<string, string[]>();
  for (const id of ids) {
    const reason = reasons.get(id) ?? "";
    const group = groups.get(reason);
    if (group === undefined) groups.set(reason, [id]);
    else group.push(id);
  }
  return [...groups].map(([reason, group]) => [reason === "" ? null : reason, group]);
}

const DEPTH_MAX = 50;

/** purls and digests by product id. */
function productsOf(tree: JsonObject | null): Map<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  const add = (product: JsonObject | null): void => {
    const ids = identifiersOf(product);
    const id = text(product, "product_id");
    if (id !== "" && ids.length > 0) found.set(id, ids);
  };
  for (const product of objects(tree, "full_product_names")) add(product);
  let level = objects(tree, "branches");
  for (let depth = 0; level.length > 0 && depth < DEPTH_MAX; depth += 1) {
    for (const branch of level) add(object(branch, "product"));
    level = level.flatMap((branch) => objects(branch, "branches"));
  }
  // A component as it is shipped with a product goes by the component's purl.
  for (const relation of objects(tree, "relationships")) {
    const id = text(object(relation, "full_product_name"), "product_id");
    const part = found.get(text(relation, "product_reference"));
    if (id !== "" && part !== undefined) found.set(id, part);
  }
  return found;
}

function identifiersOf(product: JsonObject | null): string[] {
  const helper = object(product, "product_identification_helper");
  const digests = objects(helper, "hashes")
    .flatMap((hash) => objects(hash, "file_hashes"))
    .filter((hash) => text(hash, "algorithm").toLowerCase() === "sha256")
    .map((hash) => `sha256:${text(hash, "value").toLowerCase()}`);
  const purls = [text(helper, "purl"), ...texts(helper, "purls")].filter((purl) => purl !== "");
  return [...purls, ...digests];
}
