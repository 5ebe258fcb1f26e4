// The packages of a host's own system, and the parts of its engines, against advisories. Containers and the files of users are not
// looked at: only where the databases of packages lie.
import { platformPackages } from "../formats/host/platform-packages.ts";
import { now } from "../io/clock.ts";
import { lookAtPlace } from "../io/host/look-at-host.ts";
import { walkTree } from "../io/tree/walk-tree.ts";
import type { Host } from "../model/host.ts";
import type { Inventory } from "../model/inventory.ts";
import type { ScanResult } from "../model/scan.ts";
import type { Suppression } from "../model/suppression.ts";
import { inventoryOf } from "../stages/catalog/inventory.ts";
import { placedReadings } from "../stages/catalog/placed-readings.ts";
import { type Selection, selectionOf } from "../stages/catalog/select.ts";
import { squash } from "../stages/catalog/squash.ts";
import type { Question } from "../stages/decide/decide.ts";
import { openAdvisories } from "./advisories.ts";
import { assess } from "./assess.ts";
import { EvidenceReader } from "./evidence-reader.ts";
import { plainExamined } from "./examined.ts";
import { imageCatalogers } from "./image-catalogers.ts";
import type { Surroundings } from "./surroundings.ts";

export interface HostPackagesRequest {
  readonly host: Host;
  /** The folder that is the host's `/`. */
  readonly root: string;
  /** Where the advisory store is; null for the usual place. */
  readonly db: string | null;
  readonly exceptions: readonly Suppression[];
  /** null when nobody asks for a verdict. */
  readonly question: Question | null;
}

/**
 * Scans them.
 *
 * @throws {AppError} `store-missing`, `store-invalid` for the advisory data, `unreadable` for the folder.
 */
export async function hostPackages(
  { host, root, db, exceptions, question }: HostPackagesRequest,
  surroundings: Surroundings,
): Promise<ScanResult> {
  const { env, signal } = surroundings;
  const at = now();
  const advisories = await openAdvisories(db, env, at);
  try {
    const system = await systemPackages(root, signal);
    const packages = [...system.packages, ...platformPackages(host, system)];
    const inventory = { ...system, packages };
    const examined = plainExamined({ kind: "filesystem", target: root }, inventory);
    const by = { vex: [], baseline: null, onlyFixable: false, attached: null, now: at };
    const assessment = { ...by, ...advisories, exceptions, question, overrideFor: () => null };
    return (await assess(examined, assessment)).result;
  } finally {
    advisories.close();
  }
}

/** Those who read what a system installed; what its programs are made of is an image's matter. */
const SYSTEM: ReadonlySet<string> = new Set(["apk", "dpkg", "rpm", "os-release"]);

async function systemPackages(root: string, signal: AbortSignal): Promise<Inventory> {
  const catalogers = imageCatalogers.filter(({ id }) => SYSTEM.has(id));
  const selection = selectionOf(catalogers);
  const reader = new EvidenceReader(selection);
  const { exact } = selection;
  const excludes = besides(root, selection);
  const walked = await walkTree(root, reader, { signal, hash: false, exact, excludes });
  const squashed = squash([walked.files]);
  const readings = placedReadings(squashed, [reader.readings]).map((r) => ({ ...r, layer: null }));
  const { inventory } = inventoryOf({
    catalogers,
    readings,
    problems: walked.problems,
    place: (path) => squashed.links.place(path),
  });
  return inventory;
}

/** What lies beside the way to the places that catalogers ask for. */
function besides(root: string, { exact }: Selection): string[] {
  const wanted = new Set<string>();
  for (const place of [...exact.paths, ...exact.folders])
    for (let path = place; path !== ""; path = parentOf(path)) wanted.add(path);
  const onTheWay = ["", ...wanted].filter((path) => !exact.folders.has(path));
  return onTheWay.flatMap((folder) => {
    const seen = lookAtPlace(root, `/${folder}`, "names");
    const names = "names" in seen ? (seen.names ?? []) : [];
    return names
      .map((name) => (folder === "" ? name : `${folder}/${name}`))
      .filter((path) => !wanted.has(path));
  });
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}
