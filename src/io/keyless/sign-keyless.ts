// Signing without a key of one's own: a certificate for minutes, an entry in a transparency log, a timestamp.
// @see https://docs.sigstore.dev/certificate_authority/certificate-issuing-overview/
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { type DsseEnvelope, dsseValue } from "../../formats/dsse.ts";
import { items, member, parseJson, text } from "../../formats/json-shape.ts";
import { parsePem } from "../../formats/pem.ts";
import { bundleEntryOf } from "../../formats/rekor.ts";
import { writeBundle } from "../../formats/sigstore-bundle.ts";
import { timestampQuery } from "../../formats/timestamp-query.ts";
import { askService, failed, type ServiceContext } from "../keys/ask-service.ts";
import { localSigner } from "../keys/private-key.ts";
import { signEnvelope } from "../trust/sign-statement.ts";
import { sha256 } from "../trust/signed.ts";
import { subjectOf } from "./identity-token.ts";

/** Whom to ask. */
export interface KeylessServices {
  readonly fulcio: URL;
  readonly rekor: URL;
  readonly rekorVersion: 1 | 2;
  /** Needed with version 2 of the log, whose entries prove no time. */
  readonly timestamps: URL | null;
}

/**
 * Signs a statement with a certificate for whom the token names.
 *
 * @returns A bundle.
 * @throws {AppError} `signing-failed`, `offline`.
 */
export async function signKeyless(
  statement: Buffer,
  { token, services }: { readonly token: string; readonly services: KeylessServices },
  context: ServiceContext,
): Promise<Buffer> {
  const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const pem = await certificateOf(keys, { token, fulcio: services.fulcio }, context);
  const [leaf] = parsePem(pem);
  if (leaf?.label !== "CERTIFICATE") throw failed("get a certificate", "the answer has none");
  const envelope = await signEnvelope(statement, localSigner(keys.privateKey, "certificate"));
  const signature = envelope.signatures[0]?.bytes ?? Buffer.alloc(0);
  const certificate = leaf.bytes;
  const entry =
    services.rekorVersion === 1
      ? await entryOfOld(envelope, { pem, rekor: services.rekor }, context)
      : await entryOfNew(envelope, { certificate, rekor: services.rekor }, context);
  const stamp =
    services.timestamps === null ? [] : [await stampOf(signature, services.timestamps, context)];
  return writeBundle({
    signer: { kind: "certificate", certificate },
    envelope,
    entries: [entry],
    timestamps: stamp,
  });
}

const JSON_TYPE = { "content-type": "application/json", accept: "application/json" };

function post(
  action: string,
  url: URL,
  document: object,
  context: ServiceContext,
): Promise<Buffer> {
  const body = Buffer.from(JSON.stringify(document), "utf8");
  return askService({ action, method: "POST", url, headers: JSON_TYPE, body }, context);
}

async function certificateOf(
  { publicKey, privateKey }: { publicKey: KeyObject; privateKey: KeyObject },
  { token, fulcio }: { readonly token: string; readonly fulcio: URL },
  context: ServiceContext,
): Promise<string> {
  const action = "get a certificate";
  const proof = sign("sha256", Buffer.from(subjectOf(token), "utf8"), privateKey);
  const answer = await post(
    action,
    new URL("/api/v2/signingCert", fulcio),
    {
      credentials: { oidcIdentityToken: token },
      publicKeyRequest: {
        publicKey: {
          algorithm: "ECDSA",
          content: publicKey.export({ type: "spki", format: "pem" }),
        },
        proofOfPossession: proof.toString("base64"),
      },
    },
    context,
  );
  const top = parseJson(answer, { what: "answer of the authority", code: "signing-failed" });
  const chain = member(member(top, "signedCertificateEmbeddedSct"), "chain");
  const [leaf] = items(member(chain, "certificates"), 20);
  if (leaf === undefined) throw failed(action, "the answer has none");
  return text(leaf, 65_536);
}

async function entryOfOld(
  envelope: DsseEnvelope,
  { pem, rekor }: { readonly pem: string; readonly rekor: URL },
  context: ServiceContext,
): Promise<object> {
  const proposedContent = {
    envelope: JSON.stringify(dsseValue(envelope)),
    verifiers: [Buffer.from(pem, "utf8").toString("base64")],
  };
  const entry = { apiVersion: "0.0.1", kind: "dsse", spec: { proposedContent } };
  const url = new URL("/api/v1/log/entries", rekor);
  return bundleEntryOf(await post("enter the signature in the log", url, entry, context));
}

/** Version 2 answers with an entry in the form of bundles. @see rekor-tiles, api/v2 */
async function entryOfNew(
  envelope: DsseEnvelope,
  { certificate, rekor }: { readonly certificate: Buffer; readonly rekor: URL },
  context: ServiceContext,
): Promise<object> {
  const request = {
    dsseRequestV002: {
      envelope: dsseValue(envelope),
      verifiers: [
        {
          x509Certificate: { rawBytes: certificate.toString("base64") },
          keyDetails: "PKIX_ECDSA_P256_SHA_256",
        },
      ],
    },
  };
  const action = "enter the signature in the log";
  const answer = await post(action, new URL("/api/v2/log/entries", rekor), request, context);
  const top = parseJson(answer, { what: "answer of the transparency log", code: "signing-failed" });
  member(member(top, "inclusionProof"), "checkpoint");
  return top.value as object;
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
