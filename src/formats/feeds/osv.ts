// OSV records, of registries and distributions alike. Source: OSV schema 1.7.4 (https://ossf.github.io/osv-schema/).
// Traps: a record may repeat a package with disjoint ranges; events are not sorted; `withdrawn` records stay in the exports; a
// distribution names its CVEs in `upstream`, older ones in `related`, where others put different flaws; severity stands at the
// top, at a package, or in the free-form `database_specific` and `ecosystem_specific`; Go's stretches without an end may get one
// from `custom_ranges`.
//
// Stretches without an end are kept as they are written: "affected, and no fix is known". Of some it is not what their publisher
// means. In Bitnami's data of August 2026, 47 of 7,476 have none, neither `last_affected` nor `versions` beside them; more
// than half of those records say in their prose in which version the flaw was fixed (BIT-sqlite-2025-6965: 3.50.2), the others
// say nothing of a fix (Python's of 2026). Nothing that a program can read tells the two apart: prose is no data, and
// dropping both would hide the second. An exception or a VEX statement is the way out, and a report to the publisher, who does
// correct them (https://github.com/bitnami/vulndb/issues/256).
import type { AffectedPackage, CvssScore } from "../../model/advisory.ts";
import type { Severity } from "../../model/severity.ts";
import { parseCvss } from "../cvss.ts";
import { canonicalEcosystem, canonicalName } from "./ecosystem.ts";
import {
  type Fields,
  fieldsOf,
  ID_LENGTH_MAX,
  isCve,
  isPlain,
  listOf,
  momentOf,
  NAME_LENGTH_MAX,
  summaryOf,
  textOf,
  textsOf,
  VERSION_LENGTH_MAX,
} from "./fields.ts";
import { endedBy, type RangeEvent, toRanges } from "./ranges.ts";
import { severityFromWord } from "./severity-words.ts";
import type { FeedSink, OrderOf } from "./sink.ts";

const REFERENCES_MAX = 12;
const NAMES_MAX = 2_000;

/** Whether JSON has the shape of an OSV record. */
export function isOsv(value: Fields): boolean {
  return (
    typeof value["id"] === "string" &&
    typeof value["modified"] === "string" &&
    ("affected" in value || "schema_version" in value || "withdrawn" in value)
  );
}

/** Reads one record. Withdrawn ones say nothing. Never throws. */
export function readOsv(record: Fields, orderOf: OrderOf, sink: FeedSink): void {
  const id = textOf(record["id"], ID_LENGTH_MAX);
  if (id === null || !isPlain(id)) {
    sink.problem("it has no id");
    return;
  }
  const modified = momentOf(record["modified"]);
  if (modified !== null) sink.current(modified);
  if (typeof record["withdrawn"] === "string") return;
  const names = namesOf(id, record);
  readAffected(record, { id, names, orderOf, sink });
  describe(record, { id, names, modified, sink });
}

interface Names {
  readonly cves: readonly string[];
  readonly others: readonly string[];
  /** The record is a distribution's statement about an update or about its packages. */
  readonly isOfDistribution: boolean;
}

function namesOf(id: string, record: Fields): Names {
  const isOfDistribution = listOf(record["affected"]).some((affected) => {
    const ecosystem = fieldsOf(fieldsOf(affected)?.["package"])?.["ecosystem"];
    return typeof ecosystem === "string" && canonicalEcosystem(ecosystem).includes(":");
  });
  const direct = ["aliases", "upstream"].flatMap((key) => textsOf(record[key], ID_LENGTH_MAX));
  const all = new Set([id, ...direct].filter(isPlain).slice(0, NAMES_MAX));
  const cves = [...all].filter(isCve);
  if (cves.length === 0 && isOfDistribution)
    for (const name of textsOf(record["related"], ID_LENGTH_MAX).slice(0, NAMES_MAX))
      if (isCve(name)) cves.push(name);
  const others = [...all].filter((name) => name !== id && !isCve(name));
  return { cves: [...new Set(cves)], others, isOfDistribution };
}

interface Reading {
  readonly id: string;
  readonly names: Names;
  readonly orderOf: OrderOf;
  readonly sink: FeedSink;
}

/** Statements about one package are joined when they differ in nothing but versions. */
interface Statement {
  readonly ecosystem: string;
  readonly name: string;
  readonly ranges: AffectedPackage["ranges"][number][];
  /** The same ranges, as keys. */
  readonly said: Set<string>;
  readonly versions: string[];
  readonly about: Pick<AffectedPackage, "severity" | "module" | "architectures">;
}

