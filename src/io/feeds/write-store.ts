// Turns what was gathered into the tables of a store.
import type { Description } from "../../formats/feeds/sink.ts";
import type { Vulnerability } from "../../model/advisory.ts";
import { advisoryKey, nameKey, packageKey, vulnerabilityKey } from "../store/keys.ts";
import type { EcosystemCount } from "../store/manifest.ts";
import { encodeVulnerability } from "../store/record-codec.ts";
import type { TableWriter } from "../store/table-writer.ts";
import { breathe } from "./breathe.ts";
import type { GatheredBase, Gathering } from "./gathering.ts";
import { mergeDescriptions } from "./merge.ts";

/** The table for known-exploited flaws that no ecosystem names. */
export const EXPLOITED_TABLE = "known-exploited";

/** What a table holds, counted. */
export interface TableCounts {
  readonly ecosystems: Readonly<Record<string, EcosystemCount>>;
  readonly vulnerabilities: number;
}

/** Adds the entries of one base ecosystem. @throws The signal's reason when it was aborted. */
export async function writeBase(
  base: GatheredBase,
  gathering: Gathering,
  { writer, signal }: { writer: TableWriter; signal: AbortSignal },
): Promise<TableCounts> {
  const breath = breathe(signal);
  for (const advisory of [...base.longLists.keys()].sort())
    writer.add(advisoryKey(advisory), Buffer.from(base.longLists.get(advisory) ?? "[]"));
  const { ids, names } = canonicalNames(base, gathering);
  for (const name of [...names.keys()].sort())
    writer.add(nameKey(name), Buffer.from(names.get(name) ?? ""));
  const ecosystems: Record<string, EcosystemCount> = Object.create(null);
  for (const ecosystem of [...base.packages.keys()].sort()) {
    const packages = base.packages.get(ecosystem);
    if (packages === undefined) continue;
    for (const name of [...packages.keys()].sort()) {
      writer.add(packageKey(ecosystem, name), Buffer.from(`[${packages.texts(name).join(",")}]`));
      await breath();
    }
    ecosystems[ecosystem] = {
      packages: packages.size,
      advisories: base.counts.get(ecosystem) ?? 0,
    };
  }
  let vulnerabilities = 0;
  for (const id of [...ids].sort()) {
    const flaw = flawOf(id, gathering);
    if (flaw !== null) {
      writer.add(vulnerabilityKey(id), Buffer.from(encodeVulnerability(flaw)));
      vulnerabilities += 1;
    }
    await breath();
  }
  return { ecosystems, vulnerabilities };
}

/** Known-exploited flaws that no table names, so that findings of other tools can be weighed as well. */
export function exploitedBase(gathering: Gathering): GatheredBase {
  const named = new Set<string>();
  if (gathering.known.size > 0)
    for (const base of gathering.bases.values())
      for (const name of base.names) named.add(canonicalId(name, gathering));
  const names = new Set([...gathering.known.keys()].filter((id) => !named.has(id)));
  return { packages: new Map(), counts: new Map(), longLists: new Map(), names };
}

/** The ids under which the flaws that are named are described, and for names that are no such id, which it is. */
function canonicalNames(
  base: GatheredBase,
  gathering: Gathering,
): { readonly ids: Set<string>; readonly names: Map<string, string> } {
  const ids = new Set<string>();
  const names = new Map<string, string>();
  for (const name of base.names) {
    const id = canonicalId(name, gathering);
    ids.add(id);
    if (id === name) continue;
    // An update's advisory is described by itself as well.
    if (gathering.descriptions.has(name) && !gathering.moved.has(name)) ids.add(name);
    else names.set(name, id);
  }
  return { ids, names };
}

/** The CVE id of a name; the name itself when it has none. */
function canonicalId(name: string, gathering: Gathering): string {
  return gathering.cveByName.get(name) ?? name;
}

/** null when nothing is known of it but its id. */
function flawOf(id: string, gathering: Gathering): Vulnerability | null {
  const known = gathering.known.get(id);
  const epss = gathering.scores.get(id) ?? null;
  const descriptions = gathering.descriptions
    .texts(id)
    .map((text) => JSON.parse(text) as Description);
  if (descriptions.length === 0 && known === undefined && epss === null) return null;
  const facts = { epss, known: known?.known ?? null, title: known?.title ?? "" };
  return mergeDescriptions(id, descriptions, facts);
}
