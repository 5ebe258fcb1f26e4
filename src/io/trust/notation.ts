// Notary Project's signatures: the steps by which they are verified, in a list as for Sigstore's.
// @see https://github.com/notaryproject/specifications/blob/main/specs/trust-store-trust-policy.md
import { constants, type KeyObject, verify, X509Certificate } from "node:crypto";
import type { NotationAlgorithm, NotationEnvelope } from "../../formats/notation-envelope.ts";
import { reasonOf } from "../../kit/error.ts";
import { type Claim, SIGN_PREDICATE } from "../../model/trust.ts";
import type { LoadedCertificate, LoadedTrust, Wanted } from "./examination.ts";
import { type SeenAt, verifyTimestampToken } from "./timestamp-token.ts";

export interface NotationExamination {
  readonly envelope: NotationEnvelope;
  readonly wanted: Wanted;
  readonly trust: LoadedTrust;
  /** RFC 3339. */
  readonly now: string;
  /** Leaf first. */
  readonly chain: readonly X509Certificate[];
  /** The trusted certificate that the chain leads to; what the steps may believe of the leaf hangs on it. */
  anchor: LoadedCertificate | null;
  /** When a trusted timestamp authority has seen the signature. */
  seenAt: SeenAt | null;
}

export interface NotationStep {
  readonly name: string;
  /** As for Sigstore's steps. */
  run(examination: NotationExamination): string | null;
}

/** Every step, in order. */
export const NOTATION_STEPS: readonly NotationStep[] = [
  { name: "critical", run: critical },
  { name: "signature", run: signature },
  { name: "certificate", run: certificate },
  { name: "usage", run: usage },
  { name: "time", run: time },
  { name: "expiry", run: expiry },
  { name: "identity", run: identity },
  { name: "subject", run: subject },
  { name: "predicate", run: predicate },
];

/** Verifies an envelope. Never throws. */
export function verifyNotation(
  envelope: NotationEnvelope,
  source: string,
  { wanted, trust, now }: Pick<NotationExamination, "wanted" | "trust" | "now">,
  steps: readonly NotationStep[] = NOTATION_STEPS,
): Claim {
  let chain: readonly X509Certificate[] = [];
  let refusal: Claim["refusal"] = null;
  let anchor: LoadedCertificate | null = null;
  let seenAt: SeenAt | null = null;
  try {
    chain = envelope.chain.map((bytes) => new X509Certificate(bytes));
    const facts = { envelope, wanted, trust, now, chain };
    const examination: NotationExamination = { ...facts, anchor, seenAt };
    refusal = firstRefusal(examination, steps);
    ({ anchor, seenAt } = examination);
  } catch (error) {
    refusal = { step: "form", reason: reasonOf(error) };
  }
  const [leaf] = chain;
  return {
    format: "notation",
    version: null,
    predicateType: SIGN_PREDICATE,
    signatory:
      leaf === undefined
        ? null
        : {
            kind: "certificate",
            subject: leaf.subject.split("\n").reverse().join(","),
            fingerprint: leaf.fingerprint256.replaceAll(":", "").toLowerCase(),
            id: anchor?.id ?? null,
          },
    // Its signing time is the signer's word; a timestamp is not.
    signedAt: seenAt === null ? null : new Date(seenAt.toMs).toISOString(),
    outcome: refusal === null ? "verified" : "refused",
    refusal,
    source,
  };
}

function firstRefusal(
  examination: NotationExamination,
  steps: readonly NotationStep[],
): Claim["refusal"] {
  for (const { name, run } of steps) {
    const reason = run(examination);
    if (reason !== null) return { step: name, reason };
  }
  return null;
}

/** Nothing is demanded of the reader that we do not know. */
function critical({ envelope }: NotationExamination): string | null {
  const [unknown] = envelope.unknownCritical;
  return unknown === undefined
    ? null
    : `it demands ${JSON.stringify(unknown.slice(0, 100))}, which is not known here`;
}

const CURVES: Readonly<Record<string, string>> = {
  ES256: "prime256v1",
  ES384: "secp384r1",
  ES512: "secp521r1",
};

/** The leaf's key made the signature, by the algorithm that is stated. */
function signature({ envelope, chain }: NotationExamination): string | null {
  const key = chain[0]?.publicKey;
  const isSigned = key !== undefined && isSignedBy(key, envelope);
  return isSigned ? null : "its certificate's key did not make the signature";
}

function isSignedBy(
  key: KeyObject,
  { algorithm, signedBytes, signature }: NotationEnvelope,
): boolean {
  const hash = hashOf(algorithm);
  if (algorithm.startsWith("ES")) {
    const isCurve = key.asymmetricKeyDetails?.namedCurve === CURVES[algorithm];
    return isCurve && verify(hash, signedBytes, { key, dsaEncoding: "ieee-p1363" }, signature);
  }
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (key.asymmetricKeyType !== "rsa" || bits < 2048 || bits > 8192) return false;
  const padding = constants.RSA_PKCS1_PSS_PADDING;
  const saltLength = constants.RSA_PSS_SALTLEN_DIGEST;
  return verify(hash, signedBytes, { key, padding, saltLength }, signature);
}

