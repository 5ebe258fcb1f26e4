// The advisories that are built in: a few hundred flaws that are known to be exploited or made a name. They answer where there is
// no store, so that the very first scan says something; what they do not know they do not deny, and the verdict is undecided.
import type {
  AdvisoryData,
  AffectedPackage,
  AffectedRange,
  CvssScore,
  KnownExploited,
  Vulnerability,
} from "../../model/advisory.ts";
import { SEVERITIES, type Severity } from "../../model/severity.ts";
import type { AdvisorySource } from "./contract.ts";
import { STARTER_LINES } from "./starter.data.ts";

interface Pack {
  /** By ecosystem, then by package. */
  readonly affected: ReadonlyMap<string, ReadonlyMap<string, readonly AffectedPackage[]>>;
  /** By id and by every other name. */
  readonly flaws: ReadonlyMap<string, Vulnerability>;
}

const NOTHING: readonly AffectedPackage[] = [];
const PACK: Pack = packOf(STARTER_LINES);

/** The built-in pack. Names are written as the store has them (PEP 503, lower case for NuGet and Packagist). */
export function starterSource(): AdvisorySource {
  return {
    hasEcosystem: (ecosystem) => PACK.affected.has(ecosystem),
    affected: (ecosystem, name) => PACK.affected.get(ecosystem)?.get(name) ?? NOTHING,
    vulnerability: (id) => PACK.flaws.get(id) ?? null,
  };
}

/** What the pack is: never full, and without an age, because it is as old as the program. */
export const STARTER_DATA: AdvisoryData = {
  kind: "starter",
  builtAt: null,
  ageHours: null,
  ecosystems: [...PACK.affected.keys()].sort(),
  advisories: STARTER_LINES.length,
};

function packOf(lines: readonly string[]): Pack {
  const affected = new Map<string, Map<string, AffectedPackage[]>>();
  const flaws = new Map<string, Vulnerability>();
  for (const line of lines) {
    const columns = line.split("\t");
    const [id = "", , , , , , packages = ""] = columns;
    const sources = packages.split(" ").map((text) => addPackages(affected, id, text));
    const flaw = flawOf(columns, new Set(sources.flat()));
    for (const name of [id, ...flaw.aliases]) if (!flaws.has(name)) flaws.set(name, flaw);
    flaws.set(id, flaw);
  }
  return { affected, flaws };
}

/** @returns Addresses of advisories that have no id of their own. */
function addPackages(
  into: Map<string, Map<string, AffectedPackage[]>>,
  id: string,
  text: string,
): string[] {
  const [ecosystems = "", name = "", ranges = "", cited = ""] = text.split(";");
  const isAddress = cited.startsWith("https://");
  const said: AffectedPackage = {
    advisory: cited === "" || isAddress ? id : cited,
    vulnerabilities: [id],
    ...rangesOf(ranges),
    source: "starter",
  };
  for (const ecosystem of ecosystemsOf(ecosystems)) {
    const packages = into.get(ecosystem) ?? new Map<string, AffectedPackage[]>();
    into.set(ecosystem, packages);
    packages.set(name, [...(packages.get(name) ?? []), said]);
  }
  return isAddress ? [cited] : [];
}

/** `Alpine:v3.17,v3.18` names two. */
function ecosystemsOf(text: string): string[] {
  const colon = text.indexOf(":");
  if (colon === -1) return [text];
  const base = text.slice(0, colon + 1);
  return text
    .slice(colon + 1)
    .split(",")
    .map((release) => base + release);
}

function rangesOf(text: string): Pick<AffectedPackage, "ranges" | "versions"> {
  const parts = text.split("|");
  const versions = parts.filter((part) => part.startsWith("=")).map((part) => part.slice(1));
  const ranges = parts.filter((part) => !part.startsWith("=")).map(rangeOf);
  return versions.length === 0 ? { ranges } : { ranges, versions };
}

function rangeOf(text: string): AffectedRange {
  const less = text.indexOf("<");
  if (less === -1) return { introduced: text };
  const introduced = text.slice(0, less);
  return text[less + 1] === "="
    ? { introduced, lastAffected: text.slice(less + 2) }
    : { introduced, fixed: text.slice(less + 1) };
}

function flawOf(columns: readonly string[], addresses: ReadonlySet<string>): Vulnerability {
  const [id = "", severity = "", summary = "", aliases = "", cvss = "", exploited = ""] = columns;
  return {
    id,
    aliases: wordsOf(aliases),
    summary,
    severity: severityOf(severity),
    cvss: wordsOf(cvss).map(scoreOf),
    epss: null,
    knownExploited: exploitedOf(exploited),
    publishedAt: null,
    modifiedAt: null,
    references: [...addresses, `https://osv.dev/vulnerability/${id}`],
  };
}

function severityOf(word: string): Severity {
  return SEVERITIES.find((severity) => severity === word) ?? "unknown";
}

function scoreOf(text: string): CvssScore {
  const [vector = "", score = ""] = text.split("=");
  return { version: /^CVSS:([\d.]+)/.exec(vector)?.[1] ?? "2.0", vector, score: Number(score) };
}

function exploitedOf(text: string): KnownExploited | null {
  const [addedAt, dueAt, use] = wordsOf(text);
  if (addedAt === undefined) return null;
  return {
    addedAt,
    dueAt: dueAt === undefined || dueAt === "-" ? null : dueAt,
    ransomware: use === "ransomware",
  };
}

function wordsOf(text: string): string[] {
  return text === "" ? [] : text.split(" ");
}
