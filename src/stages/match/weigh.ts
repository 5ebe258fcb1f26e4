// From all that is said of a package's flaws to one answer per flaw.
import type { AffectedPackage } from "../../model/advisory.ts";
import type { FindingFix, MatchReason } from "../../model/finding.ts";
import { compareSeverity, type Severity } from "../../model/severity.ts";
import type { AdvisorySource, Scheme } from "./contract.ts";
import type { Held } from "./ranges.ts";

/** One statement, with whether it holds for what is installed. */
export interface Statement {
  readonly said: AffectedPackage;
  readonly ecosystem: string;
  /** null when it does not hold. */
  readonly held: Held | null;
}

/** A flaw that the installed version has. */
export interface Flawed {
  /** CVE id, otherwise the id of the advisory that describes it. */
  readonly id: string;
  /** Other names under which the flaw was met: aliases, and ids of advisories that are about it alone. */
  readonly names: readonly string[];
  /** The publisher's word about this package; null when it has none. */
  readonly severity: Severity | null;
  readonly fix: Pick<FindingFix, "state" | "version">;
  readonly reason: Omit<MatchReason, "lookedUp">;
}

/**
 * How much a feed's word counts: 0 is the distribution's own list of every flaw, which also knows what is not affected; 1 its
 * advisories, and what others made of them; 2 the starter pack.
 */
function rankOf(source: string): number {
  if (source === "debian-tracker" || source === "ubuntu" || source === "alpine-secdb") return 0;
  return source === "starter" ? 2 : 1;
}

/** Whether a statement that does not hold has a say all the same: it may keep others from being believed. */
export function canDeny({ source, state }: AffectedPackage): boolean {
  return state === "not-affected" || rankOf(source) === 0;
}

const isCve = (name: string): boolean => name.startsWith("CVE-");

/** Updates without a flaw: bug fixes and enhancements of the Red Hat family, corrections of an update in Debian. */
const NO_SECURITY = /^(?:(?:AL|RL|RH|EL)(?:BA|EA)-|D[SL]A-\d+-(?!1$))/;

/** Groups statements by flaw and decides each. Flaws come in the order in which they are first mentioned. */
export function weigh(
  statements: readonly Statement[],
  source: AdvisorySource,
  scheme: Scheme,
): readonly Flawed[] {
  if (!statements.some(({ held }) => held !== null)) return [];
  const flaws = new Map<string, Statement[]>();
  for (const [id, statement] of byFlaw(statements, source)) {
    const known = flaws.get(id);
    if (known === undefined) flaws.set(id, [statement]);
    else known.push(statement);
  }
  const answers: Flawed[] = [];
  for (const [id, all] of flaws) {
    const holding = deciding(all);
    if (holding.length > 0) answers.push(answerOf(id, holding, scheme));
  }
  return answers;
}

/** One advisory may be about several flaws, and one flaw may have several names. */
function byFlaw(
  statements: readonly Statement[],
  source: AdvisorySource,
): [id: string, statement: Statement][] {
  const pairs: [string, Statement][] = [];
  const idByName = new Map<string, string>();
  const named = statements.map((statement) => ({ statement, names: namesOf(statement.said) }));
  for (const { statement, names } of named) {
    const cves = names.filter(isCve);
    for (const cve of cves) pairs.push([cve, statement]);
    const [only] = cves;
    if (only !== undefined && cves.length === 1) nameAll(idByName, names, only);
  }
  for (const { statement, names } of named.filter((n) => !n.names.some(isCve))) {
    if (names.length === 1 && NO_SECURITY.test(statement.said.advisory)) continue;
    const id = names.map((name) => idByName.get(name)).find((known) => known !== undefined);
    const resolved = id ?? described(names, source);
    nameAll(idByName, names, resolved);
    pairs.push([resolved, statement]);
  }
  return pairs;
}

function nameAll(idByName: Map<string, string>, names: readonly string[], id: string): void {
  for (const name of names) idByName.set(name, id);
}

/** The names of an advisory's flaws, and its own where that is not among them. */
function namesOf({ advisory, vulnerabilities }: AffectedPackage): readonly string[] {
  return vulnerabilities.includes(advisory) ? vulnerabilities : [advisory, ...vulnerabilities];
}

function described(names: readonly string[], source: AdvisorySource): string {
  for (const name of names) {
    const known = source.vulnerability(name);
    if (known !== null) return known.id;
  }
  return names[0] ?? "";
}

/**
 * The statements that decide that the flaw is there; none when it is not. A distribution's own list is believed before
 * advisories, also where it says no.
 */
function deciding(all: readonly Statement[]): Statement[] {
  const own = all.filter(({ said }) => rankOf(said.source) === 0);
  if (own.length > 0) return own.filter(({ held }) => held !== null);
  if (all.some(({ said }) => said.state === "not-affected")) return [];
  const holding = all.filter(({ held }) => held !== null);
  const best = Math.min(...holding.map(({ said }) => rankOf(said.source)));
  return holding.filter(({ said }) => rankOf(said.source) === best);
}

function answerOf(id: string, holding: readonly Statement[], scheme: Scheme): Flawed {
  const lead = holding.reduce((best, s) => (isBetter(s, best, scheme) ? s : best));
  let severity: Severity | null = null;
  const names = new Set<string>();
  for (const { said, ecosystem } of holding) {
    const word = said.severity ?? "unknown";
    if (word !== "unknown" && (severity === null || compareSeverity(word, severity) < 0))
      severity = word;
    for (const name of otherNames(said, ecosystem)) if (name !== id) names.add(name);
  }
  return {
    id,
    names: [...names],
    severity,
    fix: lead.held?.fix ?? { state: "unknown", version: null },
    reason: {
      advisory: lead.said.advisory,
      source: lead.said.source,
      ecosystem: lead.ecosystem,
      range: lead.held?.range ?? "",
    },
  };
}

/**
 * Other names of a flaw in what an advisory says. A distribution's advisory about an update with several flaws is no name of
 * one of them; of a registry's record about two CVEs, the names that are not CVEs are kept, because nothing says whose they are.
 */
function otherNames(said: AffectedPackage, ecosystem: string): readonly string[] {
  const names = namesOf(said);
  if (said.vulnerabilities.filter(isCve).length < 2) return names;
  return ecosystem.includes(":") ? [] : names.filter((name) => !isCve(name));
}

const FIX_ORDER = ["available", "wont-fix", "none", "unknown"] as const;

/** Whoever names a fix is better than who names none; of two fixes the higher one closes what both describe. */
function isBetter(a: Statement, b: Statement, scheme: Scheme): boolean {
  const x = a.held?.fix;
  const y = b.held?.fix;
  if (x === undefined || y === undefined) return y === undefined;
  if (x.state !== y.state) return FIX_ORDER.indexOf(x.state) < FIX_ORDER.indexOf(y.state);
  if (x.version === null || y.version === null) return false;
  return (scheme.compare(x.version, y.version) ?? 0) > 0;
}
