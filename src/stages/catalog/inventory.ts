// From what catalogers read in each layer to the inventory of the finished image: only visible evidence counts, evidence
// spread over several files is joined, and nothing is reported twice.
import type { Distribution } from "../../model/distribution.ts";
import type { Inventory } from "../../model/inventory.ts";
import type { Package, PackageLocation } from "../../model/package.ts";
import type { Problem } from "../../model/problem.ts";
import { purlOf } from "../../model/purl.ts";
import type { Cataloger, Reading, VisibleReading } from "./contract.ts";
import { chooseDistribution } from "./distribution.ts";
import { ownershipOf } from "./ownership.ts";
import type { PlacedReading } from "./read.ts";

/** System packages own files; what lies in those files is theirs. */
const SYSTEM_TYPES: ReadonlySet<string> = new Set(["deb", "apk", "rpm"]);

/** What the inventory is made from. */
export interface Evidence {
  readonly catalogers: readonly Cataloger[];
  readonly readings: readonly PlacedReading[];
  readonly problems: readonly Problem[];
  /** What each layer said, visible or not; absent where there are no layers, or nothing is hidden. */
  readonly history?: readonly PlacedReading[];
  /** Where a path really lies: the links of its folder followed. */
  place(path: string): string;
}

/** The inventory, and whose each owned file is (by resolved path; the value is `type/name`). */
export function inventoryOf(evidence: Evidence): {
  inventory: Inventory;
  owners: ReadonlyMap<string, string>;
} {
  const readings = joined(evidence.catalogers, evidence.readings);
  const { history = readings, place } = evidence;
  const { owners, owns } = ownershipOf({ readings, history, place });
  const distribution = distributionOf(readings);
  const systemCatalogers = new Set(evidence.catalogers.filter(readsSystem).map((c) => c.id));
  // What lies in a system package's file is that package's business: it is fixed by upgrading it, and a damaged one is too.
  const own = readings.filter((placed) => systemCatalogers.has(placed.cataloger) || !owns(placed));
  const packages = packagesOf(own, distribution);
  const problems = [...evidence.problems, ...own.flatMap(problemsOf)];
  return { inventory: { distribution, packages, problems }, owners };
}

function joined(
  catalogers: readonly Cataloger[],
  readings: readonly PlacedReading[],
): PlacedReading[] {
  const byCataloger = grouped(readings);
  return catalogers.flatMap((cataloger) => {
    const own = (byCataloger.get(cataloger.id) ?? []).sort((a, b) => (a.path < b.path ? -1 : 1));
    if (cataloger.join === undefined || own.length === 0) return own;
    const visible: VisibleReading[] = own.map(({ path, reading }) => ({ path, reading }));
    return cataloger.join(visible).map((v, i) => ({
      path: v.path,
      reading: v.reading,
      cataloger: cataloger.id,
      layer: own[i]?.layer ?? null,
    }));
  });
}

function grouped(readings: readonly PlacedReading[]): Map<string, PlacedReading[]> {
  const groups = new Map<string, PlacedReading[]>();
  for (const reading of readings) {
    const group = groups.get(reading.cataloger);
    if (group === undefined) groups.set(reading.cataloger, [reading]);
    else group.push(reading);
  }
  return groups;
}

function distributionOf(readings: readonly PlacedReading[]): Distribution | null {
  return chooseDistribution(
    readings.flatMap(({ path, reading }) =>
      reading.distribution === undefined ? [] : [{ path, reading }],
    ),
  );
}

/** Whether a cataloger reads packages of the system, or no packages at all. */
function readsSystem({ types }: Cataloger): boolean {
  return types.every((type) => SYSTEM_TYPES.has(type));
}

function packagesOf(
  readings: readonly PlacedReading[],
  distribution: Distribution | null,
): Package[] {
  const byKey = new Map<string, Gathered>();
  for (const placed of readings) {
    for (const found of placed.reading.packages) addPackage(byKey, placed, found, distribution);
  }
  return [...byKey.values()]
    .map(({ facts, places }) => ({ ...facts, locations: [...places.values()] }))
    .sort(order);
}

/** A package while its locations are still being gathered. */
interface Gathered {
  facts: Omit<Package, "locations">;
  readonly places: Map<string, PackageLocation>;
}

function addPackage(
  byKey: Map<string, Gathered>,
  placed: PlacedReading,
  found: Reading["packages"][number],
  distribution: Distribution | null,
): void {
  const { line, inside, ...facts } = found;
  const purl = purlOf(found, distribution);
  const path = inside === undefined ? placed.path : `${placed.path}!${inside}`;
  const location = { path, layer: placed.layer, ...(line === undefined ? {} : { line }) };
  const known = byKey.get(purl);
  if (known === undefined) {
    byKey.set(purl, {
      facts: { ...facts, purl, cataloger: placed.cataloger },
      places: new Map([[path, location]]),
    });
    return;
  }
  known.places.set(path, location);
  // What one lock file needs for building only, and another one to run, is run.
  if (known.facts.development === true && found.development !== true)
    known.facts = { ...known.facts, development: false };
}

function order(a: Package, b: Package): number {
  const key = (p: Package): string => `${p.type}\0${p.name}\0${p.version}`;
  return key(a) < key(b) ? -1 : 1;
}

function problemsOf(placed: PlacedReading): Problem[] {
  return placed.reading.problems.map((p) => ({
    code: p.code,
    detail: p.detail,
    path: p.path === undefined ? placed.path : `${placed.path}!${p.path}`,
    ...(placed.layer === null ? {} : { layer: placed.layer }),
    cataloger: placed.cataloger,
  }));
}
