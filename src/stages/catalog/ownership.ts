// Whose a file is: a system package's when its list names the path, and when no layer above the one that brought the package
// wrote the file anew.
import type { OwnedFiles } from "./contract.ts";
import type { PlacedReading } from "./read.ts";

/** Files of system packages. */
export interface Ownership {
  /** By resolved path; the value is `type/name`. */
  readonly owners: ReadonlyMap<string, string>;
  /** Whether what was read belongs to the system package that owns its file. */
  owns(placed: PlacedReading): boolean;
}

/** What ownership is told from. */
export interface OwnershipEvidence {
  /** What is visible, joined. */
  readonly readings: readonly PlacedReading[];
  /** What each layer said, also where a layer above it said something else. */
  readonly history: readonly PlacedReading[];
  place(path: string): string;
}

/**
 * Tells whose files are.
 *
 * Lists of files may outlive the database that names their packages (`rm var/lib/dpkg/status`). Nobody is an owner then: what
 * lies in the files would be left to packages that are not in the inventory.
 *
 * A database is written anew with every package that a layer adds, so its own layer says little: a package came with the lowest
 * layer from which on its database has it in this version. What a later layer put over its files (`npm install -g`) is not the
 * package's any more, unless it is the same thing again (`chmod -R`).
 */
export function ownershipOf({ readings, history, place }: OwnershipEvidence): Ownership {
  const present = new Set(readings.flatMap((r) => r.reading.packages.map(({ type }) => type)));
  const said = byEvidence(history);
  const came = packageLayers(readings, said);
  const owners = new Map<string, string>();
  const layers = new Map<string, number>();
  for (const { reading, layer } of readings) {
    for (const owned of reading.owned ?? []) {
      if (!present.has(owned.type)) continue;
      const owner = ownerName(owned);
      layers.set(owner, came.get(owner) ?? layer ?? Number.POSITIVE_INFINITY);
      for (const path of owned.paths) owners.set(place(path), owner);
    }
  }
  const owns = (placed: PlacedReading): boolean => {
    const owner = owners.get(place(placed.path));
    if (owner === undefined) return false;
    const layer = layers.get(owner) ?? Number.POSITIVE_INFINITY;
    if (placed.layer === null || placed.layer <= layer) return true;
    const mine = packagesIn(placed).join();
    const brought = (said.get(evidenceKey(placed)) ?? []).find((one) => layerOf(one) <= layer);
    return brought !== undefined && packagesIn(brought).join() === mine;
  };
  return { owners, owns };
}

/** What was said by one cataloger of one path, from the top. */
function byEvidence(history: readonly PlacedReading[]): Map<string, PlacedReading[]> {
  const said = new Map<string, PlacedReading[]>();
  for (const placed of history.toSorted((a, b) => layerOf(b) - layerOf(a))) {
    const key = evidenceKey(placed);
    const known = said.get(key);
    if (known === undefined) said.set(key, [placed]);
    else known.push(placed);
  }
  return said;
}

function evidenceKey({ cataloger, path }: PlacedReading): string {
  return `${cataloger}\n${path}`;
}

/** Outside of images everything lies in one layer. */
function layerOf({ layer }: PlacedReading): number {
  return layer ?? 0;
}

function ownerName({ type, name }: Pick<OwnedFiles, "type" | "name">): string {
  return `${type}/${name}`;
}

function packagesIn({ reading }: PlacedReading): string[] {
  return reading.packages.map((found) => `${ownerName(found)}@${found.version}`);
}

/** With which layer each package of a system came, by `type/name`; of several versions or architectures, the last. */
function packageLayers(
  readings: readonly PlacedReading[],
  said: ReadonlyMap<string, readonly PlacedReading[]>,
): Map<string, number> {
  const owning = new Set(readings.filter((r) => r.reading.owned).map((r) => r.cataloger));
  const came = new Map<string, number>();
  for (const placed of readings) {
    if (!owning.has(placed.cataloger) || placed.layer === null) continue;
    const before = (said.get(evidenceKey(placed)) ?? [])
      .filter((one) => layerOf(one) < layerOf(placed))
      .map((one) => ({ layer: layerOf(one), has: new Set(packagesIn(one)) }));
    for (const found of placed.reading.packages) {
      const owner = ownerName(found);
      const gone = before.findIndex(({ has }) => !has.has(`${owner}@${found.version}`));
      const lasting = gone === -1 ? before : before.slice(0, gone);
      const layer = lasting.at(-1)?.layer ?? placed.layer;
      came.set(owner, Math.max(layer, came.get(owner) ?? 0));
    }
  }
  return came;
}
