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

/** Where everything stands; it is read only when it is asked for, because a scan asks for little of it. */
interface Index {
  /** By ecosystem, then by package: texts of what is said, with the flaw's id before them. */
  readonly said: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;
  /** The line of a flaw, by id and by every other name. */
  readonly lines: ReadonlyMap<string, string>;
}

const NOTHING: readonly AffectedPackage[] = [];
const INDEX: Index = indexOf(STARTER_LINES);

/** The built-in pack. Names are written as the store has them (PEP 503, lower case for NuGet and Packagist). */
export function starterSource(): AdvisorySource {
  return {
    hasEcosystem: (ecosystem) => INDEX.said.has(ecosystem),
    affected: (ecosystem, name) => INDEX.said.get(ecosystem)?.get(name)?.map(saidBy) ?? NOTHING,
    vulnerability: (id) => {
      const line = INDEX.lines.get(id);
      return line === undefined ? null : flawOf(line.split("\t"));
    },
  };
}

/** What the pack is: never full, and without an age, because it is as old as the program. */
export const STARTER_DATA: AdvisoryData = {
  kind: "starter",
  builtAt: null,
  ageHours: null,
  ecosystems: [...INDEX.said.keys()].sort(),
  advisories: STARTER_LINES.length,
};

function indexOf(lines: readonly string[]): Index {
  const said = new Map<string, Map<string, string[]>>();
  const byName = new Map<string, string>();
  for (const line of lines) {
    const [id = "", , , aliases = "", , , packages = ""] = line.split("\t");
    for (const alias of wordsOf(aliases)) if (!byName.has(alias)) byName.set(alias, line);
    byName.set(id, line);
    for (const text of packages.split(" ")) addPackage(said, id, text);
  }
  return { said, lines: byName };
}

function addPackage(said: Map<string, Map<string, string[]>>, id: string, text: string): void {
  const nameAt = text.indexOf(";") + 1;
  const name = text.slice(nameAt, text.indexOf(";", nameAt));
  const entry = `${id};${text}`;
  for (const ecosystem of ecosystemsOf(text.slice(0, nameAt - 1))) {
    const packages = said.get(ecosystem) ?? new Map<string, string[]>();
    said.set(ecosystem, packages);
    const entries = packages.get(name);
    if (entries === undefined) packages.set(name, [entry]);
    else entries.push(entry);
  }
}

function saidBy(entry: string): AffectedPackage {
  const [id = "", , , ranges = "", cited = ""] = entry.split(";");
  return {
    advisory: cited === "" || isAddress(cited) ? id : cited,
    vulnerabilities: [id],
    ...rangesOf(ranges),
    source: "starter",
  };
}

/** Some publishers' advisories have an address and no id. */
function isAddress(cited: string): boolean {
  return cited.startsWith("https://");
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

function flawOf(columns: readonly string[]): Vulnerability {
  const [id = "", severity = "", summary = "", aliases = "", cvss = "", exploited = ""] = columns;
  const cited = (columns[6] ?? "").split(" ").map((text) => text.split(";")[3] ?? "");
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
    references: [...new Set(cited.filter(isAddress)), `https://osv.dev/vulnerability/${id}`],
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