function readAffected(record: Fields, reading: Reading): void {
  const statements = new Map<string, Statement>();
  for (const value of listOf(record["affected"])) {
    const affected = fieldsOf(value);
    if (affected === null) reading.sink.problem(`${reading.id} has a package that is no object`);
    else addStatement(statements, affected, { record, reading });
  }
  const vulnerabilities = [...reading.names.cves, ...reading.names.others].filter(
    (name) => name !== reading.id || isCve(name),
  );
  for (const { ecosystem, name, ranges, versions, about } of statements.values()) {
    if (ranges.length === 0 && versions.length === 0) continue;
    reading.sink.affected(ecosystem, name, {
      advisory: reading.id,
      vulnerabilities,
      ranges,
      ...(versions.length === 0 ? {} : { versions }),
      ...about,
      source: "osv",
    });
  }
}

function addStatement(
  statements: Map<string, Statement>,
  affected: Fields,
  { record, reading }: { record: Fields; reading: Reading },
): void {
  const named = fieldsOf(affected["package"]);
  // A statement about a repository alone, with commits, is no statement about a package.
  if (named === null) return;
  const writtenEcosystem = textOf(named["ecosystem"], NAME_LENGTH_MAX);
  const writtenName = textOf(named["name"], NAME_LENGTH_MAX);
  if (
    writtenEcosystem === null ||
    writtenName === null ||
    !isPlain(writtenName) ||
    !isPlain(writtenEcosystem)
  ) {
    reading.sink.problem(`${reading.id} has a package without ecosystem or name`);
    return;
  }
  const ecosystem = canonicalEcosystem(writtenEcosystem);
  const name = canonicalName(ecosystem, writtenName);
  const ranges = rangesWithin(affected, reading, ecosystem);
  const versions = textsOf(affected["versions"], VERSION_LENGTH_MAX).filter(isPlain);
  const about = aboutOf(record, affected, { ecosystem, ranges });
  const key = `${ecosystem}\n${name}\n${about.severity ?? ""}\n${about.module ?? ""}`;
  const known = statements.get(key);
  if (known === undefined) {
    const said = new Set(ranges.map(rangeKey));
    statements.set(key, { ecosystem, name, ranges, said, versions, about });
    return;
  }
  for (const version of versions) known.versions.push(version);
  for (const range of ranges) {
    const said = rangeKey(range);
    if (known.said.has(said)) continue;
    known.said.add(said);
    known.ranges.push(range);
  }
}

type Range = AffectedPackage["ranges"][number];

function rangeKey({ introduced, fixed, lastAffected }: Range): string {
  return JSON.stringify([introduced, fixed, lastAffected]);
}

/**
 * Go's database keeps beside the ranges what an advisory says in versions that could not be brought into those of the module. The
 * ranges then often never end, because no version that Go knows has the fix. Not in Go's documentation: so its records say.
 * @see https://pkg.go.dev/vuln/GO-2024-2428
 */
function rangesWithin(affected: Fields, reading: Reading, ecosystem: string): Range[] {
  const ranges = rangesOf(affected["ranges"], reading, ecosystem);
  const custom = fieldsOf(affected["ecosystem_specific"])?.["custom_ranges"];
  if (ecosystem !== "Go" || custom === undefined) return ranges;
  return endedBy(ranges, rangesOf(custom, reading, ecosystem), reading.orderOf(ecosystem));
}

function rangesOf(list: unknown, reading: Reading, ecosystem: string): Range[] {
  const ranges: Range[] = [];
  for (const value of listOf(list)) {
    const range = fieldsOf(value);
    // Ranges of commits say nothing about packages.
    if (range === null || (range["type"] !== "SEMVER" && range["type"] !== "ECOSYSTEM")) continue;
    const events = eventsOf(range);
    if (events === null) {
      reading.sink.problem(`${reading.id} has a range that cannot be read`);
      continue;
    }
    const order = isInDoubt(events) ? reading.orderOf(ecosystem) : null;
    for (const stretch of toRanges(events, order)) ranges.push(stretch);
  }
  return ranges;
}

/** Nearly all ranges are one pair in order, for which no versions need be compared. */
function isInDoubt(events: readonly RangeEvent[]): boolean {
  return events.length > 2 || events[0]?.kind !== "introduced";
}

const KINDS = [
  ["introduced", "introduced"],
  ["fixed", "fixed"],
  ["last_affected", "last"],
  ["limit", "fixed"],
] as const;

/** null when one is malformed: half a range would say something else than its publisher. */
function eventsOf(range: Fields): RangeEvent[] | null {
  const events: RangeEvent[] = [];
  for (const value of listOf(range["events"])) {
    const event = fieldsOf(value);
    for (const [key, kind] of KINDS) {
      if (event === null || !(key in event)) continue;
      const version = textOf(event[key], VERSION_LENGTH_MAX);
      if (version === null || !isPlain(version)) return null;
      // An unlimited limit, says the schema.
      if (!(key === "limit" && version === "*")) events.push({ kind, version });
    }
  }
  return events;
}

