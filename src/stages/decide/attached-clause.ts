// Rules about signatures, attestations and verdicts: whether somebody who is believed stands behind the image.
import { list } from "../../kit/phrase.ts";
import type { ArtifactSummary } from "../../model/artifact.ts";
import { type Attached, type Statement, VERDICT_PREDICATE } from "../../model/attached.ts";
import type { AttachedRule } from "../../model/policy.ts";
import { SIGN_PREDICATE } from "../../model/trust.ts";
import { type Clause, CONTENT, type Judged } from "./clause.ts";
import { newestVerdict } from "./read-verdict.ts";
import type { Expression } from "./written-clause.ts";

type ReadAttached = Attached & { readonly state: "read" };

/** What a rule needs beside its own words. */
export interface AttachedContext {
  /** Types of predicate that the rule's `type` stands for; empty for signatures and verdicts. */
  readonly types: readonly string[];
  /** The rule's `where`. */
  readonly where: Expression | null;
}

/** The name in `where`. */
export const PREDICATE_VARIABLES: readonly string[] = ["predicate"];

/** Makes a rule about what is attached answer. Of what is no image it says nothing. */
export function attachedClause(rule: AttachedRule, context: AttachedContext): Clause {
  return {
    head: rule,
    needsData: false,
    judge: ({ artifact, attached }) => {
      if (artifact.kind !== "image") return CONTENT;
      const name = nameOf(artifact);
      switch (attached.state) {
        case "unasked":
          return unanswered(rule, name, "nobody looked at what is attached");
        case "unread":
          return unanswered(rule, name, attached.why);
        case "unattachable":
          return violated(rule, `${name} is not ${wanted(rule)}: ${attached.why}`);
        case "read":
          return judge(rule, context, name, attached);
      }
    },
  };
}

function judge(
  rule: AttachedRule,
  context: AttachedContext,
  name: string,
  attached: ReadAttached,
): Judged {
  const objections: string[] = [];
  const errors: string[] = [];
  for (const statement of candidates(rule, context, attached, objections)) {
    const objection = objectionTo(statement, rule, context, attached.at);
    if (objection === null && isCertain(rule, attached)) return CONTENT;
    if (objection === null) continue;
    if ("error" in objection) errors.push(objection.error);
    else objections.push(objection.state);
  }
  const unread = attached.unread.map((what) => `cannot read ${what}`);
  // What could not be read may be just what was wanted.
  if (errors.length + unread.length > 0)
    return unanswered(rule, name, [...errors, ...unread].slice(0, REASONS_MAX).join("; "));
  const found = [...objections, ...(objections.length === 0 ? attached.refused : [])];
  const why =
    found.length === 0 ? "nothing of the kind is attached" : found.slice(0, REASONS_MAX).join("; ");
  return violated(rule, `${name} is not ${wanted(rule)}: ${why}`);
}

/** One signature that counts is enough, whatever else is there; a verdict counts only if there is no newer one. */
function isCertain({ wants }: AttachedRule, { unread }: ReadAttached): boolean {
  return wants.what !== "verdict" || unread.length === 0;
}

/** Of an image for several platforms, also which. */
function nameOf({ reference, target, indexDigest, platform }: ArtifactSummary): string {
  const name = reference ?? target;
  if (indexDigest === null || platform === null) return name;
  return `${name} (${platform.os}/${platform.architecture})`;
}

const REASONS_MAX = 3;

