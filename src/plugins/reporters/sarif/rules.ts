import {
  type Finding,
  leadingScore,
  type RuleFinding,
  type VulnerabilityFinding,
} from "../../../model/finding.ts";
import type { Severity } from "../../../model/severity.ts";
import { levelOf, ruleIdOf } from "./results.ts";

/** The rules of a run, each once. */
export class Rules {
  readonly #indexes = new Map<string, number>();
  readonly #rules: object[] = [];

  /** The index of the finding's rule, which is added when it is new. */
  indexOf(finding: Finding): number {
    const id = ruleIdOf(finding);
    const known = this.#indexes.get(id);
    if (known !== undefined) return known;
    this.#indexes.set(id, this.#rules.length);
    this.#rules.push(ruleOf(finding));
    return this.#rules.length - 1;
  }

  all(): readonly object[] {
    return this.#rules;
  }
}

function ruleOf(finding: Finding): object {
  return finding.kind === "vulnerability" ? vulnerabilityRule(finding) : codeRule(finding);
}

function vulnerabilityRule({ vulnerability, severity, match }: VulnerabilityFinding): object {
  const { id, summary, aliases, references } = vulnerability;
  const title = summary === "" ? id : `${id}: ${summary}`;
  const help = [
    title,
    aliases.length === 0 ? "" : `Also known as ${aliases.join(", ")}.`,
    vulnerability.knownExploited === null
      ? ""
      : `Known to be exploited since ${vulnerability.knownExploited.addedAt}.`,
    `Matched ${match.lookedUp} ${match.range} of ${match.ecosystem}, says ${match.source}.`,
    ...references.slice(0, 10),
  ].filter((line) => line !== "");
  return {
    id,
    name: "KnownVulnerability",
    shortDescription: { text: title },
    fullDescription: { text: title },
    ...(id.startsWith("CVE-")
      ? { helpUri: `https://www.cve.org/CVERecord?id=${encodeURIComponent(id)}` }
      : {}),
    help: { text: help.join("\n") },
    defaultConfiguration: { level: levelOf(severity) },
    properties: {
      "security-severity": (
        leadingScore(vulnerability.cvss)?.score ?? usualScore(severity)
      ).toFixed(1),
      tags: ["security", "vulnerability"],
    },
  };
}

function codeRule(finding: RuleFinding): object {
  const { id, title, help, url } = finding.rule;
  return {
    id,
    shortDescription: { text: title },
    fullDescription: { text: title },
    ...(url !== null && /^https?:/i.test(url) ? { helpUri: url } : {}),
    help: { text: help ?? title },
    defaultConfiguration: { level: levelOf(finding.severity) },
    properties: {
      "security-severity": usualScore(finding.severity).toFixed(1),
      tags: ["security", TAGS[finding.kind] ?? finding.tool],
    },
  };
}

const TAGS: Readonly<Partial<Record<RuleFinding["kind"], string>>> = {
  config: "configuration",
  secret: "secret",
};

/** A score in the middle of what the word means, where no score is given. */
function usualScore(severity: Severity): number {
  const scores: Record<Severity, number> = {
    critical: 9.5,
    high: 8,
    medium: 5.5,
    low: 2.5,
    negligible: 0.1,
    unknown: 5,
  };
  return scores[severity];
}
