// Where advisories about a package stand: in which ecosystem, under which name, and by which version they are compared.
import type { Distribution } from "../../model/distribution.ts";
import type { FoundPackage, PackageType } from "../../model/package.ts";
import { DEBIAN_CODENAMES, SYSTEMS, type System } from "./systems.data.ts";

/** What to look up. */
export interface Place {
  /** As OSV writes them; a distribution may have several names or parts, and all that the source has are looked up. */
  readonly ecosystems: readonly string[];
  readonly name: string;
  readonly version: string;
  /** Id of the scheme by which the versions are ordered. */
  readonly scheme: string;
}

/** Why a package cannot be looked up at all. */
export type Nowhere = "distribution-unknown" | "distribution-unsupported";

/** Ecosystem and scheme of the language packages. */
const REGISTRIES: Readonly<
  Partial<Record<PackageType, readonly [ecosystem: string, scheme: string]>>
> = {
  npm: ["npm", "semver"],
  pypi: ["PyPI", "pep440"],
  golang: ["Go", "go"],
  cargo: ["crates.io", "semver"],
  gem: ["RubyGems", "rubygems"],
  maven: ["Maven", "maven"],
  nuget: ["NuGet", "nuget"],
  composer: ["Packagist", "composer"],
  hex: ["Hex", "hex"],
  pub: ["Pub", "pub"],
  // Nobody publishes advisories about them, which a full store shows by not having the ecosystem.
  conda: ["conda", "generic"],
  bitnami: ["Bitnami", "bitnami"],
  generic: ["generic", "generic"],
};

/** Where advisories about a package stand. */
export function placeOf(found: FoundPackage, distribution: Distribution | null): Place | Nowhere {
  const registry = REGISTRIES[found.type];
  if (registry !== undefined) {
    const [ecosystem, scheme] = registry;
    const name = lookUpName(found.type, found.name);
    return { ecosystems: [ecosystem], name, version: found.version, scheme };
  }
  if (distribution === null) return "distribution-unknown";
  const system = systemOf(distribution);
  if (system === null) return "distribution-unsupported";
  // Packages of another kind of system than the one that is stated: a tool's own database, not this distribution's.
  if (system.type !== found.type) return "distribution-unknown";
  const ecosystems = ecosystemsOf(system, distribution);
  if (ecosystems.length === 0) return "distribution-unsupported";
  const named = system.names === "source" && found.source !== undefined ? found.source : found;
  return { ecosystems, name: named.name, version: named.version, scheme: system.type };
}

/** One spelling for names that a registry does not tell apart. */
export function lookUpName(type: PackageType, name: string): string {
  switch (type) {
    case "pypi":
      return name.toLowerCase().replace(/[-_.]+/g, "-");
    case "nuget":
    case "composer":
    case "hex":
    case "pub":
      return name.toLowerCase();
    default:
      return name;
  }
}

/**
 * Id of the scheme that orders the versions of an ecosystem, by the name that OSV gives it; null for ecosystems whose
 * packages we do not find.
 */
export function schemeIdOf(ecosystem: string): string | null {
  const colon = ecosystem.indexOf(":");
  const base = colon === -1 ? ecosystem : ecosystem.slice(0, colon);
  return SCHEME_BY_BASE.get(base) ?? null;
}

const SCHEME_BY_BASE: ReadonlyMap<string, string> = new Map([
  ...Object.values(REGISTRIES),
  ...[...SYSTEMS.values()].flatMap(({ ecosystems, type }) =>
    ecosystems.map((written) => [written.split(":", 1)[0] ?? "", type] as const),
  ),
]);

/** CentOS Linux up to 8 was Red Hat's, rebuilt under the same numbers; CentOS Stream is ahead of it. */
function systemOf(distribution: Distribution): System | null {
  if (distribution.id !== "centos") return SYSTEMS.get(distribution.id) ?? null;
  const isRebuild = /^[5-8]\b/.test(distribution.versionId ?? "");
  return isRebuild && !/stream/i.test(distribution.name) ? (SYSTEMS.get("rhel") ?? null) : null;
}

function ecosystemsOf(system: System, distribution: Distribution): string[] {
  const release = releaseOf(system, distribution);
  if (release === null) return [];
  const written = system.ecosystems.map((name) => name.replace("*", release));
  return distribution.id === "alpine" && release === "edge" ? ["Alpine:edge"] : written;
}

/** null when the release that the ecosystem's name needs is not stated. */
function releaseOf(system: System, { id, versionId, codename }: Distribution): string | null {
  if (system.release === "rolling") return "";
  if (versionId === null) return unnumbered(id, codename);
  if (id === "alpine" && /_alpha|edge/.test(versionId)) return "edge";
  const [major = "", minor] = versionId.split(/[.\s]/);
  if (id === "sles") return minor === undefined ? major : `${major} SP${minor}`;
  if (system.release === "whole") return versionId;
  if (system.release === "major") return major;
  return minor === undefined ? null : `${major}.${minor}`;
}

function unnumbered(id: string, codename: string | null): string | null {
  if (id === "alpine") return "edge";
  if (id === "alpaquita" || id === "bellsoft-hardened-containers") return "stream";
  return id === "debian" && codename !== null ? (DEBIAN_CODENAMES.get(codename) ?? null) : null;
}
