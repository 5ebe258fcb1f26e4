// What people judged of another scanner's matches, package by package: which are true and which false. The advisory data here
// knows what was fixed and not what is unfixed, and of some images only one ecosystem, so that the score counts labels that the
// data can answer at all; what differs is listed with its reason.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { beforeAll, expect, test } from "vitest";
import type { Distribution } from "../../src/model/distribution.ts";
import type { Package, PackageType } from "../../src/model/package.ts";
import { schemes } from "../../src/plugins/schemes/index.ts";
import type { AdvisorySource } from "../../src/stages/match/contract.ts";
import { matchPackages } from "../../src/stages/match/match.ts";
import { lookUpName } from "../../src/stages/match/place.ts";
import { describeShared, sharedPath } from "../shared.ts";
import { memorySource } from "./memory-source.ts";

interface Label {
  readonly label: "TP" | "FP" | "??";
  readonly image: { readonly exact?: string };
  /** Absent where the label is about every package of the image. */
  readonly package?: { readonly name: string; readonly version: string };
  readonly vulnerability_id: string;
  readonly effective_cve?: string;
}

/** A label whose flaw the data name for the package, in whatever range. */
interface Judged {
  readonly label: Label;
  readonly name: string;
  readonly version: string;
  readonly isFound: boolean;
}

const LABELS = "data/goldens/labels/vulnerability-match-labels.ndjson.gz";

let labels: readonly Label[] = [];

/** @param image Part of its digest; null for labels of all images. */
function judge(
  image: string | null,
  source: AdvisorySource,
  how: { type: PackageType; ecosystem: string; distribution: Distribution | null },
): Judged[] {
  const judged: Judged[] = [];
  for (const label of labels) {
    const isOf = image === null || label.image.exact?.includes(image) === true;
    if (label.package === undefined || label.label === "??" || !isOf) continue;
    const { name, version } = label.package;
    const names = new Set([label.vulnerability_id, label.effective_cve ?? label.vulnerability_id]);
    const isKnown = source
      .affected(how.ecosystem, lookUpName(how.type, name))
      .some((said) => [said.advisory, ...said.vulnerabilities].some((n) => names.has(n)));
    if (isKnown)
      judged.push({
        label,
        name,
        version,
        isFound: isFound(label.package, names, { ...how, source }),
      });
  }
  return judged;
}

function isFound(
  named: { readonly name: string; readonly version: string },
  names: ReadonlySet<string>,
  by: { type: PackageType; distribution: Distribution | null; source: AdvisorySource },
): boolean {
  const { type, distribution, source } = by;
  const purl = `pkg:${type}/${named.name}@${named.version}`;
  const found: Package = { ...named, type, purl, cataloger: "label", locations: [] };
  const { findings } = matchPackages({
    packages: [found],
    distribution,
    source,
    schemes,
    artifactName: "labels",
    complete: true,
    today: "2026-11-25",
  });
  return findings.some(({ vulnerability: { id, aliases } }) =>
    [id, ...aliases].some((name) => names.has(name)),
  );
}

interface Score {
  readonly truePositives: number;
  readonly falseNegatives: number;
  readonly trueNegatives: number;
  /** Labels that differ: what people judged, the flaw, the package. */
  readonly differences: readonly string[];
}

function scoreOf(judged: readonly Judged[]): Score {
  const count = (label: string, isMatch: boolean): number =>
    judged.filter((j) => j.label.label === label && j.isFound === isMatch).length;
  return {
    truePositives: count("TP", true),
    falseNegatives: count("TP", false),
    trueNegatives: count("FP", false),
    differences: judged
      .filter((j) => j.isFound !== (j.label.label === "TP"))
      .map(({ label: l, name, version }) => `${l.label} ${l.vulnerability_id} ${name} ${version}`)
      .sort(),
  };
}

const missed = (score: Score): string[] => score.differences.filter((d) => d.startsWith("TP"));

const ZIP = (ecosystem: string): string => sharedPath(`data/osv/${ecosystem}/all.zip`);

describeShared("judged matches", () => {
  beforeAll(() => {
    labels = gunzipSync(readFileSync(sharedPath(LABELS)))
      .toString()
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Label);
  });

  test("of AlmaLinux 8", { timeout: 120_000 }, () => {
    const source = memorySource([ZIP("AlmaLinux")]);
    const name = "AlmaLinux 8.5";
    const distribution = { id: "almalinux", versionId: "8.5", codename: null, name, like: [] };
    const how = { type: "rpm", ecosystem: "AlmaLinux:8", distribution } as const;
    expect(scoreOf(judge("almalinux@sha256:cd49d7250e", source, how))).toEqual({
      truePositives: 111,
      falseNegatives: 0,
      trueNegatives: 0,
      // The Python package of that name, which the label means: an inventory has it as `pypi`, and it belongs to an rpm.
      differences: [
        "FP CVE-2021-35937 rpm 4.14.3",
        "FP CVE-2021-35938 rpm 4.14.3",
        "FP CVE-2021-35939 rpm 4.14.3",
      ],
    });
  });

  test("of Go modules and programs, in all images", { timeout: 120_000 }, () => {
    const how = { type: "golang", ecosystem: "Go", distribution: null } as const;
    expect(scoreOf(judge(null, memorySource([ZIP("Go")]), how))).toEqual({
      truePositives: 47,
      falseNegatives: 0,
      trueNegatives: 0,
      // Flaws of the daemon, judged false because the program uses the client's code only; versions do not tell that.
      differences: [
        "FP GHSA-232p-vwff-86mp github.com/docker/docker v20.10.18+incompatible",
        "FP GHSA-33pg-m6jh-5237 github.com/docker/docker v20.10.18+incompatible",
        "FP GHSA-6wrf-mxfj-pf5p github.com/docker/docker v20.10.18+incompatible",
      ],
    });
  });

  test("of Python packages, in all images", { timeout: 120_000 }, () => {
    const how = { type: "pypi", ecosystem: "PyPI", distribution: null } as const;
    const score = scoreOf(judge(null, memorySource([ZIP("PyPI")]), how));
    expect([score.truePositives, missed(score)]).toEqual([
      24,
      [
        // An rpm's version, which is none of Python's: told as a problem instead of compared.
        "TP CVE-2020-8927 brotli 1.0.6-2.el8",
        "TP CVE-2020-8927 brotli 1.0.6-2.el8",
        // The record's range begins with 2.2 here, and was wider when people judged.
        "TP CVE-2021-44420 Django 1.11.29",
        "TP GHSA-v6rh-hp5x-86rv Django 1.11.29",
      ],
    ]);
    // What was judged false is of other makers: Jenkins plug-ins and programs of the same name, or patched by Red Hat.
    const names = score.differences.filter((d) => d.startsWith("FP")).map((d) => d.split(" ")[2]);
    expect([...new Set(names)].sort()).toEqual(["mercurial", "swift", "urllib3"]);
  });

  test("of npm packages, in all images", { timeout: 120_000 }, () => {
    const how = { type: "npm", ecosystem: "npm", distribution: null } as const;
    const score = scoreOf(judge(null, memorySource([ZIP("npm")]), how));
    expect(score.truePositives).toBe(40);
    // Ranges that were narrowed since people judged: these flaws came with lodash 3.7 and 4.0 and with tar 3.0.
    const names = missed(score).map((d) => d.split(" ").slice(2).join(" "));
    expect([...new Set(names)].sort()).toEqual([
      "lodash 2.4.2",
      "lodash 3.10.1",
      "tar 1.0.3",
      "tar 2.2.1",
    ]);
  });
});
