// Looks every package up in the advisories and says what is wrong with it, and what could not be told.
import { stableId } from "../../kit/stable-id.ts";
import type { AffectedPackage, Vulnerability } from "../../model/advisory.ts";
import type { Distribution } from "../../model/distribution.ts";
import { leadingScore, type VulnerabilityFinding } from "../../model/finding.ts";
import type { Package } from "../../model/package.ts";
import type { Problem } from "../../model/problem.ts";
import type { Severity } from "../../model/severity.ts";
import type { AdvisorySource, Scheme } from "./contract.ts";
import { withFixOrder } from "./fix-order.ts";
import { matchProblems, type Unmatched } from "./match-problems.ts";
import { type Place, placeOf } from "./place.ts";
import { type Facts, priorityOf, severityOfScore } from "./priority.ts";
import { heldBy, isReadable } from "./ranges.ts";
import { canDeny, type Flawed, type Statement, weigh } from "./weigh.ts";

export interface MatchInput {
  readonly packages: readonly Package[];
  readonly distribution: Distribution | null;
  readonly source: AdvisorySource;
  readonly schemes: readonly Scheme[];
  /** The name under which decisions about the artifact are kept; part of each finding's id. */
  readonly artifactName: string;
  /** Whether the source is a full store: then an ecosystem that it does not have is a problem. */
  readonly complete: boolean;
  /** ISO date, UTC. */
  readonly today: string;
  /** What is known of a package's use and exposure. */
  readonly factsOf?: (found: Package) => Facts;
}

export interface MatchResult {
  /** One per flaw and package (purl), in the order of the packages; not sorted by priority. */
  readonly findings: readonly VulnerabilityFinding[];
  readonly problems: readonly Problem[];
}

/**
 * Matches packages against advisories. Pure; time grows with the number of packages and of statements about them.
 *
 * Packages of a distribution or ecosystem without data, and versions that cannot be compared, become problems, never "not
 * affected".
 */
export function matchPackages(input: MatchInput): MatchResult {
  const matching = new Matching(input);
  const findings: VulnerabilityFinding[] = [];
  const seen = new Set<string>();
  for (const found of input.packages) {
    if (seen.has(found.purl)) continue;
    seen.add(found.purl);
    matching.match(found, findings);
  }
  return {
    findings: withFixOrder(findings, matching.schemes),
    problems: matchProblems(matching.unmatched, input.distribution),
  };
}

/** What findings of one flaw have in common, in all binary packages of one source. */
type Answer = Pick<
  VulnerabilityFinding,
  "severity" | "priority" | "vulnerability" | "fix" | "match"
>;

/** What several packages share during one run: binary packages of one source, flaws of several packages. */
class Matching {
  readonly unmatched: Unmatched = {
    nowhere: new Map(),
    ecosystems: new Map(),
    versions: [],
    unnamed: [],
    bounds: new Map(),
  };
  readonly #input: MatchInput;
  readonly schemes: ReadonlyMap<string, Scheme>;
  readonly #known = new Map<string, boolean>();
  readonly #answers = new Map<string, readonly Answer[]>();
  /** The version that is looked up is none of its ecosystem, and something was said that depends on it. */
  #isUnheard = false;
  readonly #vulnerabilities = new Map<string, Vulnerability | null>();

  constructor(input: MatchInput) {
    this.#input = input;
    this.schemes = new Map(input.schemes.map((scheme) => [scheme.id, normalizing(scheme)]));
  }

