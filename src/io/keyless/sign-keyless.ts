// Signing without a key of one's own: a certificate for minutes, entries in transparency logs, timestamps.
// @see https://docs.sigstore.dev/certificate_authority/certificate-issuing-overview/
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { items, member, parseJson, text } from "../../formats/json-shape.ts";
import { parsePem } from "../../formats/pem.ts";
import { writeBundle } from "../../formats/sigstore-bundle.ts";
import { failed, type ServiceContext } from "../keys/ask-service.ts";
import { localSigner } from "../keys/private-key.ts";
import { signEnvelope } from "../trust/sign-statement.ts";
import { subjectOf } from "./identity-token.ts";
import { type ProvingServices, post, proofsOf } from "./proofs.ts";

/** Whom to ask. */
export interface KeylessServices extends ProvingServices {
  readonly fulcio: URL;
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
  const certificate = leaf.bytes;
  const proofs = await proofsOf(
    envelope,
    { kind: "certificate", pem, bytes: certificate },
    { services, context },
  );
  return writeBundle({ signer: { kind: "certificate", certificate }, envelope, ...proofs });
}

async function certificateOf(
  { publicKey, privateKey }: { publicKey: KeyObject; privateKey: KeyObject },
  { token, fulcio }: { readonly token: string; readonly fulcio: URL },
  context: ServiceContext,
): Promise<string> {
  const action = "get a certificate";
  const proof = sign("sha256", Buffer.from(subjectOf(token), "utf8"), privateKey);
  const answer = await post(
    { action, base: fulcio, path: "/api/v2/signingCert" },
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
