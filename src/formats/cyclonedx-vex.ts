// CycloneDX documents that say whether vulnerabilities can be exploited. Source: CycloneDX 1.4 to 1.6, `vulnerabilities[].analysis`;
// BOM-Link as in the specification's guide on VEX.
import { type JsonObject, object, objects, text } from "./json-object.ts";
import type { VexRow } from "./vex-row.ts";

type Status = VexRow["status"];

const STATES: ReadonlyMap<string, Status> = new Map([
  ["not_affected", "not_affected"],
  ["false_positive", "not_affected"],
  ["resolved", "fixed"],
  ["resolved_with_pedigree", "fixed"],
  ["exploitable", "affected"],
  ["in_triage", "under_investigation"],
]);

/** Reads the analyses of a document; vulnerabilities without one state nothing. */
export function readCycloneDxVex(document: JsonObject): VexRow[] {
  const known = purlsByRef(document);
  const subject = object(object(document, "metadata"), "component");
  const whole = [subject === null ? "unnamed component" : idOf(subject)];
  const author = text(objects(object(document, "metadata"), "authors")[0] ?? null, "name") || null;
  return objects(document, "vulnerabilities").flatMap((vulnerability): VexRow[] => {
    const analysis = object(vulnerability, "analysis");
    const status = STATES.get(text(analysis, "state"));
    const names = [
      text(vulnerability, "id"),
      ...objects(vulnerability, "references").map((reference) => text(reference, "id")),
    ].filter((name) => name !== "");
    if (status === undefined || names.length === 0) return [];
    const affected = objects(vulnerability, "affects").map((a) => productOf(text(a, "ref"), known));
    const justification = text(analysis, "justification") || text(analysis, "detail") || null;
    const products = affected.length > 0 ? affected : whole;
    return [{ vulnerabilities: names, products, subcomponents: [], status, justification, author }];
  });
}

const DEPTH_MAX = 50;

function purlsByRef(document: JsonObject): Map<string, string> {
  const found = new Map<string, string>();
  const subject = object(object(document, "metadata"), "component");
  let level = [...objects(document, "components"), ...(subject === null ? [] : [subject])];
  for (let depth = 0; level.length > 0 && depth < DEPTH_MAX; depth += 1) {
    for (const component of level) found.set(text(component, "bom-ref"), idOf(component));
    level = level.flatMap((component) => objects(component, "components"));
  }
  return found;
}

/** A purl, or the digest of an image that has none. */
function idOf(component: JsonObject): string {
  const hash = objects(component, "hashes").find((h) => text(h, "alg") === "SHA-256");
  const digest = hash === undefined ? "" : `sha256:${text(hash, "content").toLowerCase()}`;
  return text(component, "purl") || digest || text(component, "bom-ref") || "unnamed component";
}

/** What a reference means: a component of this document, or of another one by BOM-Link (`urn:cdx:serial/1#ref`). */
function productOf(ref: string, known: ReadonlyMap<string, string>): string {
  const inner = ref.startsWith("urn:cdx:") ? ref.slice(ref.indexOf("#") + 1) : ref;
  const plain = decoded(inner);
  return known.get(ref) ?? known.get(plain) ?? (plain === "" ? "unnamed component" : plain);
}

function decoded(ref: string): string {
  if (ref.startsWith("pkg:")) return ref;
  try {
    return decodeURIComponent(ref);
  } catch {
    return ref;
  }
}