  match(found: Package, into: VulnerabilityFinding[]): void {
    const place = placeOf(found, this.#input.distribution);
    if (typeof place === "string") {
      const counts = this.unmatched.nowhere;
      counts.set(place, (counts.get(place) ?? 0) + 1);
      return;
    }
    const ecosystems = place.ecosystems.filter((name) => this.#has(name));
    const scheme = this.schemes.get(place.scheme);
    if (ecosystems.length === 0 || scheme === undefined) {
      if (this.#input.complete || scheme === undefined) this.#countEcosystem(place);
      return;
    }
    if (isUnnamed(found)) {
      this.unmatched.unnamed.push(found);
      return;
    }
    for (const answer of this.#answersOf(found, { ...place, ecosystems }, scheme)) {
      into.push(this.#finding(found, answer));
    }
  }

  #has(ecosystem: string): boolean {
    const known = this.#known.get(ecosystem);
    if (known !== undefined) return known;
    const has = this.#input.source.hasEcosystem(ecosystem);
    this.#known.set(ecosystem, has);
    return has;
  }

  #countEcosystem({ ecosystems: [ecosystem = ""], scheme }: Place): void {
    const isSystem = scheme === "deb" || scheme === "apk" || scheme === "rpm";
    const counts = this.unmatched.ecosystems;
    const count = (counts.get(ecosystem)?.count ?? 0) + 1;
    counts.set(ecosystem, { count, isSystem });
  }

  #answersOf(found: Package, place: Place, scheme: Scheme): readonly Answer[] {
    const { module = "", architecture = "" } = found;
    const upgrade = upgradeOf(found);
    const { ecosystems, name, version } = place;
    const key = [ecosystems[0], name, version, module, architecture, upgrade].join("\n");
    const known = this.#answers.get(key);
    if (known !== undefined) return known;
    const flaws = weigh(this.#statements(found, place, scheme), this.#input.source, scheme);
    const answers = flaws.map((flaw) => this.#answer(flaw, name, upgrade));
    this.#answers.set(key, answers);
    return answers;
  }

  #statements(found: Package, place: Place, scheme: Scheme): readonly Statement[] {
    const statements: Statement[] = [];
    for (const ecosystem of place.ecosystems) {
      for (const said of this.#input.source.affected(ecosystem, place.name)) {
        if (isAbout(said, found)) this.#hear(said, { ecosystem, place, scheme }, statements);
      }
    }
    if (this.#isUnheard) this.unmatched.versions.push({ found, version: place.version });
    this.#isUnheard = false;
    return statements;
  }

  /** Keeps a statement that has a say. */
  #hear(
    said: AffectedPackage,
    { ecosystem, place, scheme }: { ecosystem: string; place: Place; scheme: Scheme },
    into: Statement[],
  ): void {
    const held = heldBy(said, place.version, scheme);
    if (held === "unreadable") {
      if (isReadable(place.version, scheme)) this.#countBound(ecosystem, said.advisory);
      else this.#isUnheard = true;
    } else if (held !== null || canDeny(said)) into.push({ said, ecosystem, held });
  }

  #countBound(ecosystem: string, advisory: string): void {
    const { bounds } = this.unmatched;
    const known = bounds.get(ecosystem);
    if (known === undefined) bounds.set(ecosystem, new Set([advisory]));
    else known.add(advisory);
  }

  #answer(flaw: Flawed, lookedUp: string, upgrade: string): Answer {
    const vulnerability = this.#vulnerability(flaw);
    const severity = flaw.severity ?? generalSeverity(vulnerability);
    const fix = { ...flaw.fix, upgrade: flaw.fix.version === null ? null : upgrade };
    return {
      severity,
      priority: priorityOf({ severity, vulnerability, fix: fix.state }),
      vulnerability,
      fix,
      match: { ...flaw.reason, lookedUp },
    };
  }

  #finding(found: Package, answer: Answer): VulnerabilityFinding {
    const { purl, type, name, version, locations } = found;
    const { severity, vulnerability, fix, match } = answer;
    const facts = this.#input.factsOf?.(found);
    return {
      kind: "vulnerability",
      id: stableId([vulnerability.id, type, name, this.#input.artifactName]),
      severity,
      priority:
        facts === undefined
          ? answer.priority
          : priorityOf({ severity, vulnerability, fix: fix.state, facts }),
      vulnerability,
      package: { purl, type, name, version },
      locations,
      fix,
      match,
    };
  }

  /** The names under which it was met here are added to those that the source knows. */
  #vulnerability(flaw: Flawed): Vulnerability {
    let known = this.#vulnerabilities.get(flaw.id);
    if (known === undefined) {
      known = this.#describe(flaw);
      this.#vulnerabilities.set(flaw.id, known);
    }
    if (known === null) return { ...NOTHING, id: flaw.id, aliases: flaw.names };
    const added = flaw.names.filter((name) => known?.aliases.includes(name) === false);
    return added.length === 0 ? known : { ...known, aliases: [...known.aliases, ...added] };
  }

  /** Where nobody describes the flaw, an advisory that fixes it says at least how bad it and its like are. */
  #describe({ id, names, reason }: Flawed): Vulnerability | null {
    for (const name of [id, ...names, reason.advisory]) {
      const known = this.#input.source.vulnerability(name);
      if (known !== null) return known.id === id ? known : { ...known, id, aliases: names };
    }
    return null;
  }
}

const NOTHING: Omit<Vulnerability, "id" | "aliases"> = {
  summary: "",
  severity: "unknown",
  cvss: [],
  epss: null,
  knownExploited: null,
  publishedAt: null,
  modifiedAt: null,
  references: [],
};

/** Maven's names are of two parts; an archive may tell only the second. */
function isUnnamed({ type, name }: Package): boolean {
  return type === "maven" && !name.includes(":");
}

/** A statement about a module's stream holds for packages of that stream only, and the other way round. */
function isAbout(said: AffectedPackage, { module, architecture }: Package): boolean {
  if (said.module !== module && !(said.module === undefined && isModular(said))) return false;
  const { architectures } = said;
  return (
    architectures === undefined ||
    architecture === undefined ||
    architecture === "noarch" ||
    architectures.includes(architecture)
  );
}

/** Built in a module, but the publisher does not say in which: `8.0.1-3.module_el8.6.0+3145+0000`. */
function isModular(said: AffectedPackage): boolean {
  return said.ranges.some(({ fixed }) => fixed?.includes(".module") === true);
}

/** Compares what the registry would compare. The empty text is no version here, whatever a scheme makes of it. */
function normalizing(scheme: Scheme): Scheme {
  const { normalize = (version: string) => version } = scheme;
  return {
    ...scheme,
    compare: (a, b) => (a === "" || b === "" ? null : scheme.compare(normalize(a), normalize(b))),
  };
}

/** The system's source package is upgraded as one. */
function upgradeOf({ name, source }: Package): string {
  return source?.name ?? name;
}

/** A score without a word is read as CVSS's own table of words does. */
function generalSeverity({ severity, cvss }: Vulnerability): Severity {
  const score = severity === "unknown" ? leadingScore(cvss)?.score : undefined;
  return score === undefined ? severity : severityOfScore(score);
}
