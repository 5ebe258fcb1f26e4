/** How bad in general; given by the source. From worst to least; `unknown` is not "harmless". */
export const SEVERITIES = ["critical", "high", "medium", "low", "negligible", "unknown"] as const;

export type Severity = (typeof SEVERITIES)[number];

/** Thresholds a user can name in `--fail-on`. */
export const THRESHOLDS = ["low", "medium", "high", "critical"] as const;
export type Threshold = (typeof THRESHOLDS)[number];

const RANK: Record<Severity, number> = {
  critical: 5,
  high: 4,
  medium: 3,
  low: 2,
  negligible: 1,
  unknown: 0,
};

/** Orders from worst to least. */
export function compareSeverity(a: Severity, b: Severity): number {
  return RANK[b] - RANK[a];
}

/** Whether a severity reaches a threshold. `unknown` never does by itself; `decide` reports those apart. */
export function reaches(severity: Severity, threshold: Threshold): boolean {
  return RANK[severity] >= RANK[threshold];
}

const PLAIN_SCORES: Readonly<Record<Severity, number>> = {
  critical: 90,
  high: 70,
  medium: 45,
  low: 20,
  negligible: 5,
  unknown: 30,
};

/** The priority, 0 to 100, of what is known by its severity alone. */
export function plainScore(severity: Severity): number {
  return PLAIN_SCORES[severity];
}
