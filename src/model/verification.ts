// The answer to "is this signed, and by whom": what was found, what counted, and what was wanted where nothing did.
import { count, firstOf } from "../kit/phrase.ts";
import { type Claim, SIGN_PREDICATE, type Signatory, type Trust } from "./trust.ts";

/** What is asked of an artifact's signatures. */
export interface VerificationQuestion {
  /** The types of predicate that count; null for any. */
  readonly predicateTypes: readonly string[] | null;
  readonly trust: Trust;
}

export interface Verification {
  /** `undecided`: nothing counted, and something could not be examined. */
  readonly outcome: "verified" | "refused" | "undecided";
  readonly claims: readonly Claim[];
  /** What could not be examined: kind and place. */
  readonly unread: readonly string[];
  /** Why it is not verified, most important first; empty when it is. */
  readonly reasons: readonly string[];
}

/** Puts the answer together. One verified claim is enough. */
export function answerOf(
  claims: readonly Claim[],
  unread: readonly string[],
  question: VerificationQuestion,
): Verification {
  if (claims.some(({ outcome }) => outcome === "verified"))
    return { outcome: "verified", claims, unread, reasons: [] };
  const wanted = `wanted ${wantedText(question)}`;
  const reasons =
    claims.length === 0
      ? [`found no signature and no attestation, ${wanted}`]
      : refusalsOf(claims).map((refusal) => `${refusal}, ${wanted}`);
  const more = unread.map((what) => `cannot read ${what}`);
  return {
    outcome: unread.length > 0 ? "undecided" : "refused",
    claims,
    unread,
    reasons: [...reasons, ...more],
  };
}

/** `found 2 bundles (0.3) by key 1a2b…: it is not by a trusted key`: refused claims that say the same, once. */
export function refusalsOf(claims: readonly Claim[]): string[] {
  const counted = new Map<string, { claim: Claim; count: number }>();
  for (const claim of claims) {
    if (claim.outcome === "verified") continue;
    const key = JSON.stringify([
      claim.format,
      claim.version,
      claim.signatory,
      claim.predicateType,
      claim.refusal?.reason,
    ]);
    const known = counted.get(key);
    counted.set(key, { claim, count: (known?.count ?? 0) + 1 });
  }
  return [...counted.values()].map(({ claim, count: n }) => {
    const by = claim.signatory === null ? "" : ` by ${signatoryText(claim.signatory)}`;
    return `found ${formatText(claim, n)}${by}: ${claim.refusal?.reason ?? "it does not count"}`;
  });
}

const FORMAT_WORDS: Readonly<Record<Claim["format"], string>> = {
  bundle: "bundle",
  "cosign-tag": "signature in cosign's older form",
  notation: "Notation signature",
};

function formatText({ format, version, predicateType }: Claim, n: number): string {
  const word = version === null ? FORMAT_WORDS[format] : `v${version} ${FORMAT_WORDS[format]}`;
  const [first = "", ...rest] = word.split(" in ");
  const plural = [count(n, first), ...rest].join(" in ");
  return predicateType === null || predicateType === SIGN_PREDICATE
    ? plural
    : `${plural} of ${predicateType}`;
}

/** `key 1a2b3c4d5e6f (release)`, `alice@acme.example of https://…`. */
export function signatoryText(signatory: Signatory): string {
  switch (signatory.kind) {
    case "key": {
      const name = signatory.id === null ? "" : ` (${signatory.id})`;
      return `key ${signatory.fingerprint.slice(0, 12)}${name}`;
    }
    case "identity":
      return `${signatory.identity} of ${signatory.issuer}`;
    case "certificate":
      return `certificate ${signatory.fingerprint.slice(0, 12)} of ${signatory.subject}`;
  }
}

const SHOWN = 3;

function wantedText({ trust, predicateTypes }: VerificationQuestion): string {
  const names = [
    ...trust.keys.map(({ id }) => `key ${id}`),
    ...trust.identities.map(({ identity, issuer }) => `${identity} of ${issuer}`),
    ...trust.certificates.map(({ id }) => `certificate ${id}`),
  ];
  const what =
    predicateTypes === null || predicateTypes.includes(SIGN_PREDICATE)
      ? ""
      : `${firstOf(predicateTypes, SHOWN)} by `;
  return `${what}${names.length === 0 ? "nobody" : firstOf(names, SHOWN)}`;
}

/** Whether anything was refused for nothing but the time of its key. */
export function lifeRefused({ claims }: Verification): boolean {
  return claims.some(({ refusal }) => refusal !== null && LIFE_STEPS.includes(refusal.step));
}

const LIFE_STEPS = ["key-life", "revocation"];