/** Statements of the type that is wanted, by those who are wanted; the newest verdict alone, because it supersedes the others. */
function candidates(
  { wants }: AttachedRule,
  { types }: AttachedContext,
  attached: ReadAttached,
  objections: string[],
): readonly Statement[] {
  const accepted = wantedTypes(wants.what, types);
  const ofType = attached.statements.filter(({ predicateType }) =>
    accepted.includes(predicateType),
  );
  const byThem = ofType.filter(({ by }) => wants.by === null || wants.by.includes(by));
  const others = new Set(ofType.filter((one) => !byThem.includes(one)).map(({ by }) => by));
  if (others.size > 0) objections.push(`it is by ${list([...others])}`);
  if (wants.what !== "verdict") return byThem;
  const newest = newestVerdict(byThem, attached, wants);
  if (newest === null) {
    if (byThem.length > 0) objections.push(NOT_ABOUT_IT);
    return [];
  }
  if (newest.result !== "PASSED") {
    objections.push(`its newest verdict, of ${newest.verifiedAt}, is ${newest.result}`);
    return [];
  }
  if (newest.maxAgeHours === null && wants.maxAgeHours === null) {
    objections.push(
      "its newest verdict does not say how long it is good for, and the rule has no maxAge",
    );
    return [];
  }
  if (newest.isStale) {
    objections.push(
      `its newest verdict, of ${newest.verifiedAt}, was good for ${newest.maxAgeHours} h`,
    );
    return [];
  }
  return [newest.statement];
}

const NOT_ABOUT_IT =
  "its verdicts are about another name, by another policy, at another stage, or of a time to come";

function wantedTypes(
  what: AttachedRule["wants"]["what"],
  types: readonly string[],
): readonly string[] {
  if (what === "signature") return [SIGN_PREDICATE];
  return what === "verdict" ? [VERDICT_PREDICATE] : types;
}

const HOUR_MS = 3_600_000;

/** Why one statement does not do; null when it does. */
function objectionTo(
  statement: Statement,
  { wants }: AttachedRule,
  { where }: AttachedContext,
  at: string,
): { readonly state: string } | { readonly error: string } | null {
  const { maxAgeHours, what } = wants;
  if (maxAgeHours !== null) {
    const since = what === "verdict" ? verifiedAt(statement) : statement.signedAt;
    if (since === null) return { state: `nothing proves when ${statement.by} signed it` };
    if (Date.parse(at) - Date.parse(since) > maxAgeHours * HOUR_MS)
      return { state: `it is of ${since}, more than ${maxAgeHours} h ago` };
  }
  if (where === null) return null;
  const answer = where.evaluate({ predicate: statement.predicate });
  if ("error" in answer) return { error: answer.error };
  if (answer.value === true) return null;
  return answer.value === false
    ? { state: `what ${statement.by} states does not fulfil ${wants.where}` }
    : { error: "its condition is neither true nor false" };
}

function verifiedAt({ predicate }: Statement): string | null {
  const at = (predicate as { timeVerified?: unknown } | null)?.timeVerified;
  return typeof at === "string" ? at : null;
}

/** `signed by release`, `attested (slsaprovenance1)`, `passed by policy payments`. */
function wanted({ wants }: AttachedRule): string {
  const by = wants.by === null ? "" : ` by ${list([...wants.by])}`;
  if (wants.what === "signature") return `signed${by === "" ? " by anybody who is trusted" : by}`;
  if (wants.what === "attestation") return `attested (${wants.type})${by}`;
  return `passed by ${wants.policy === null ? "a policy" : `policy ${wants.policy}`}${by === "" ? "" : `, signed${by}`}`;
}

function violated(rule: AttachedRule, message: string): Judged {
  const violation = { message, finding: null, place: null, fix: rule.fix ?? fixOf(rule) };
  return { violations: [violation], count: 1, summary: `${rule.id}: ${message}`, unanswered: [] };
}

function fixOf({ wants }: AttachedRule): string {
  if (wants.what === "signature") return "bulwark sign IMAGE --key KEY";
  if (wants.what === "verdict") return "bulwark gate IMAGE --attest --key KEY";
  return `bulwark attest IMAGE --type ${wants.type} --predicate FILE --key KEY`;
}

function unanswered({ id }: AttachedRule, name: string, why: string): Judged {
  return { ...CONTENT, unanswered: [`rule ${id} cannot be answered for ${name}: ${why}`] };
}
