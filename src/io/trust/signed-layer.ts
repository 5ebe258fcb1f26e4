// Signatures in cosign's older form, brought into the form of a bundle, so that the same steps verify them.

import { type CosignLayer, parseCosignLayer } from "../../formats/cosign-layer.ts";
import { readDsse } from "../../formats/dsse.ts";
import { parseJson } from "../../formats/json-shape.ts";
import { parseSimpleSigning } from "../../formats/simplesigning.ts";
import { AppError } from "../../kit/error.ts";
import { SIGN_PREDICATE } from "../../model/trust.ts";
import { type Signed, sha256, statementContent } from "./signed.ts";

/** What was in a layer. */
export interface FoundLayer {
  readonly payload: Buffer;
  readonly annotations: ReadonlyMap<string, string>;
  /** The manifest that it is in. */
  readonly source: string;
}

/** A signature of an image. @throws {AppError} `signature-invalid`. */
export function signedPayload({ payload, annotations, source }: FoundLayer): Signed {
  const layer = parseCosignLayer(annotations);
  const content = {
    kind: "image" as const,
    payload: parseSimpleSigning(payload),
    signedBytes: payload,
  };
  const message = {
    messageSignature: {
      messageDigest: { algorithm: "SHA2_256", digest: sha256(payload).toString("base64") },
      signature: layer.signature.toString("base64"),
    },
  };
  return {
    ...factsOf(layer, source, message),
    content,
    signature: layer.signature,
    predicateType: SIGN_PREDICATE,
  };
}

/** An attestation in an envelope. @throws {AppError} `signature-invalid`. */
export function signedEnvelope({ payload, annotations, source }: FoundLayer): Signed {
  const layer = parseCosignLayer(annotations);
  const top = parseJson(payload, { what: "envelope", code: "signature-invalid" });
  const envelope = readDsse(top);
  const [signature] = envelope.signatures;
  if (signature === undefined || envelope.signatures.length > 1)
    throw new AppError(
      "signature-invalid",
      "cannot read envelope: it has not exactly one signature",
    );
  const content = statementContent(envelope.payloadType, envelope.payload);
  return {
    ...factsOf(layer, source, { dsseEnvelope: top.value }),
    content,
    signature: signature.bytes,
    predicateType: content.statement.predicateType,
  };
}

type Facts = Pick<Signed, "format" | "version" | "source" | "signer" | "bundle" | "hasProofs">;

function factsOf(layer: CosignLayer, source: string, content: object): Facts {
  const { certificate, entry, timestamp } = layer;
  const signer =
    certificate === null
      ? { publicKey: { hint: "" } }
      : {
          x509CertificateChain: { certificates: [{ rawBytes: certificate.toString("base64") }] },
        };
  const stamps = timestamp === null ? [] : [{ signedTimestamp: timestamp.toString("base64") }];
  return {
    format: "cosign-tag",
    version: null,
    source,
    signer: certificate === null ? { kind: "key", hint: "" } : { kind: "certificate", certificate },
    bundle: {
      mediaType: "application/vnd.dev.sigstore.bundle+json;version=0.1",
      verificationMaterial: {
        ...signer,
        tlogEntries: entry === null ? [] : [entry],
        timestampVerificationData: { rfc3161Timestamps: stamps },
      },
      ...content,
    },
    hasProofs: entry !== null || timestamp !== null,
  };
}
