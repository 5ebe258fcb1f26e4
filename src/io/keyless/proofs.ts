// Who vouches for a signature and its time: entries in transparency logs, and timestamps.
import { type KeyObject, randomBytes } from "node:crypto";
import { type DsseEnvelope, dsseValue } from "../../formats/dsse.ts";
import { member, parseJson } from "../../formats/json-shape.ts";
import { bundleEntryOf } from "../../formats/rekor.ts";
import { timestampQuery } from "../../formats/timestamp-query.ts";
import { askService, failed, type ServiceContext } from "../keys/ask-service.ts";
import { sha256 } from "../trust/signed.ts";

/** A transparency log. */
export interface LogService {
  readonly url: URL;
  /** Entries of version 2 prove no time. */
  readonly version: 1 | 2;
}

/** Whom to ask. */
export interface ProvingServices {
  readonly logs: readonly LogService[];
  readonly timestamps: readonly URL[];
}

export interface Proofs {
  /** As bundles state them. */
  readonly entries: readonly object[];
  readonly timestamps: readonly Buffer[];
}

/** What verifies the signature, for logs to look at. */
export type LoggedVerifier =
  | { readonly kind: "certificate"; readonly pem: string; readonly bytes: Buffer }
  | { readonly kind: "key"; readonly key: KeyObject };

/**
 * Has a signature vouched for by all services that are named, one after the other.
 *
 * @throws {AppError} `signing-failed`, `offline`.
 */
export async function proofsOf(
  envelope: DsseEnvelope,
  verifier: LoggedVerifier,
  { services, context }: { readonly services: ProvingServices; readonly context: ServiceContext },
): Promise<Proofs> {
  const entries: object[] = [];
  for (const { url, version } of services.logs)
    entries.push(
      version === 1
        ? await entryOfOld(envelope, verifier, { url, context })
        : await entryOfNew(envelope, verifier, { url, context }),
    );
  const signature = envelope.signatures[0]?.bytes ?? Buffer.alloc(0);
  const timestamps: Buffer[] = [];
  for (const url of services.timestamps) timestamps.push(await stampOf(signature, url, context));
  return { entries, timestamps };
}

const JSON_TYPE = { "content-type": "application/json", accept: "application/json" };

/** Asks a service below its address, which may have a path of its own. */
export function post(
  { action, base, path }: { readonly action: string; readonly base: URL; readonly path: string },
  document: object,
  context: ServiceContext,
): Promise<Buffer> {
  const url = new URL(base);
  url.pathname = `${base.pathname.replace(/\/+$/, "")}${path}`;
  const body = Buffer.from(JSON.stringify(document), "utf8");
  return askService({ action, method: "POST", url, headers: JSON_TYPE, body }, context);
}

interface Log {
  readonly url: URL;
  readonly context: ServiceContext;
}

const ACTION = "enter the signature in the log";

async function entryOfOld(
  envelope: DsseEnvelope,
  verifier: LoggedVerifier,
  { url, context }: Log,
): Promise<object> {
  const pem =
    verifier.kind === "certificate"
      ? verifier.pem
      : verifier.key.export({ type: "spki", format: "pem" }).toString();
  const proposedContent = {
    envelope: JSON.stringify(dsseValue(envelope)),
    verifiers: [Buffer.from(pem, "utf8").toString("base64")],
  };
  const entry = { apiVersion: "0.0.1", kind: "dsse", spec: { proposedContent } };
  const where = { action: ACTION, base: url, path: "/api/v1/log/entries" };
  return bundleEntryOf(await post(where, entry, context));
}

/** Version 2 answers with an entry in the form of bundles. @see rekor-tiles, api/v2 */
async function entryOfNew(
  envelope: DsseEnvelope,
  verifier: LoggedVerifier,
  { url, context }: Log,
): Promise<object> {
  const dsseRequestV002 = { envelope: dsseValue(envelope), verifiers: [verifierOf(verifier)] };
  const where = { action: ACTION, base: url, path: "/api/v2/log/entries" };
  const answer = await post(where, { dsseRequestV002 }, context);
  const top = parseJson(answer, { what: "answer of the transparency log", code: "signing-failed" });
  member(member(top, "inclusionProof"), "checkpoint");
  return top.value as object;
}

function verifierOf(verifier: LoggedVerifier): object {
  if (verifier.kind === "certificate")
    return {
      x509Certificate: { rawBytes: verifier.bytes.toString("base64") },
      keyDetails: "PKIX_ECDSA_P256_SHA_256",
    };
  const rawBytes = verifier.key.export({ type: "spki", format: "der" }).toString("base64");
  return { publicKey: { rawBytes }, keyDetails: keyDetailsOf(verifier.key) };
}

const CURVES = new Map([
  ["prime256v1", "PKIX_ECDSA_P256_SHA_256"],
  ["secp384r1", "PKIX_ECDSA_P384_SHA_384"],
  ["secp521r1", "PKIX_ECDSA_P521_SHA_512"],
]);

/** @see sigstore_common.proto, PublicKeyDetails */
function keyDetailsOf(key: KeyObject): string {
  const { namedCurve, modulusLength } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === "ed25519") return "PKIX_ED25519";
  const ofCurve = CURVES.get(namedCurve ?? "");
  if (ofCurve !== undefined) return ofCurve;
  if (modulusLength !== undefined && [2048, 3072, 4096].includes(modulusLength))
    return `PKIX_RSA_PKCS1V15_${modulusLength}_SHA256`;
  throw failed(ACTION, "logs of version 2 know no keys of this kind and size");
}

const NONCE_BYTES = 8;

async function stampOf(signature: Buffer, url: URL, context: ServiceContext): Promise<Buffer> {
  const nonce = randomBytes(NONCE_BYTES);
  // A positive number of full length.
  nonce[0] = ((nonce[0] ?? 0) & 0x3f) | 0x40;
  return askService(
    {
      action: "get a timestamp",
      method: "POST",
      url,
      headers: { "content-type": "application/timestamp-query" },
      body: timestampQuery(sha256(signature), nonce),
    },
    context,
  );
}
