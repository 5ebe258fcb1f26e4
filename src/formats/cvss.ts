// CVSS base scores out of vectors. Only base metrics count: threat and environment are ours to judge, and the scores that
// publishers print are base scores. Source: CVSS v2.0 guide 3.2.1; CVSS v3.1 specification 7.1 and Appendix A; v4.0 in cvss4.ts.
import type { CvssScore } from "../model/advisory.ts";
import type { Severity } from "../model/severity.ts";
import { cvss4Score } from "./cvss4.ts";

const VECTOR_LENGTH_MAX = 400;

/**
 * Reads a vector of any version: `CVSS:3.1/AV:N/…`, `CVSS:4.0/…`, or version 2's, which has no prefix. Never throws.
 *
 * @returns null when it is no vector, or lacks a base metric.
 */
export function parseCvss(text: string): CvssScore | null {
  if (text.length > VECTOR_LENGTH_MAX) return null;
  const bare = text.trim().replace(/^\(|\)$/g, "");
  const version = /^CVSS:(3\.[01]|4\.0)\//.exec(bare)?.[1] ?? "2.0";
  const metrics = metricsOf(version === "2.0" ? bare : bare.slice(9));
  const score = scorers[version as keyof typeof scorers](metrics);
  return score === null ? null : { version, vector: bare, score };
}

/** The rating scale of CVSS v3.1, section 5, which v4.0 keeps; v2's scores are read on it too, as NVD does. */
export function severityFromScore(score: number): Severity {
  if (score >= 9) return "critical";
  if (score >= 7) return "high";
  if (score >= 4) return "medium";
  return score > 0 ? "low" : "negligible";
}

/** Metrics by name; the first counts when one stands twice. */
export type Metrics = ReadonlyMap<string, string>;

function metricsOf(text: string): Metrics {
  const metrics = new Map<string, string>();
  for (const part of text.split("/")) {
    const colon = part.indexOf(":");
    const name = part.slice(0, colon);
    if (colon > 0 && !metrics.has(name)) metrics.set(name, part.slice(colon + 1));
  }
  return metrics;
}

const scorers = { "2.0": score2, "3.0": score3, "3.1": score3, "4.0": cvss4Score } as const;

type Weights = Readonly<Record<string, number>>;

function weightsOf(
  metrics: Metrics,
  tables: readonly (readonly [name: string, weights: Weights])[],
): readonly number[] | null {
  const weights: number[] = [];
  for (const [name, table] of tables) {
    const value = metrics.get(name) ?? "";
    const weight = Object.hasOwn(table, value) ? table[value] : undefined;
    if (weight === undefined) return null;
    weights.push(weight);
  }
  return weights;
}

const IMPACT2: Weights = { N: 0, P: 0.275, C: 0.66 };
const TABLES2 = [
  ["AV", { L: 0.395, A: 0.646, N: 1 }],
  ["AC", { H: 0.35, M: 0.61, L: 0.71 }],
  ["Au", { M: 0.45, S: 0.56, N: 0.704 }],
  ["C", IMPACT2],
  ["I", IMPACT2],
  ["A", IMPACT2],
] as const;

function score2(metrics: Metrics): number | null {
  const weights = weightsOf(metrics, TABLES2);
  if (weights === null) return null;
  const [av = 0, ac = 0, au = 0, c = 0, i = 0, a = 0] = weights;
  const impact = 10.41 * (1 - (1 - c) * (1 - i) * (1 - a));
  const exploitability = 20 * av * ac * au;
  const base = (0.6 * impact + 0.4 * exploitability - 1.5) * (impact === 0 ? 0 : 1.176);
  return Math.max(0, Math.round(base * 10) / 10);
}

const IMPACT3: Weights = { H: 0.56, L: 0.22, N: 0 };
const TABLES3 = [
  ["AV", { N: 0.85, A: 0.62, L: 0.55, P: 0.2 }],
  ["AC", { L: 0.77, H: 0.44 }],
  ["UI", { N: 0.85, R: 0.62 }],
  ["S", { U: 0, C: 1 }],
  ["C", IMPACT3],
  ["I", IMPACT3],
  ["A", IMPACT3],
] as const;
const PRIVILEGES_SAME: Weights = { N: 0.85, L: 0.62, H: 0.27 };
const PRIVILEGES_CHANGED: Weights = { N: 0.85, L: 0.68, H: 0.5 };

function score3(metrics: Metrics): number | null {
  const weights = weightsOf(metrics, TABLES3);
  if (weights === null) return null;
  const [av = 0, ac = 0, ui = 0, scope = 0, c = 0, i = 0, a = 0] = weights;
  const isChanged = scope === 1;
  const [pr] = weightsOf(metrics, [["PR", isChanged ? PRIVILEGES_CHANGED : PRIVILEGES_SAME]]) ?? [];
  if (pr === undefined) return null;
  const iss = 1 - (1 - c) * (1 - i) * (1 - a);
  const impact = isChanged ? 7.52 * (iss - 0.029) - 3.25 * (iss - 0.02) ** 15 : 6.42 * iss;
  if (impact <= 0) return 0;
  const sum = impact + 8.22 * av * ac * pr * ui;
  return roundUp(Math.min(isChanged ? 1.08 * sum : sum, 10));
}

/** Appendix A: the smallest number with one decimal that is not less, safe from floating-point dust. */
function roundUp(value: number): number {
  const fine = Math.round(value * 100_000);
  return fine % 10_000 === 0 ? fine / 100_000 : (Math.floor(fine / 10_000) + 1) / 10;
}
