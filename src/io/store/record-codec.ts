// How records stand in the store: JSON lists whose places are the fields, empty ends cut off. Small, read by the engine's own
// parser, and readable with any tool. A change of meaning raises SCHEMA in manifest.ts.
import type {
  AffectedPackage,
  AffectedRange,
  CvssScore,
  Vulnerability,
} from "../../model/advisory.ts";
import { SEVERITIES } from "../../model/severity.ts";

type StoredRange =
  | readonly [introduced: string]
  | readonly [introduced: string, fixed: string]
  | readonly [introduced: string, none: 0, lastAffected: string];

/** `vulnerabilities` is 0 where the list is long and stands in a record of the advisory, which many packages share. */
type StoredAffected = readonly [
  advisory: string,
  vulnerabilities: readonly string[] | 0,
  ranges: readonly StoredRange[],
  source: string,
  severity?: number | null,
  versions?: string | null,
  state?: number | null,
  module?: string | null,
  architectures?: readonly string[] | null,
];

const STATES = ["wont-fix", "not-affected", "under-investigation"] as const;

/** Longer lists stand once per advisory instead of once per package. */
export const VULNERABILITIES_INLINE = 3;

/** One statement as text. Versions hold no line ends: readers refuse those that do. */
export function encodeAffected(said: AffectedPackage): string {
  const list: unknown[] = [
    said.advisory,
    said.vulnerabilities.length > VULNERABILITIES_INLINE ? 0 : said.vulnerabilities,
    said.ranges.map(encodeRange),
    said.source,
    said.severity === undefined ? null : SEVERITIES.indexOf(said.severity),
    said.versions === undefined ? null : said.versions.join("\n"),
    said.state === undefined ? null : STATES.indexOf(said.state),
    said.module ?? null,
    said.architectures ?? null,
  ];
  while (list.at(-1) === null) list.pop();
  return JSON.stringify(list);
}

function encodeRange(range: AffectedRange): StoredRange {
  if (range.fixed !== undefined) return [range.introduced, range.fixed];
  return range.lastAffected === undefined
    ? [range.introduced]
    : [range.introduced, 0, range.lastAffected];
}

/**
 * All statements about a package, from `[…,…]` of {@link encodeAffected}.
 *
 * @param longList Finds the vulnerabilities of an advisory whose list stands apart.
 * @throws SyntaxError or TypeError on anything else.
 */
export function decodeAffected(
  value: Buffer,
  longList: (advisory: string) => readonly string[],
): AffectedPackage[] {
  const stored = JSON.parse(value.toString()) as readonly StoredAffected[];
  return stored.map((list) => {
    const [advisory, vulnerabilities, ranges, source, severity, versions, state, module, archs] =
      list;
    return {
      advisory,
      vulnerabilities: vulnerabilities === 0 ? longList(advisory) : vulnerabilities,
      ranges: ranges.map(decodeRange),
      ...(typeof versions === "string" ? { versions: versions.split("\n") } : {}),
      ...(typeof severity === "number" ? { severity: SEVERITIES[severity] ?? "unknown" } : {}),
      ...decodeState(state),
      ...(typeof module === "string" ? { module } : {}),
      ...(Array.isArray(archs) ? { architectures: archs as readonly string[] } : {}),
      source,
    };
  });
}

function decodeState(state: number | null | undefined): Pick<AffectedPackage, "state"> {
  const word = typeof state === "number" ? STATES[state] : undefined;
  return word === undefined ? {} : { state: word };
}

function decodeRange(range: StoredRange): AffectedRange {
  const [introduced, fixed, lastAffected] = range;
  if (typeof fixed === "string") return { introduced, fixed };
  return lastAffected === undefined ? { introduced } : { introduced, lastAffected };
}

type StoredCvss = readonly [version: string, vector: string, score: number];

type StoredVulnerability = readonly [
  id: string,
  aliases: readonly string[],
  summary: string,
  severity: number,
  cvss: readonly StoredCvss[],
  published?: string | null,
  modified?: string | null,
  references?: readonly string[] | null,
  epss?: readonly [probability: number, percentile: number, date: string] | null,
  known?: readonly [addedAt: string, dueAt: string | null, ransomware: 0 | 1] | null,
];

/** A description as text. */
export function encodeVulnerability(v: Vulnerability): string {
  const list: unknown[] = [
    v.id,
    v.aliases,
    v.summary,
    SEVERITIES.indexOf(v.severity),
    v.cvss.map((c) => [c.version, c.vector, c.score]),
    v.publishedAt,
    v.modifiedAt,
    v.references.length === 0 ? null : v.references,
    v.epss === null ? null : [v.epss.probability, v.epss.percentile, v.epss.date],
    v.knownExploited === null
      ? null
      : [v.knownExploited.addedAt, v.knownExploited.dueAt, v.knownExploited.ransomware ? 1 : 0],
  ];
  while (list.at(-1) === null) list.pop();
  return JSON.stringify(list);
}

/** @throws SyntaxError or TypeError on anything else than {@link encodeVulnerability} wrote. */
export function decodeVulnerability(value: Buffer): Vulnerability {
  const [id, aliases, summary, severity, cvss, published, modified, references, epss, known] =
    JSON.parse(value.toString()) as StoredVulnerability;
  return {
    id,
    aliases,
    summary,
    severity: SEVERITIES[severity] ?? "unknown",
    cvss: cvss.map(([version, vector, score]): CvssScore => ({ version, vector, score })),
    epss: epss ? { probability: epss[0], percentile: epss[1], date: epss[2] } : null,
    knownExploited: known
      ? { addedAt: known[0], dueAt: known[1], ransomware: known[2] === 1 }
      : null,
    publishedAt: published ?? null,
    modifiedAt: modified ?? null,
    references: references ?? [],
  };
}
