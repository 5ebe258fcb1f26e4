// The steps by which a signature of Sigstore's kinds is verified, in the order in which they run. Each looks at one thing and
// says why it refuses. They stand in a list so that a test can leave one out and see that something false is then believed.
import { X509Certificate } from "node:crypto";
import { Verifier } from "@sigstore/verify";
import type { StatementSubject } from "../../formats/in-toto.ts";
import { lifeRefusal, revocationRefusal } from "../../model/trust.ts";
import { type Examination, trustedAs } from "./examination.ts";
import { type PublicKey, publicKeyOf } from "./public-key.ts";
import type { LoadedRoot } from "./roots.ts";

export interface Step {
  readonly name: string;
  /** @returns Why it does not count; null when this step has nothing against it. What it throws is a refusal, too. */
  run(examination: Examination): string | null;
}

/** Every step. Verification is nothing but all of them in this order. */
export const SIGSTORE_STEPS: readonly Step[] = [
  { name: "root", run: root },
  { name: "time", run: time },
  { name: "certificate", run: certificate },
  { name: "usage", run: usage },
  { name: "identity", run: identity },
  { name: "log", run: log },
  { name: "signature", run: signature },
  { name: "key-life", run: keyLife },
  { name: "revocation", run: revocation },
  { name: "subject", run: subject },
  { name: "predicate", run: predicate },
];

/** A certificate needs a root, and a root is only believed when it says since when its logs count. */
function root({ signed, root: found }: Examination): string | null {
  if (signed.signer.kind === "key") return null;
  if (found === null) return "it is signed with a certificate, and no trusted root is known";
  const [boundless] = found.boundless;
  return boundless === undefined
    ? null
    : `the trusted root ${JSON.stringify(found.name)} does not say since when the log ${boundless} counts`;
}

/** Signed timestamps hold, and there is at least one time for a certificate. */
function time(examination: Examination): string | null {
  const { signed, entity, root: found, trust } = examination;
  if (entity === null) return null;
  if (signed.signer.kind === "certificate") {
    if (found === null) return null;
    if (found.demands.time && entity.timestamps.length === 0)
      return "nothing proves when it was signed: it has neither a timestamp nor an entry of a log";
    examination.times = verifierOf(found)["verifyTimestamps"](entity);
    return null;
  }
  // A key needs no time. One that cannot be checked proves nothing; what is proved may help, or end, a key's life.
  examination.times = entity.timestamps.flatMap((stamp) => {
    const isOfLog = stamp.$case === "transparency-log";
    if (isOfLog && !isKnownLog(stamp.tlogEntry, found)) return [];
    const roots = isOfLog && found !== null ? [found] : trust.roots;
    return firstOf(roots, (root) =>
      verifierOf(root)["verifyTimestamps"]({ ...entity, timestamps: [stamp] }),
    );
  });
  return null;
}

/** What the first root says that does not refuse; nothing when all do. */
function firstOf(roots: readonly LoadedRoot[], ask: (root: LoadedRoot) => Date[]): Date[] {
  for (const root of roots) {
    try {
      return ask(root);
    } catch {
      // The next one may know the authority.
    }
  }
  return [];
}

type LogEntry = NonNullable<Examination["entity"]>["tlogEntries"][number];

function isKnownLog({ logId }: LogEntry, root: LoadedRoot | null): boolean {
  return root?.logIds.has(logId.keyId.toString("hex")) === true;
}

function verifierOf({ material, demands }: LoadedRoot): Verifier {
  return new Verifier(material, {
    tlogThreshold: demands.log ? 1 : 0,
    ctlogThreshold: demands.certificateLog ? 1 : 0,
    timestampThreshold: demands.time ? 1 : 0,
  });
}

/** The certificate was issued by the trusted authority, at a proved time, and a certificate log vouches for it. */
function certificate(examination: Examination): string | null {
  const { entity, root: found, times, now } = examination;
  if (entity?.key.$case !== "certificate" || found === null) return null;
  if (times.length === 0) {
    const { notBefore, notAfter } = entity.key.certificate;
    const at = new Date(now);
    if (at < notBefore || at > notAfter)
      return `its certificate counts from ${notBefore.toISOString()} until ${notAfter.toISOString()}, which is not now, and nothing proves that it signed then`;
  }
  // Without a time nothing about it would be verified at all.
  const at = times.length === 0 ? [new Date(now)] : [...times];
  const { key } = verifierOf(found)["verifySigningKey"](entity, at);
  examination.candidates = [publicKeyOf(key, "certificate")];
  return null;
}

const CODE_SIGNING = "1.3.6.1.5.5.7.3.3";

