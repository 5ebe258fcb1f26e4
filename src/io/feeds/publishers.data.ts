// Where publishers keep their data. One table, so that each address can be seen, and replaced with `--source ID=ADDRESS`.

/** One file of one publisher. */
export interface Publisher {
  /** Also the name of the file under which it is kept. */
  readonly id: string;
  readonly title: string;
  readonly address: string;
  /** Not fetched unless asked for: large, or told better by another. */
  readonly isOptional?: true;
}

const OSV = "https://osv-vulnerabilities.storage.googleapis.com";

function osv(ecosystem: string, isOptional?: true): Publisher {
  const id = `osv-${ecosystem.toLowerCase().replaceAll(/[^a-z0-9.]+/g, "-")}`;
  return {
    id,
    title: `${ecosystem}, from OSV`,
    address: `${OSV}/${encodeURIComponent(ecosystem)}/all.zip`,
    ...(isOptional === undefined ? {} : { isOptional }),
  };
}

function alpine(release: string): Publisher[] {
  return ["main", "community"].map((repository) => ({
    id: `alpine-${release}-${repository}`,
    title: `Alpine ${release} ${repository}`,
    address: `https://secdb.alpinelinux.org/${release}/${repository}.json`,
  }));
}

/** Releases that have a list of their own; the oldest are past their end of life, and still run. */
const ALPINE = [...Array.from({ length: 15 }, (_, i) => `v3.${i + 10}`), "edge"];

/** Every publisher, in the order in which they are asked. */
export const publishers: readonly Publisher[] = [
  osv("npm"),
  osv("PyPI"),
  osv("Go"),
  osv("Maven"),
  osv("NuGet"),
  osv("RubyGems"),
  osv("Packagist"),
  osv("crates.io"),
  osv("Hex"),
  osv("Pub"),
  osv("Bitnami"),
  ...ALPINE.flatMap(alpine),
  {
    id: "debian-tracker",
    title: "Debian's security tracker",
    address: "https://security-tracker.debian.org/tracker/data/json",
  },
  osv("Debian", true),
  osv("Ubuntu"),
  osv("AlmaLinux"),
  osv("Rocky Linux"),
  osv("Red Hat"),
  osv("SUSE", true),
  osv("openSUSE"),
  osv("Wolfi"),
  osv("Chainguard"),
  osv("Alpaquita"),
  osv("BellSoft Hardened Containers"),
  {
    id: "kev",
    title: "known exploited vulnerabilities, from CISA",
    address: "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json",
  },
  {
    id: "epss",
    title: "exploit prediction scores, from FIRST",
    address: "https://epss.cyentia.com/epss_scores-current.csv.gz",
  },
];
