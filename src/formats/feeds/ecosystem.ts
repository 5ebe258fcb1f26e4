// Names of ecosystems and packages in one spelling each, so that what is stored under one is found under another.
// Source: OSV schema 1.7, "Defined Ecosystems"; PEP 503; the registries' own rules on case.

/** Ecosystems of one registry each, whose suffix only names a mirror or repository: `Maven:https://…`. */
const REGISTRIES = new Set([
  "Bitnami",
  "Bioconductor",
  "CRAN",
  "ConanCenter",
  "GHC",
  "GitHub Actions",
  "Go",
  "Hackage",
  "Hex",
  "Maven",
  "NuGet",
  "Packagist",
  "Pub",
  "PyPI",
  "RubyGems",
  "SwiftURL",
  "VSCode",
  "crates.io",
  "npm",
  "opam",
]);

/**
 * One spelling for an ecosystem: `Ubuntu:22.04:LTS` is `Ubuntu:22.04`, `Packagist:https://packages.drupal.org/8` is
 * `Packagist`; everything else stays as OSV writes it. Never throws.
 */
export function canonicalEcosystem(ecosystem: string): string {
  const colon = ecosystem.indexOf(":");
  if (colon === -1) return ecosystem;
  const base = ecosystem.slice(0, colon);
  if (REGISTRIES.has(base)) return base;
  return base === "Ubuntu" && ecosystem.endsWith(":LTS") ? ecosystem.slice(0, -4) : ecosystem;
}

/** The part before the first colon: what distributions' releases have in common, and what a store file is named for. */
export function baseEcosystem(ecosystem: string): string {
  const colon = ecosystem.indexOf(":");
  return colon === -1 ? ecosystem : ecosystem.slice(0, colon);
}

/** One spelling for a package's name within its ecosystem. Idempotent; never throws. */
export function canonicalName(ecosystem: string, name: string): string {
  switch (ecosystem) {
    case "PyPI":
      return name.toLowerCase().replace(/[-_.]+/g, "-");
    case "NuGet":
    case "Packagist":
    case "Pub":
    case "Hex":
    case "GitHub Actions":
      return name.toLowerCase();
    default:
      return name;
  }
}
