// Statements, signed with a key, in the forms in which they are attached.
import {
  type DsseEnvelope,
  dsseValue,
  IN_TOTO_PAYLOAD,
  preAuthEncoding,
} from "../../formats/dsse.ts";
import { type BundleParts, writeBundle } from "../../formats/sigstore-bundle.ts";
import type { Signer } from "../keys/signer.ts";
import { fingerprintOf } from "./public-key.ts";

/** Signs a statement. @throws {AppError} what the signer throws. */
export async function signEnvelope(statement: Buffer, signer: Signer): Promise<DsseEnvelope> {
  const bytes = await signer.sign(preAuthEncoding(IN_TOTO_PAYLOAD, statement));
  const signatures = [{ keyId: null, bytes }];
  return { payloadType: IN_TOTO_PAYLOAD, payload: statement, signatures };
}

/** A bundle with an envelope by a key. @param proofs Who vouches for its time, if anybody was asked. */
export function keyBundle(
  envelope: DsseEnvelope,
  signer: Signer,
  proofs: Pick<BundleParts, "entries" | "timestamps"> = {},
): Buffer {
  const hint = Buffer.from(fingerprintOf(signer.publicKey), "hex").toString("base64");
  return writeBundle({ signer: { kind: "key", hint }, envelope, ...proofs });
}

/** An envelope as a document of its own. */
export function envelopeDocument(envelope: DsseEnvelope): Buffer {
  return Buffer.from(JSON.stringify(dsseValue(envelope)), "utf8");
}
