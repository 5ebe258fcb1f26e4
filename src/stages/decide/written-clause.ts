// Rules in the words of their author. The condition is compiled by the caller; here it is asked about each thing it is about.
import { artifactName } from "../../model/answer.ts";
import type { Finding } from "../../model/finding.ts";
import type { Package } from "../../model/package.ts";
import type { About, WrittenRule } from "../../model/policy.ts";
import type { Violation } from "../../model/verdict.ts";
import { type Clause, CONTENT, type ImageFacts, type Judged } from "./clause.ts";

/** The name of the thing itself in a condition; `package` is a reserved word of the language. */
const NAMES: Readonly<Record<About, string>> = {
  finding: "finding",
  package: "pkg",
  image: "image",
};

/** The names that a condition may use, by what it is about; their values are those of the JSON output. */
export const VARIABLES: Readonly<Record<About, readonly string[]>> = {
  finding: ["finding", "image", "today"],
  package: ["pkg", "image", "today"],
  image: ["image", "findings", "packages", "problems", "today"],
};

/** A condition or a message that was compiled. */
export interface Expression {
  /** Never throws. An error says why there is no answer, as a sentence part. */
  evaluate(values: Readonly<Record<string, unknown>>): Evaluated;
}

export type Evaluated = { readonly value: unknown } | { readonly error: string };

/** Reasons that are handed on; a rule that cannot be answered for one thing mostly cannot for others. */
const REASONS_MAX = 3;

/** Makes a written rule answer. */
export function writtenClause(rule: WrittenRule, when: Expression, message: Expression): Clause {
  return {
    head: rule,
    needsData: rule.about === "finding",
    judge: (facts) => {
      if (rule.about === "image" && !hasImage(facts)) return CONTENT;
      return judge(rule, { when, message }, facts);
    },
  };
}

/** Folders and reports are no images, so that a rule about one has nothing to say of them. */
function hasImage({ artifact }: ImageFacts): boolean {
  return artifact.kind === "image" || artifact.kind === "sbom";
}

function judge(
  rule: WrittenRule,
  { when, message }: { readonly when: Expression; readonly message: Expression },
  facts: ImageFacts,
): Judged {
  const violations: Violation[] = [];
  const unanswered = new Set<string>();
  const shared = sharedValues(facts);
  for (const item of itemsOf(rule.about, facts)) {
    const values = { ...shared, [NAMES[rule.about]]: item.value ?? shared["image"] };
    const answer = when.evaluate(values);
    if ("error" in answer) unanswered.add(unanswerable(rule, item, answer.error));
    else if (answer.value === true) {
      const said = message.evaluate(values);
      violations.push({
        message: "error" in said ? `${rule.id}: ${item.name}` : String(said.value),
        finding: item.finding,
        place: item.place,
        fix: rule.fix,
      });
    } else if (answer.value !== false)
      unanswered.add(unanswerable(rule, item, "it is neither true nor false"));
  }
  return {
    violations,
    count: violations.length,
    summary: summary(rule, violations),
    unanswered: [...unanswered].slice(0, REASONS_MAX),
  };
}

interface Item {
  readonly name: string;
  /** null for the image, whose values are shared. */
  readonly value: Finding | Package | null;
  readonly finding: string | null;
  readonly place: string | null;
}

function itemsOf(about: About, facts: ImageFacts): Item[] {
  switch (about) {
    case "finding":
      return facts.findings.map((finding) => ({
        name: finding.kind === "vulnerability" ? finding.vulnerability.id : finding.rule.id,
        value: finding,
        finding: finding.id,
        place: finding.locations[0]?.path ?? null,
      }));
    case "package":
      return facts.packages.map((found) => ({
        name: found.purl,
        value: found,
        finding: null,
        place: found.locations[0]?.path ?? null,
      }));
    case "image":
      return [{ name: facts.artifact.target, value: null, finding: null, place: null }];
  }
}

const DAY_MS = 86_400_000;

function sharedValues(facts: ImageFacts): Readonly<Record<string, unknown>> {
  const { artifact, settings, distribution, findings, packages, problems, today } = facts;
  const ageMs =
    artifact.createdAt === null ? Number.NaN : Date.parse(today) - Date.parse(artifact.createdAt);
  return {
    image: {
      target: artifact.target,
      name: artifactName(artifact),
      ...present("reference", artifact.reference),
      ...present("digest", artifact.digest),
      ...present("platform", artifact.platform),
      ...present("createdAt", artifact.createdAt),
      ...(Number.isNaN(ageMs) ? {} : { ageDays: Math.max(0, Math.floor(ageMs / DAY_MS)) }),
      layers: artifact.layers,
      ...present("distribution", distribution),
      ...settings,
    },
    findings,
    packages,
    problems,
    today,
  };
}

/** What is not known is not there, so that asking for it is an error and not an answer. */
function present(name: string, value: unknown): Readonly<Record<string, unknown>> {
  return value === null ? {} : { [name]: value };
}

function unanswerable(rule: WrittenRule, item: Item, error: string): string {
  return `rule ${rule.id} cannot be answered for ${item.name}: ${error}`;
}

function summary(rule: WrittenRule, violations: readonly Violation[]): string {
  const [first] = violations;
  if (first === undefined) return "";
  const more = violations.length - 1;
  return `${rule.id}: ${first.message}${more === 0 ? "" : `, and ${more} more`}`;
}
