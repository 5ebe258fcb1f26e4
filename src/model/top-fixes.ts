// The few fixes that do most good over everything that was scanned.
import { artifactName } from "./answer.ts";
import { type FixGroup, groupByFix } from "./fix-group.ts";
import type { ScanResult } from "./scan.ts";

/** One upgrade, over all artifacts that need it. */
export interface TopFix {
  readonly type: FixGroup["type"];
  readonly upgrade: string;
  readonly knownExploited: number;
  /** Different vulnerabilities that it closes. */
  readonly closes: number;
  /** The highest priority of any of them. */
  readonly score: number;
  readonly reasons: readonly string[];
  /** Where: the most urgent first. */
  readonly places: readonly TopFixPlace[];
}

export interface TopFixPlace {
  readonly artifact: string;
  readonly target: string;
  readonly from: string;
  readonly to: string;
  readonly closes: number;
}

/**
 * Ranks upgrades over the newest result of each artifact: by the most urgent flaw, then by in how many artifacts, then by how
 * many flaws they close.
 *
 * @param results Newest first; older results of the same name are passed over.
 */
export function topFixes(results: readonly ScanResult[], max: number): TopFix[] {
  const gathered = new Map<string, { group: FixGroup; place: TopFixPlace }[]>();
  for (const result of newest(results)) {
    for (const group of groupByFix(result.findings).fixes) {
      const key = `${group.type}\n${group.upgrade}`;
      const place = placeOf(result, group);
      gathered.set(key, [...(gathered.get(key) ?? []), { group, place }]);
    }
  }
  return [...gathered.values()].flatMap(toTopFix).sort(byUrgency).slice(0, max);
}

/** One result for each name: what is deployed now, as far as we know. */
export function newest(results: readonly ScanResult[]): ScanResult[] {
  const byName = new Map<string, ScanResult>();
  for (const result of results) {
    const name = artifactName(result.artifact);
    if (!byName.has(name)) byName.set(name, result);
  }
  return [...byName.values()];
}

function placeOf(result: ScanResult, { from, to, flaws }: FixGroup): TopFixPlace {
  const { artifact } = result;
  const closes = flaws.length;
  return { artifact: artifactName(artifact), target: artifact.target, from, to, closes };
}

function toTopFix(entries: readonly { group: FixGroup; place: TopFixPlace }[]): TopFix[] {
  const sorted = entries.toSorted((a, b) => b.group.score - a.group.score);
  const [first] = sorted;
  if (first === undefined) return [];
  const flaws = sorted.flatMap(({ group }) => group.flaws);
  const exploited = flaws.filter((f) =>
    f.findings.some((finding) => finding.vulnerability.knownExploited !== null),
  );
  return [
    {
      type: first.group.type,
      upgrade: first.group.upgrade,
      knownExploited: new Set(exploited.map((f) => f.id)).size,
      closes: new Set(flaws.map((f) => f.id)).size,
      score: first.group.score,
      reasons: first.group.flaws[0]?.findings[0]?.priority.reasons ?? [],
      places: sorted.map(({ place }) => place),
    },
  ];
}

function byUrgency(a: TopFix, b: TopFix): number {
  return (
    b.score - a.score ||
    b.places.length - a.places.length ||
    b.closes - a.closes ||
    (a.upgrade < b.upgrade ? -1 : 1)
  );
}