/** The certificate is one for signing, not one that the same authority gave a server. */
function usage({ signed }: Examination): string | null {
  if (signed.signer.kind === "key") return null;
  const { keyUsage } = new X509Certificate(signed.signer.certificate);
  return keyUsage?.includes(CODE_SIGNING) === true
    ? null
    : "its certificate is not one for signing code";
}

/** The certificate names somebody who is trusted. */
function identity(examination: Examination): string | null {
  const { signed, identity: found } = examination;
  if (signed.signer.kind === "key") return null;
  if (found === null) return "its certificate names nobody";
  return trustedAs(examination) === null
    ? `it is by ${found.identity} of ${found.issuer}, who is not trusted`
    : null;
}

/** Entries of logs that we know hold and are about this signature; there is one where one is needed. */
function log(examination: Examination): string | null {
  const { signed, entity, root: found } = examination;
  if (signed.signer.kind === "certificate") {
    if (entity !== null && found !== null) verifierOf(found)["verifyTLogs"](entity);
    return null;
  }
  if (entity === null || found === null) return null;
  const known = entity.tlogEntries.filter((entry) => isKnownLog(entry, found));
  if (known.length > 0) verifierOf(found)["verifyTLogs"]({ ...entity, tlogEntries: known });
  return null;
}

/** One of the keys made the signature. */
function signature(examination: Examination): string | null {
  const { candidates, signed, trust } = examination;
  const signer = candidates.find((key) => isSignedBy(key, examination));
  if (signer === undefined) {
    if (signed.signer.kind === "certificate")
      return "its certificate's key did not make the signature";
    return trust.keys.length === 0
      ? "it is signed with a key, and no key is trusted"
      : "it is not by a trusted key";
  }
  examination.candidates = [signer];
  if (signed.signer.kind === "key")
    examination.key = trust.keys.find((key) => key === signer) ?? null;
  return null;
}

function isSignedBy(key: PublicKey, { signed, wanted, verifiesDigest }: Examination): boolean {
  const { content } = signed;
  if (content.kind !== "artifact") return key.verifies(content.signedBytes, signed.signature);
  if (wanted.bytes !== null) return key.verifies(wanted.bytes, signed.signature);
  return verifiesDigest?.(key.key, content.digest, signed.signature) === true;
}

/** The key counted when it signed; where a log must have the signature, it has. */
function keyLife({ key, times, now, signed, entity, root: found }: Examination): string | null {
  if (signed.signer.kind === "certificate" || key === null) return null;
  if (key.needsLog && entity?.tlogEntries.some((entry) => isKnownLog(entry, found)) !== true)
    return "no transparency log that is known has it, and its key demands one";
  return lifeRefusal(key, { provedAt: earliest(times), now });
}

function revocation({ key, times, signed }: Examination): string | null {
  return signed.signer.kind === "certificate" || key === null
    ? null
    : revocationRefusal(key, earliest(times));
}

/** The first of the proved times, RFC 3339; null without one. */
export function earliest(times: readonly Date[]): string | null {
  const ms = times.map((at) => at.getTime());
  return ms.length === 0 ? null : new Date(Math.min(...ms)).toISOString();
}

/** It is about what was asked, and not about something else that the same signer signed. */
function subject({ signed, wanted }: Examination): string | null {
  const { content } = signed;
  if (content.kind === "artifact") {
    const isSame =
      content.algorithm === "SHA2_256" && content.digest.toString("hex") === wanted.sha256;
    return isSame ? null : `it signs ${content.algorithm} ${content.digest.toString("hex")}`;
  }
  if (content.kind === "image") {
    if (!content.payload.isKnownType) return "its payload is not that of an image's signature";
    return content.payload.digest === `sha256:${wanted.sha256}`
      ? null
      : `it signs ${JSON.stringify(content.payload.digest)}`;
  }
  const { subjects } = content.statement;
  const isMeant = ({ digests }: StatementSubject): boolean =>
    digests.get("sha256") === wanted.sha256 ||
    (wanted.sha512 !== undefined && digests.get("sha512") === wanted.sha512);
  if (subjects.some(isMeant)) return null;
  const [first] = subjects;
  return `it is about ${JSON.stringify(first?.digests.get("sha256")?.slice(0, 64) ?? "no sha256")}`;
}

/** It says what was asked for: an attestation of something else is no signature. */
function predicate({ signed, wanted }: Examination): string | null {
  const { predicateTypes } = wanted;
  if (predicateTypes === null || predicateTypes.includes(signed.predicateType)) return null;
  return `it says ${JSON.stringify(signed.predicateType.slice(0, 200))}`;
}
