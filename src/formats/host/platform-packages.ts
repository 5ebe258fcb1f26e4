// The parts of engines as packages, so that advisories can be matched with them. Their projects publish advisories by the names of
// their Go modules. Where the system's own package brings a part, its publisher mends old versions and says so by that package: the
// upstream number would tell of flaws that are long mended, and so is left out.
import type { Host } from "../../model/host.ts";
import type { Inventory } from "../../model/inventory.ts";
import type { Package } from "../../model/package.ts";
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
    const module = moduleOf(name, Number(number.split(".")[0]));
    const plus = name === "Docker" && module.endsWith("/docker") ? "+incompatible" : "";
    const written = `v${number}${plus}`;
    return [
      {
        type: "golang",
        name: module,
        version: written,
        purl: `pkg:golang/${module}@${encodeURIComponent(written)}`,
        cataloger: "engine",
        locations: [{ path: at, layer: null }],
      },
    ];
  });
}

/** From its second version on a module of Go bears the version's number in its name. */
function moduleOf(name: PlatformVersion["name"], major: number): string {
  switch (name) {
    case "Docker":
      return major >= 29 ? "github.com/moby/moby/v2" : "github.com/docker/docker";
    case "containerd":
      return major >= 2
        ? `github.com/containerd/containerd/v${major}`
        : "github.com/containerd/containerd";
    case "runc":
      return "github.com/opencontainers/runc";
    case "Podman":
      return major >= 2 ? `github.com/containers/podman/v${major}` : "github.com/containers/podman";
  }
}