function hashOf(algorithm: NotationAlgorithm): string {
  return `sha${algorithm.slice(2)}`;
}

/** Each certificate was issued by the next, and one of them is trusted or was issued by one that is. */
function certificate(examination: NotationExamination): string | null {
  const { chain, envelope, trust } = examination;
  const kind = envelope.scheme === "notary.x509" ? "ca" : "signing-authority";
  const anchors = trust.certificates.filter((trusted) => trusted.kind === kind);
  if (anchors.length === 0) return `no certificate of the kind ${kind} is trusted`;
  for (const [place, link] of chain.entries()) {
    const anchor = anchors.find(
      ({ certificate: trusted }) => trusted.raw.equals(link.raw) || isIssuedBy(link, trusted),
    );
    if (anchor !== undefined) {
      examination.anchor = anchor;
      return null;
    }
    const issuer = chain[place + 1];
    if (issuer === undefined || !isIssuedBy(link, issuer)) break;
  }
  return "its certificates lead to none that is trusted";
}

function isIssuedBy(link: X509Certificate, issuer: X509Certificate): boolean {
  return issuer.ca && link.checkIssued(issuer) && link.verify(issuer.publicKey);
}

const CODE_SIGNING = "1.3.6.1.5.5.7.3.3";

/** The leaf is one for signing, and no authority of its own. */
function usage({ chain }: NotationExamination): string | null {
  const [leaf] = chain;
  if (leaf === undefined || leaf.ca) return "its certificate is an authority's";
  // The X.509 profile of the specification allows none stated.
  const purposes = leaf.keyUsage ?? [];
  return purposes.length === 0 || purposes.includes(CODE_SIGNING)
    ? null
    : "its certificate is not one for signing code";
}

/**
 * The certificates count: at the time that a signing authority vouches for, or when a trusted timestamp authority has seen the
 * signature, and otherwise now.
 */
function time(examination: NotationExamination): string | null {
  const { chain, envelope, now, anchor } = examination;
  const links = anchor === null ? chain : [...chain, anchor.certificate];
  if (envelope.scheme === "notary.x509.signingAuthority") {
    if (envelope.signingTime === null) return "it does not say when it was signed";
    return timeRefusal(links, momentOf(envelope.signingTime), "when it signed");
  }
  const seen = seenBy(examination);
  if (typeof seen === "string") return timeRefusal(links, momentOf(now), `now, and ${seen}`);
  examination.seenAt = seen;
  return timeRefusal(links, seen, "when its timestamp was made");
}

function momentOf(written: string): SeenAt {
  const at = Date.parse(written);
  return { fromMs: at, toMs: at };
}

function timeRefusal(
  links: readonly X509Certificate[],
  { fromMs, toMs }: SeenAt,
  when: string,
): string | null {
  if (Number.isNaN(fromMs)) return "its signing time is no time";
  const wrong = links.find(
    ({ validFrom, validTo }) => !(fromMs >= Date.parse(validFrom) && toMs <= Date.parse(validTo)),
  );
  if (wrong === undefined) return null;
  return `its certificate counts from ${wrong.validFrom} to ${wrong.validTo}, and not ${when}`;
}

/** A timestamp that does not hold proves nothing; the certificate may count all the same. */
function seenBy({ envelope, trust }: NotationExamination): SeenAt | string {
  if (envelope.timestamp === null) return "it has no timestamp";
  const stamping = trust.certificates.filter(({ kind }) => kind === "timestamp");
  if (stamping.length === 0) return "no certificate of the kind timestamp is trusted";
  const trusted = stamping.map(({ certificate }) => certificate);
  return verifyTimestampToken(envelope.timestamp, envelope.signature, trusted);
}

/** The signer set an end, and it has not come. */
function expiry({ envelope, now }: NotationExamination): string | null {
  if (envelope.expiry === null) return null;
  return Date.parse(envelope.expiry) > Date.parse(now) ? null : `it ended at ${envelope.expiry}`;
}

/** The leaf has one of the names that its trusted certificate vouches for. */
function identity({ chain, anchor }: NotationExamination): string | null {
  const wanted = anchor?.subjects ?? null;
  if (wanted === null) return null;
  const has = new Set(chain[0]?.subject.split("\n"));
  const isNamed = wanted.some((name) => attributes(name).every((attribute) => has.has(attribute)));
  return isNamed ? null : `its certificate is for ${[...has].join(",")}, who is not trusted`;
}

/** `C=DE, O=Acme\, Inc.` in parts; a comma is written with a backslash before it. */
function attributes(name: string): string[] {
  const parts = name.split(/(?<!\\),/).map((part) => part.trim().replaceAll("\\,", ","));
  return parts.filter((part) => part !== "");
}

function subject({ envelope, wanted }: NotationExamination): string | null {
  const { digest } = envelope.target;
  return digest === `sha256:${wanted.sha256}` ? null : `it signs ${JSON.stringify(digest)}`;
}

/** It signs and says no more. */
function predicate({ wanted }: NotationExamination): string | null {
  const { predicateTypes } = wanted;
  return predicateTypes === null || predicateTypes.includes(SIGN_PREDICATE)
    ? null
    : "it is a signature and no attestation";
}
