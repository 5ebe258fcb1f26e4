import type { Cataloger } from "./contract.ts";
import type { PlacedReading } from "./read.ts";

/**
 * Folders into which package managers put other people's packages. One's own gems may lie in a folder `gems`, too; installed
 * ones have their version, or a commit, in the folder's name.
 */
const INSTALLED =
  /(^|\/)(?:(?:node_modules|bower_components|site-packages|dist-packages|bundler\/gems)\/|gems\/[^/]+-\d[^/]*\/)/;

/**
 * Leaves out what is declared by packages that are installed themselves: a lock file that lies in a dependency says what its
 * authors worked with, and was never installed here.
 */
export function withoutForeignDeclarations(
  readings: readonly PlacedReading[],
  catalogers: readonly Cataloger[],
): PlacedReading[] {
  const declared = new Set(catalogers.filter((c) => c.evidence === "declared").map((c) => c.id));
  return readings.filter((r) => !declared.has(r.cataloger) || !INSTALLED.test(r.path));
}
