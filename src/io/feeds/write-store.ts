// Turns what was gathered into the tables of a store.
import type { Description } from "../../formats/feeds/sink.ts";
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
  const flaws = new Map<string, Buffer>();
  const names = new Map<string, string>();
  for (const id of flawsOf(base, gathering)) {
    addFlaw(id, gathering, { flaws, names });
    await breath();
  }
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
  for (const id of [...flaws.keys()].sort())
    writer.add(vulnerabilityKey(id), flaws.get(id) ?? Buffer.alloc(0));
  return { ecosystems, vulnerabilities: flaws.size };
}

/** Known-exploited flaws that no table names, so that findings of other tools can be weighed as well. */
export function exploitedBase(gathering: Gathering): GatheredBase {
  const named = new Set<string>();
  for (const base of gathering.bases.values())
    for (const id of flawsOf(base, gathering)) named.add(id);
  const names = new Set([...gathering.known.keys()].filter((id) => !named.has(id)));
  return { packages: new Map(), counts: new Map(), longLists: new Map(), names };
}

/** The ids under which the flaws that are named are described. */
function flawsOf(base: GatheredBase, gathering: Gathering): Set<string> {
  const ids = new Set<string>();
  for (const name of base.names) ids.add(canonicalId(name, gathering));
  return ids;
}

/** The CVE id of a name, over one record that has both, or over a record that has the name and another that has the CVE. */
function canonicalId(name: string, gathering: Gathering): string {
  const direct = gathering.cveByName.get(name);
  if (direct !== undefined) return direct;
  for (const alias of gathering.unresolved.get(name) ?? []) {
    const cve = gathering.cveByName.get(alias);
    if (cve !== undefined) return cve;
  }
  return name;
}

function addFlaw(
  id: string,
  gathering: Gathering,
  { flaws, names }: { flaws: Map<string, Buffer>; names: Map<string, string> },
): void {
  const known = gathering.known.get(id);
  const epss = gathering.scores.get(id) ?? null;
  const descriptions = gathering.descriptions
    .texts(id)
    .map((text) => JSON.parse(text) as Description);
  if (descriptions.length === 0 && known === undefined && epss === null) return;
  const facts = { epss, known: known?.known ?? null, title: known?.title ?? "" };
  const flaw = mergeDescriptions(id, descriptions, facts);
  flaws.set(id, Buffer.from(encodeVulnerability(flaw)));
  for (const alias of new Set(descriptions.flatMap((d) => [d.id, ...d.aliases])))
    if (alias !== id && canonicalId(alias, gathering) === id && !gathering.descriptions.has(alias))
      names.set(alias, id);
}
