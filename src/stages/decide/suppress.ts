// Sets findings aside that somebody decided not to count: exceptions with an end date, VEX statements, what an earlier scan
// had found, what cannot be fixed. Nothing is lost: what is set aside stays in the result, with the reason.
import type { ArtifactSummary } from "../../model/artifact.ts";
import type { ConfigSubject, Finding, SuppressedFinding } from "../../model/finding.ts";
import type { Problem } from "../../model/problem.ts";
import type { Suppression, VexStatement } from "../../model/suppression.ts";
import { type Baseline, knownBefore } from "./baseline.ts";
import { mayBeFixed } from "./findings-clause.ts";
import { expiryOf, isSamePurl, scopeFor } from "./scope.ts";

/** What is examined, and what uses it. */
export interface Place {
  readonly artifact: ArtifactSummary;
  /** The containers that run an image, where it was found by them. */
  readonly users: readonly ConfigSubject[];
}

export interface SuppressInput extends Place {
  readonly findings: readonly Finding[];
  readonly exceptions: readonly Suppression[];
  readonly vex: readonly VexStatement[];
  /** What an earlier scan had found; null without a baseline. */
  readonly baseline: Baseline | null;
  /** Leave out what no upgrade closes. */
  readonly onlyFixable: boolean;
  /** ISO date, UTC. */
  readonly today: string;
}

export interface Suppressed {
  /** What counts, in the order given. */
  readonly findings: readonly Finding[];
  readonly suppressed: readonly SuppressedFinding[];
  /** Expired exceptions. Those that fit nothing are told by {@link unusedExceptions}, over all artifacts of a run. */
  readonly problems: readonly Problem[];
  /** The exceptions that fitted a finding, expired ones included. */
  readonly used: ReadonlySet<Suppression>;
}

/** Sorts findings into those that count and those that do not. An expired exception suppresses nothing. */
export function suppress(input: SuppressInput): Suppressed {
  const rules = input.exceptions
    .map((exception) => ({ exception, fits: matcherOf(exception, input) }))
    .filter(({ fits }) => fits !== null);
  const known = input.baseline === null ? null : knownBefore(input.baseline, input.findings);
  const used = new Set<Suppression>();
  const expired = new Set<Suppression>();
  const findings: Finding[] = [];
  const suppressed: SuppressedFinding[] = [];
  for (const finding of input.findings) {
    const fitting = rules.filter(({ fits }) => fits?.(finding) === true).map((r) => r.exception);
    for (const exception of fitting) used.add(exception);
    for (const exception of fitting) if (exception.until < input.today) expired.add(exception);
    const holding = fitting.find((exception) => exception.until >= input.today);
    const aside = holding === undefined ? otherReason(finding, input, known) : byException(holding);
    if (aside === null) findings.push(finding);
    else suppressed.push({ finding, ...aside });
  }
  return { findings, suppressed, problems: [...expired].map(expiryOf), used };
}

/**
 * Exceptions that fitted nothing of any artifact they are meant for: they have done their work and can go.
 *
 * @param isAsked Whether somebody asked for the rule that an exception names.
 */
export function unusedExceptions(
  exceptions: readonly Suppression[],
  used: ReadonlySet<Suppression>,
  place: Place,
  isAsked: (rule: string) => boolean,
): Problem[] {
  return exceptions
    .filter((e) => e.names === "finding" || isAsked(e.id))
    .filter((e) => !used.has(e) && matcherOf(e, place) !== null)
    .map((e) => ({
      code: "exception-unused",
      detail: `the exception for ${e.id} (line ${e.line}, owner ${e.owner}) fits nothing any more`,
    }));
}

type Aside = Omit<SuppressedFinding, "finding">;

function byException({ reason, owner, until }: Suppression): Aside {
  return { by: "exception", reason, owner, until };
}

function otherReason(
  finding: Finding,
  input: SuppressInput,
  known: ReadonlySet<Finding> | null,
): Aside | null {
  const vex = input.vex.find((statement) => clears(statement, finding, input.artifact));
  if (vex !== undefined) {
    const reason = vex.justification ?? vex.status.replace("_", " ");
    return { by: "vex", reason, owner: vex.author, until: null };
  }
  if (known?.has(finding) === true) {
    const reason = "the baseline has it already";
    return { by: "baseline", reason, owner: null, until: null };
  }
  if (input.onlyFixable && !mayBeFixed(finding)) {
    return { by: "not-fixable", reason: "no fix is available", owner: null, until: null };
  }
  return null;
}

/** The test of an exception for this artifact; null when it is meant for another one. */
function matcherOf(
  { names, id, scope }: Suppression,
  { artifact, users }: Place,
): ((finding: Finding) => boolean) | null {
  const within = scopeFor(scope, artifact, users);
  if (within === null) return null;
  const wanted = id.toUpperCase();
  const isNamed = (finding: Finding): boolean =>
    names === "finding"
      ? namesOf(finding).some((name) => name.toUpperCase() === wanted)
      : finding.kind === "config" && finding.rule.id === id;
  return (finding) => isNamed(finding) && within.finding(finding);
}

/** Every name under which a person may mean this finding. */
function namesOf(finding: Finding): string[] {
  if (finding.kind !== "vulnerability") return [finding.id, finding.rule.id];
  const { id, aliases } = finding.vulnerability;
  return [finding.id, id, ...aliases, finding.match.advisory];
}

/**
 * Whether two lists of names mean one flaw. Where both have CVEs, those decide: an advisory about two CVEs is an alias of both, and
 * what is stated of one of them says nothing of the other.
 */
function isSameFlaw(a: readonly string[], b: readonly string[]): boolean {
  const [mine, theirs] = [a.map(upper), b.map(upper)];
  const isByCve = mine.some(isCve) && theirs.some(isCve);
  return mine.some((name) => (!isByCve || isCve(name)) && theirs.includes(name));
}

const upper = (name: string): string => name.toUpperCase();
const isCve = (name: string): boolean => name.startsWith("CVE-");

function clears(statement: VexStatement, finding: Finding, artifact: ArtifactSummary): boolean {
  if (statement.status !== "not_affected" && statement.status !== "fixed") return false;
  if (finding.kind !== "vulnerability") return false;
  if (!isSameFlaw(namesOf(finding), statement.vulnerabilities)) return false;
  const { products, subcomponents = [] } = statement;
  const isAbout = (product: string): boolean =>
    product.startsWith("pkg:oci/") || !product.startsWith("pkg:")
      ? artifact.digest !== null && product.includes(artifact.digest.replace("sha256:", ""))
      : isSamePurl(finding.package.purl, product);
  // A statement about one package of an image says nothing of the others, even if the flaw has the same name.
  const isAboutPackage =
    subcomponents.length === 0 ||
    subcomponents.some((purl) => isSamePurl(finding.package.purl, purl));
  return isAboutPackage && (products.length === 0 || products.some(isAbout));
}
