// Trusted roots made ready for verification.
import { X509Certificate } from "node:crypto";
import { type TrustMaterial, toTrustMaterial } from "@sigstore/verify";
import type { TrustedAuthority, TrustedLog, TrustedRoot } from "../../formats/trusted-root.ts";
import { AppError, reasonOf } from "../../kit/error.ts";
import type { Digest } from "../../model/digest.ts";
import type { RootDemands } from "../../model/trust.ts";
import { sha256Of } from "../sha256.ts";

/** A deployment of Sigstore that is believed. */
export interface LoadedRoot {
  readonly name: string;
  readonly material: TrustMaterial;
  /** Ids of logs, hex. */
  readonly logIds: ReadonlySet<string>;
  /** The addresses of logs of which it is not said since when they count. */
  readonly boundless: readonly string[];
  readonly demands: RootDemands;
  /** When the first of the authorities that have no other end ends, RFC 3339: those that issue today, and those that stamp. */
  readonly endsAt: string;
  /** Of all that the root says. */
  readonly fingerprint: Digest;
  /** Whether one of its authorities seems to have issued a certificate; the signature is not looked at. */
  issued(certificate: X509Certificate): boolean;
}

/** What is demanded where the user says nothing else. */
export const EVERYTHING: RootDemands = { log: true, certificateLog: true, time: true };

/**
 * Makes a root ready.
 *
 * @throws {AppError} `config-invalid` when a key or certificate in it cannot be read.
 */
export function loadRoot(
  name: string,
  root: TrustedRoot,
  demands: RootDemands = EVERYTHING,
): LoadedRoot {
  try {
    const issuers = root.authorities.flatMap(({ chain }) =>
      chain.map((bytes) => new X509Certificate(bytes)),
    );
    const logs = [...root.logs, ...root.certificateLogs];
    return {
      name,
      material: toTrustMaterial(message(root)),
      logIds: new Set(root.logs.map(({ logId }) => logId.toString("hex"))),
      boundless: logs.filter(({ startMs }) => startMs === null).map(({ url }) => url),
      demands,
      endsAt: endOf(root),
      fingerprint: sha256Of(JSON.stringify([root, demands])),
      issued: (certificate) => issuers.some((issuer) => certificate.checkIssued(issuer)),
    };
  } catch (cause) {
    throw new AppError(
      "config-invalid",
      `cannot use trusted root ${JSON.stringify(name)}: ${reasonOf(cause)}`,
      { subject: name, cause },
    );
  }
}

/** Authorities whose end is stated were followed by others, which is no reason to warn. */
function endOf({ authorities, timestampAuthorities }: TrustedRoot): string {
  const open = [...authorities, ...timestampAuthorities].filter(({ endMs }) => endMs === null);
  const ends = open.flatMap(({ chain }) =>
    chain.map((bytes) => Date.parse(new X509Certificate(bytes).validTo)),
  );
  return new Date(Math.min(NEVER, ...ends)).toISOString();
}

/** The last moment that has a date in four digits. */
const NEVER = Date.UTC(9999, 11, 31);

type RootMessage = Parameters<typeof toTrustMaterial>[0];

function message(root: TrustedRoot): RootMessage {
  return {
    mediaType: "",
    tlogs: root.logs.map(log),
    ctlogs: root.certificateLogs.map(log),
    certificateAuthorities: root.authorities.map(authority),
    timestampAuthorities: root.timestampAuthorities.map(authority),
  };
}

/** What the library tells PKCS #1 keys by; all others are SPKI to it. @see sigstore_common.proto, PublicKeyDetails */
const PKCS1_RSA = 1;
const PKIX = 5;

function log({
  url,
  keyDetails,
  key,
  logId,
  checkpointKeyId,
  startMs,
  endMs,
}: TrustedLog): RootMessage["tlogs"][number] {
  const details: number = keyDetails.startsWith("PKCS1_RSA") ? PKCS1_RSA : PKIX;
  return {
    baseUrl: url,
    hashAlgorithm: 1,
    publicKey: { rawBytes: key, keyDetails: details, validFor: span(startMs, endMs) },
    logId: { keyId: logId },
    checkpointKeyId: checkpointKeyId === null ? undefined : { keyId: checkpointKeyId },
    operator: "",
  };
}

function authority({
  url,
  chain,
  startMs,
  endMs,
}: TrustedAuthority): RootMessage["certificateAuthorities"][number] {
  return {
    uri: url,
    subject: undefined,
    certChain: { certificates: chain.map((rawBytes) => ({ rawBytes })) },
    validFor: span(startMs, endMs),
    operator: "",
  };
}

/** Absent ends are open ones to the library. */
type Span = NonNullable<RootMessage["certificateAuthorities"][number]["validFor"]>;

function span(startMs: number | null, endMs: number | null): Span {
  return {
    start: startMs === null ? undefined : new Date(startMs),
    end: endMs === null ? undefined : new Date(endMs),
  };
}
