// With what statements are signed: a key wherever it lies, or a certificate for minutes; and who is asked to vouch for the time.

import { HttpClient } from "../io/http/client.ts";
import type { ProvingServices } from "../io/keyless/proofs.ts";
import type { ServiceContext } from "../io/keys/ask-service.ts";
import { openSigner } from "../io/keys/open-signer.ts";
import type { AskPassword } from "../io/keys/private-key.ts";
import type { Signer } from "../io/keys/signer.ts";
import { envelopeDocument, keyBundle, signEnvelope } from "../io/trust/sign-statement.ts";
import { AppError } from "../kit/error.ts";
import { type KeylessRequest, type NamedServices, servicesOf } from "./signing-services.ts";
import type { Surroundings } from "./surroundings.ts";

/** With what to sign. */
export interface SealRequest {
  /** A file, `awskms://…` or `hashivault://…`; null signs with a certificate for minutes. */
  readonly key: string | null;
  readonly keyless: KeylessRequest;
  readonly password: AskPassword;
}

/** What signs statements: a key, or a certificate for minutes. */
export interface Seal {
  readonly signer: Signer | null;
  /** A bundle, and the envelope as a document of its own where a key signed it. */
  sign(statement: Buffer): Promise<{ readonly bundle: Buffer; readonly envelope: Buffer | null }>;
}

/** @throws {AppError} what opening the key, reading a signing configuration or asking for a certificate throws. */
export async function openSeal(
  request: SealRequest & { readonly withOldTag: boolean; readonly offline: boolean },
  surroundings: Surroundings,
): Promise<Seal> {
  const { key, password, offline, keyless, withOldTag } = request;
  const { env, signal } = surroundings;
  if (key === null && withOldTag)
    throw new AppError(
      "usage",
      "cannot write the older form: without a key only bundles are written",
    );
  const services = await servicesOf(keyless, key === null);
  const http = new HttpClient({ env, offline });
  if (key === null) return keylessSeal(request, services, { http, signal }, surroundings);
  const signer = await openSigner(key, { env, password, http, signal });
  return keySeal(signer, services, { http, signal });
}

function keySeal(signer: Signer, services: ProvingServices, context: ServiceContext): Seal {
  const isAlone = services.logs.length + services.timestamps.length === 0;
  return {
    signer,
    sign: async (statement) => {
      const envelope = await signEnvelope(statement, signer);
      const document = envelopeDocument(envelope);
      if (isAlone) return { bundle: keyBundle(envelope, signer), envelope: document };
      const { proofsOf } = await import("../io/keyless/proofs.ts");
      const verifier = { kind: "key", key: signer.publicKey } as const;
      const proofs = await proofsOf(envelope, verifier, { services, context });
      return { bundle: keyBundle(envelope, signer, proofs), envelope: document };
    },
  };
}

async function keylessSeal(
  { keyless }: SealRequest,
  { fulcio, ...proving }: NamedServices,
  context: ServiceContext,
  { env }: Surroundings,
): Promise<Seal> {
  const [{ identityToken }, { signKeyless }] = await Promise.all([
    import("../io/keyless/identity-token.ts"),
    import("../io/keyless/sign-keyless.ts"),
  ]);
  const token = await identityToken(keyless.identityToken, env, context);
  const services = { fulcio, ...proving };
  return {
    signer: null,
    sign: async (statement) => {
      const bundle = await signKeyless(statement, { token, services }, context);
      return { bundle, envelope: null };
    },
  };
}
