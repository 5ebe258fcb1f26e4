// Lock files of another scanner's integration tests with its advisory rows: the same vulnerabilities must come out. Like that
// scanner by default, the comparison leaves out what is only needed for development.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import type { AffectedPackage, AffectedRange } from "../../src/model/advisory.ts";
import { catalogers } from "../../src/plugins/catalogers/index.ts";
import { schemes } from "../../src/plugins/schemes/index.ts";
import { inventoryOf } from "../../src/stages/catalog/inventory.ts";
import type { PlacedReading } from "../../src/stages/catalog/read.ts";
import { readFile } from "../../src/stages/catalog/read.ts";
import { selectionOf } from "../../src/stages/catalog/select.ts";
import type { AdvisorySource } from "../../src/stages/match/contract.ts";
import { matchPackages } from "../../src/stages/match/match.ts";
import { lookUpName } from "../../src/stages/match/place.ts";
import { describeShared, sharedPath } from "../shared.ts";

const ROOT = sharedPath("data/goldens/trivy-lockfiles");

/** Golden and folder of `repo/`; what has no golden here is read all the same. */
const CASES: readonly (readonly [golden: string, folder: string])[] = [
  ["cargo.lock", "cargo"],
  ["composer.lock", "composer"],
  ["gomod", "gomod"],
  ["gradle", "gradle"],
  ["mix.lock", "mixlock"],
  ["npm", "npm"],
  ["nuget", "nuget"],
  ["pip", "pip"],
  ["pipenv", "pipenv"],
  ["pnpm", "pnpm"],
  ["poetry", "poetry"],
  ["pom", "pom"],
  ["yarn", "yarn"],
];

interface Golden {
  readonly Results?: readonly {
    readonly Target: string;
    readonly Vulnerabilities?: readonly {
      readonly VulnerabilityID: string;
      readonly PkgName: string;
      readonly InstalledVersion: string;
    }[];
  }[];
}

interface Bucket {
  readonly bucket: string;
  readonly pairs: readonly {
    readonly bucket: string;
    readonly pairs: readonly {
      readonly key: string;
      readonly value: {
        readonly VulnerableVersions?: readonly string[];
        readonly PatchedVersions?: readonly string[];
        readonly UnaffectedVersions?: readonly string[];
      };
    }[];
  }[];
}

/** Ecosystems as OSV names them, by the first word of a bucket of the rows. */
const ECOSYSTEMS: ReadonlyMap<string, string> = new Map([
  ["cargo", "crates.io"],
  ["composer", "Packagist"],
  ["erlang", "Hex"],
  ["go", "Go"],
  ["maven", "Maven"],
  ["npm", "npm"],
  ["nuget", "NuGet"],
  ["pip", "PyPI"],
  ["pub", "Pub"],
  ["rubygems", "RubyGems"],
]);

function sourceOf(folder: string): AdvisorySource {
  const buckets = readdirSync(folder).flatMap(
    (file): Bucket[] => parse(readFileSync(join(folder, file), "utf8")) ?? [],
  );
  const rows = new Map<string, AffectedPackage[]>();
  const ecosystems = new Set<string>();
  for (const { bucket, pairs } of buckets) {
    const ecosystem = ECOSYSTEMS.get(bucket.split("::", 1)[0] ?? "");
    if (ecosystem === undefined || !bucket.includes("::")) continue;
    ecosystems.add(ecosystem);
    for (const { bucket: name, pairs: advisories } of pairs) {
      const key = `${ecosystem}\0${name.toLowerCase()}`;
      const more = advisories.map(({ key: id, value }) => affected(id, value));
      rows.set(key, [...(rows.get(key) ?? []), ...more]);
    }
  }
  return {
    hasEcosystem: (ecosystem) => ecosystems.has(ecosystem),
    affected: (ecosystem, name) => rows.get(`${ecosystem}\0${name.toLowerCase()}`) ?? [],
    vulnerability: () => null,
  };
}

function affected(
  id: string,
  value: Bucket["pairs"][number]["pairs"][number]["value"],
): AffectedPackage {
  const ranges = (value.VulnerableVersions ?? []).map(rangeOf);
  return { advisory: id, vulnerabilities: [id], ranges, source: "golden" };
}

/** `>= 1, < 2`, `<= 2`, or Maven's `[1,2)`. */
function rangeOf(text: string): AffectedRange {
  const maven = /^[[(]([^,]*),([^)\]]*)([)\]])$/.exec(text);
  if (maven !== null) {
    const end = maven[3] === ")" ? { fixed: maven[2] ?? "" } : { lastAffected: maven[2] ?? "" };
    return { introduced: maven[1] || "0", ...end };
  }
  let range: AffectedRange = { introduced: "0" };
  for (const part of text.split(",").map((p) => p.trim())) {
    const version = part.replace(/^[<>=]+\s*/, "");
    if (part.startsWith(">=")) range = { ...range, introduced: version };
    else if (part.startsWith("<=")) range = { ...range, lastAffected: version };
    else if (part.startsWith("<")) range = { ...range, fixed: version };
  }
  return range;
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

/** What a scan of a project would say: vulnerability, package, version, file. */
function scanned(folder: string, source: AdvisorySource): string[] {
  const declared = catalogers.filter((c) => c.evidence === "declared");
  const selection = selectionOf(declared);
  const readings: PlacedReading[] = filesIn(folder).flatMap((path) => {
    const file = { path, bytes: readFileSync(join(folder, path)) };
    return readFile(file, selection.byName(path)).map((r) => ({ ...r, layer: null }));
  });
  const { inventory } = inventoryOf({
    catalogers: declared,
    readings,
    problems: [],
    place: (path) => path,
  });
  const packages = inventory.packages.filter((p) => p.development !== true);
  const { findings } = matchPackages({
    packages,
    distribution: null,
    source,
    schemes,
    artifactName: folder,
    complete: true,
    today: "2026-11-25",
  });
  return findings.flatMap((f) =>
    f.locations.map(({ path }) =>
      [
        path,
        f.vulnerability.id,
        lookUpName(f.package.type, f.package.name).toLowerCase(),
        f.package.version,
      ].join(" "),
    ),
  );
}

function goldenOf(name: string): string[] | null {
  const path = join(ROOT, `${name}.json.golden`);
  if (!existsSync(path)) return null;
  const golden: Golden = JSON.parse(readFileSync(path, "utf8"));
  return (golden.Results ?? []).flatMap(({ Target, Vulnerabilities }) =>
    (Vulnerabilities ?? []).map((v) =>
      [Target, v.VulnerabilityID, v.PkgName.toLowerCase(), v.InstalledVersion].join(" "),
    ),
  );
}

describeShared("lock files with advisory rows and expected vulnerabilities", () => {
  let source: AdvisorySource;
  const score = { same: 0, all: 0 };

  beforeAll(() => {
    source = sourceOf(join(ROOT, "db"));
  });

  afterAll(() => {
    process.stdout.write(`lock files: ${score.same} of ${score.all} expected vulnerabilities\n`);
  });

  test.each(CASES)("%s", (golden, folder) => {
    const expected = goldenOf(golden);
    const found = scanned(join(ROOT, "repo", folder), source).sort();
    score.all += expected?.length ?? 0;
    score.same += expected?.filter((e) => found.includes(e)).length ?? 0;
    if (expected !== null) expect(found).toEqual([...expected].sort());
  });
});