function aboutOf(
  record: Fields,
  affected: Fields,
  { ecosystem, ranges }: { ecosystem: string; ranges: readonly Range[] },
): Statement["about"] {
  const severity = packageSeverity(record, affected, ecosystem);
  const module = ranges.some((r) => r.fixed?.includes(".module_el") === true)
    ? moduleOf(record["summary"])
    : null;
  return { ...(severity === null ? {} : { severity }), ...(module === null ? {} : { module }) };
}

/** What a distribution says about its own package; what is said about the flaw goes to the description. */
function packageSeverity(record: Fields, affected: Fields, ecosystem: string): Severity | null {
  if (!ecosystem.includes(":")) return null;
  const specific = fieldsOf(affected["ecosystem_specific"]);
  const said =
    severityFromWord(specific?.["urgency"]) ??
    severityFromWord(specific?.["ubuntu_priority"]) ??
    severityFromWord(specific?.["severity"]);
  return said ?? typedWord(affected) ?? typedWord(record) ?? severityInSummary(record["summary"]);
}

/** Ubuntu's records have `{"type":"Ubuntu","score":"medium"}` among the severities. */
function typedWord(holder: Fields): Severity | null {
  for (const value of listOf(holder["severity"])) {
    const severity = severityFromWord(fieldsOf(value)?.["score"]);
    if (severity !== null) return severity;
  }
  return null;
}

/** Red Hat's rebuilds begin their titles with the rating: `Important: kernel security update`. */
function severityInSummary(summary: unknown): Severity | null {
  if (typeof summary !== "string") return null;
  const word = /^(Critical|Important|Moderate|Low): /.exec(summary)?.[1];
  return severityFromWord(word);
}

/** The stream that an advisory of a module names in its title: `nodejs:18 security update`. */
function moduleOf(summary: unknown): string | null {
  const text = textOf(summary, 300) ?? "";
  return /(?:^| )([a-zA-Z][\w.+-]{0,60}:[\w.+-]{1,40}) /.exec(`${text} `)?.[1] ?? null;
}

function describe(
  record: Fields,
  { id, names, modified, sink }: Omit<Reading, "orderOf"> & { modified: string | null },
): void {
  const text = textOf(record["summary"], 100_000) || textOf(record["details"], 1_000_000) || "";
  sink.described({
    id,
    cves: names.cves,
    aliases: names.others,
    rank: !names.isOfDistribution ? 0 : names.cves.length === 1 && /CVE-/.test(id) ? 1 : 2,
    summary: summaryOf(text, 200),
    severity: recordSeverity(record),
    cvss: cvssOf(record),
    publishedAt: momentOf(record["published"]),
    modifiedAt: modified,
    references: referencesOf(record),
  });
}

function recordSeverity(record: Fields): Severity | null {
  const said = severityFromWord(fieldsOf(record["database_specific"])?.["severity"]);
  if (said !== null) return said;
  for (const value of listOf(record["affected"])) {
    const affected = fieldsOf(value);
    for (const key of ["database_specific", "ecosystem_specific"]) {
      const severity = severityFromWord(fieldsOf(affected?.[key])?.["severity"]);
      if (severity !== null) return severity;
    }
  }
  return severityInSummary(record["summary"]);
}

/** The record's vectors; those of its packages when it has none, as Bitnami writes them. Each once. */
function cvssOf(record: Fields): CvssScore[] {
  const scores = new Map<string, CvssScore>();
  addCvss(scores, record);
  if (scores.size === 0)
    for (const affected of listOf(record["affected"]).slice(0, 20)) {
      const fields = fieldsOf(affected);
      if (fields !== null) addCvss(scores, fields);
      addVector(scores, fieldsOf(fields?.["database_specific"])?.["cvss"]);
    }
  return [...scores.values()].slice(0, 6);
}

function addCvss(scores: Map<string, CvssScore>, holder: Fields): void {
  for (const value of listOf(holder["severity"]).slice(0, 20))
    addVector(scores, fieldsOf(value)?.["score"]);
}

function addVector(scores: Map<string, CvssScore>, vector: unknown): void {
  const score = typeof vector === "string" ? parseCvss(vector) : null;
  if (score !== null) scores.set(score.vector, score);
}

function referencesOf(record: Fields): string[] {
  const urls = new Set<string>();
  for (const value of listOf(record["references"])) {
    if (urls.size >= REFERENCES_MAX) break;
    const url = textOf(fieldsOf(value)?.["url"], 500);
    if (url !== null && isPlain(url) && /^https?:\/\//.test(url)) urls.add(url);
  }
  return [...urls];
}
