// Notary Project's signatures: the steps by which they are verified, in a list as for Sigstore's.
// @see https://github.com/notaryproject/specifications/blob/main/specs/trust-store-trust-policy.md
import { constants, type KeyObject, verify, X509Certificate } from "node:crypto";
import type { NotationAlgorithm, NotationEnvelope } from "../../formats/notation-envelope.ts";
import { reasonOf } from "../../kit/error.ts";
import { type Claim, SIGN_PREDICATE } from "../../model/trust.ts";
import type { LoadedCertificate, LoadedTrust, Wanted } from "./examination.ts";

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
  try {
    chain = envelope.chain.map((bytes) => new X509Certificate(bytes));
    const examination: NotationExamination = { envelope, wanted, trust, now, chain, anchor };
    refusal = firstRefusal(examination, steps);
    anchor = examination.anchor;
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
    // Its signing time is the signer's word.
    signedAt: null,
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
 * The certificates count: at the time that a signing authority vouches for, and otherwise now, because tokens of timestamp
 * authorities are not read here.
 */
function time({ chain, envelope, now, anchor }: NotationExamination): string | null {
  const isVouched = envelope.scheme === "notary.x509.signingAuthority";
  if (isVouched && envelope.signingTime === null) return "it does not say when it was signed";
  const written = isVouched ? (envelope.signingTime ?? now) : now;
  const at = Date.parse(written);
  if (Number.isNaN(at)) return "its signing time is no time";
  const links = anchor === null ? chain : [...chain, anchor.certificate];
  const wrong = links.find(
    ({ validFrom, validTo }) => !(at >= Date.parse(validFrom) && at <= Date.parse(validTo)),
  );
  if (wrong === undefined) return null;
  const told = isVouched ? "when it signed" : "now, and no timestamp is read";
  return `its certificate counts from ${wrong.validFrom} to ${wrong.validTo}, and not ${told}`;
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
