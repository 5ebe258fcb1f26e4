import type { Distribution } from "../../model/distribution.ts";
import type { VisibleReading } from "./contract.ts";

/**
 * Where a distribution may be stated, best first. os-release(5) is read by nearly everything since 2012; what stands
 * after it serves older and stripped images. `debian_version` is last: Debian's descendants keep it, with Debian's version.
 */
export const DISTRIBUTION_PATHS: readonly string[] = [
  "etc/os-release",
  "usr/lib/os-release",
  "etc/lsb-release",
  "etc/alpine-release",
  "etc/oracle-release",
  "etc/centos-release",
  "etc/photon-release",
  "etc/mariner-release",
  "etc/redhat-release",
  "etc/system-release",
  "etc/SuSE-release",
  "etc/debian_version",
];

/**
 * Decides which of several statements counts: the one that stands first in {@link DISTRIBUTION_PATHS}; others follow in
 * their order.
 *
 * @returns null when no reading names a distribution.
 */
export function chooseDistribution(readings: readonly VisibleReading[]): Distribution | null {
  let best: Distribution | null = null;
  let bestRank = Number.POSITIVE_INFINITY;
  for (const { path, reading } of readings) {
    if (reading.distribution === undefined) continue;
    const at = DISTRIBUTION_PATHS.indexOf(path);
    const rank = at === -1 ? DISTRIBUTION_PATHS.length : at;
    if (rank < bestRank) {
      best = reading.distribution;
      bestRank = rank;
    }
  }
  return best;
}
