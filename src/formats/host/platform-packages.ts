// The parts of engines as packages, so that advisories can be matched with them. Their projects publish advisories by the names of
// their Go modules. Where the system's own package brings a part, its publisher mends old versions and says so by that package: the
// upstream number would tell of flaws that are long mended, and so is left out.
import type { Host } from "../../model/host.ts";
import type { Inventory } from "../../model/inventory.ts";
import type { Package } from "../../model/package.ts";
import { goProgram } from "../go-programs.ts";
import { type PlatformVersion, platformVersions } from "./host-summary.ts";

/** Packages of distributions, by the names of Debian, Ubuntu, Alpine, Fedora and their kin. */
const OF_SYSTEM: Readonly<Record<PlatformVersion["name"], readonly string[]>> = {
  Docker: ["docker.io", "docker", "docker-engine", "moby-engine", "moby"],
  containerd: ["containerd"],
  runc: ["runc"],
  Podman: ["podman"],
};

/** Parts that no package of the system brings. */
export function platformPackages(host: Host, { packages }: Pick<Inventory, "packages">): Package[] {
  const installed = new Set(packages.map(({ name }) => name));
  return platformVersions(host).flatMap(({ name, version, at }): Package[] => {
    const number = /^v?(\d+\.\d+\.\d+(?:-(?:rc|beta|alpha)[.\d]*)?)/.exec(version)?.[1];
    if (number === undefined || OF_SYSTEM[name].some((one) => installed.has(one))) return [];
    return [
      { ...goProgram(name, number), cataloger: "engine", locations: [{ path: at, layer: null }] },
    ];
  });
}
