// Signing images, and attesting something about them: a statement, a key, and a manifest that names the image.
import { ENVELOPE_MEDIA_TYPE, SIMPLESIGNING_MEDIA_TYPE } from "../formats/cosign-layer.ts";
import { writeStatement } from "../formats/in-toto.ts";
import { parseManifestOrIndex } from "../formats/oci.ts";
import { BUNDLE_MEDIA_TYPE } from "../formats/sigstore-bundle.ts";
import { writeSimpleSigning } from "../formats/simplesigning.ts";
import { attachReferrer } from "../io/attachments/attach.ts";
import { putSignatureTag } from "../io/attachments/old-tags.ts";
import type { Place } from "../io/attachments/place.ts";
import { now } from "../io/clock.ts";
import type { Environment } from "../io/folders.ts";
import { HttpClient } from "../io/http/client.ts";
import type { ServiceContext } from "../io/keys/ask-service.ts";
import { openSigner } from "../io/keys/open-signer.ts";
import type { AskPassword } from "../io/keys/private-key.ts";
import type { Signer } from "../io/keys/signer.ts";
import { readNamed } from "../io/named-file.ts";
import { blobOf } from "../io/registry/push.ts";
import { envelopeDocument, keyBundle, signEnvelope } from "../io/trust/sign-statement.ts";
import { AppError } from "../kit/error.ts";
import { type Digest, hexOf } from "../model/digest.ts";
import { SIGN_PREDICATE } from "../model/trust.ts";
import { placeOf } from "./image-place.ts";
import { predicateOf } from "./predicates.ts";
import type { Surroundings } from "./surroundings.ts";

/** With what to sign. */
export interface SealRequest {
  /** A file, `awskms://…` or `hashivault://…`; null signs with a certificate for minutes. */
  readonly key: string | null;
  readonly keyless: KeylessRequest;
  readonly password: AskPassword;
}

/** What is signed. */
export interface ImageToSign {
  /** A reference or a layout. */
  readonly image: string;
  /** What is meant of it; when absent, what the reference means now. */
  readonly digest?: Digest;
  readonly offline: boolean;
}

export interface SignRequest extends ImageToSign, SealRequest {
  /** Also under cosign's older tag. */
  readonly withOldTag: boolean;
}

/** Whom to ask when there is no key. Addresses are as the user writes them. */
export interface KeylessRequest {
  readonly identityToken: string | null;
  readonly fulcio: string | null;
  readonly rekor: string | null;
  readonly rekorVersion: 1 | 2;
  readonly timestamps: string | null;
}

export interface AttestRequest extends SignRequest {
  /** A file with what is stated. */
  readonly predicate: string;
  /** A short name, or the type's address. */
  readonly type: string;
}

/** What was attached to what. */
export interface Signing {
  readonly name: string;
  readonly subject: Digest;
  /** Of the manifest that holds the bundle. */
  readonly digest: Digest;
  readonly predicateType: string;
}

const PREDICATE_BYTES_MAX = 64 << 20;

/**
 * Signs an image: states with a key that this digest is meant, and attaches that to it.
 *
 * @throws {AppError} what finding the image, opening the key and attaching throw; `key-invalid`, `signing-failed`.
 */
export async function signImage(
  request: SignRequest,
  surroundings: Surroundings,
): Promise<Signing> {
  const image = await imageOf(request, surroundings);
  const seal = await openSeal(request, surroundings);
  const statement = { predicateType: SIGN_PREDICATE, predicate: {}, name: null };
  const signing = await attach(image, statement, seal);
  const { signer } = seal;
  if (request.withOldTag && signer !== null) {
    const bytes = writeSimpleSigning(image.digest, repositoryOf(image.name));
    const signature = (await signer.sign(bytes)).toString("base64");
    const annotations = { "dev.cosignproject.cosign/signature": signature };
    const layer = { mediaType: SIMPLESIGNING_MEDIA_TYPE, bytes, annotations };
    await putSignatureTag(image.place, { subject: image.digest, tag: "sig", layer }, image.signal);
  }
  return signing;
}

/**
 * Attests something about an image.
 *
 * @throws {AppError} as {@link signImage}; `usage`, `document-invalid` for what is stated.
 */
export async function attestImage(
  request: AttestRequest,
  surroundings: Surroundings,
): Promise<Signing> {
  const { bytes } = await readNamed("predicate", request.predicate, PREDICATE_BYTES_MAX);
  const said = predicateOf(request.type, bytes, { path: request.predicate, at: now() });
  const seal = await openSeal(request, surroundings);
  return attestStatement(request, said, seal, surroundings);
}

/**
 * The same for what is in no file, with a key that is open already.
 *
 * @throws {AppError} what finding the image and attaching throw.
 */
export async function attestStatement(
  request: ImageToSign & { readonly withOldTag: boolean },
  said: { readonly predicateType: string; readonly predicate: unknown },
  seal: Seal,
  surroundings: Surroundings,
): Promise<Signing> {
  const image = await imageOf(request, surroundings);
  return attach(image, { ...said, name: repositoryOf(image.name) }, seal, async (envelope) => {
    if (!request.withOldTag) return;
    const annotations = {
      "dev.cosignproject.cosign/signature": "",
      predicateType: said.predicateType,
    };
    const layer = { mediaType: ENVELOPE_MEDIA_TYPE, bytes: envelope, annotations };
    await putSignatureTag(image.place, { subject: image.digest, tag: "att", layer }, image.signal);
  });
}

interface FoundImage {
  readonly place: Place;
  readonly name: string;
  readonly digest: Digest;
  readonly mediaType: string;
  readonly sizeBytes: number;
  readonly signal: AbortSignal;
}

async function imageOf(
  { image, digest, offline }: ImageToSign,
  surroundings: Surroundings,
): Promise<FoundImage> {
  const { place, at, name } = await placeOf(image, { ...surroundings, offline });
  const kept = await place.manifest(digest ?? at, surroundings.signal);
  if (kept === null)
    throw new AppError(
      "registry-not-found",
      `cannot find ${JSON.stringify(name)}: it is not there`,
      {
        hint: "look for a typing error",
        subject: name,
      },
    );
  const { mediaType } = parseManifestOrIndex(kept.bytes);
  const sizeBytes = kept.bytes.length;
  return { place, name, digest: kept.digest, mediaType, sizeBytes, signal: surroundings.signal };
}

/** What signs statements: a key, or a certificate for minutes. */
export interface Seal {
  readonly signer: Signer | null;
  /** A bundle, and the envelope as a document of its own where a key signed it. */
  sign(statement: Buffer): Promise<{ readonly bundle: Buffer; readonly envelope: Buffer | null }>;
}

/** @throws {AppError} what opening the key, or asking for a certificate, throws. */
export async function openSeal(
  request: SealRequest & { readonly withOldTag: boolean; readonly offline: boolean },
  surroundings: Surroundings,
): Promise<Seal> {
  const { key, password, offline } = request;
  const { env, signal } = surroundings;
  const http = new HttpClient({ env, offline });
  if (key === null) return keylessSeal(request, { http, signal }, env);
  const signer = await openSigner(key, { env, password, http, signal });
  return {
    signer,
    sign: async (statement) => {
      const envelope = await signEnvelope(statement, signer);
      return { bundle: keyBundle(envelope, signer), envelope: envelopeDocument(envelope) };
    },
  };
}

const FULCIO = "https://fulcio.sigstore.dev";
const REKOR = "https://rekor.sigstore.dev";

async function keylessSeal(
  { keyless, withOldTag }: SealRequest & { readonly withOldTag: boolean },
  context: ServiceContext,
  env: Environment,
): Promise<Seal> {
  if (withOldTag)
    throw new AppError(
      "usage",
      "cannot write the older form: without a key only bundles are written",
    );
  if (keyless.rekorVersion === 2 && keyless.timestamps === null)
    throw new AppError("usage", "cannot sign: entries of a log of version 2 prove no time", {
      hint: "name a timestamp authority with --timestamps URL",
    });
  const services = {
    fulcio: addressOf(keyless.fulcio ?? FULCIO),
    rekor: addressOf(keyless.rekor ?? REKOR),
    rekorVersion: keyless.rekorVersion,
    timestamps: keyless.timestamps === null ? null : addressOf(keyless.timestamps),
  };
  const [{ identityToken }, { signKeyless }] = await Promise.all([
    import("../io/keyless/identity-token.ts"),
    import("../io/keyless/sign-keyless.ts"),
  ]);
  const token = await identityToken(keyless.identityToken, env, context);
  return {
    signer: null,
    sign: async (statement) => {
      const bundle = await signKeyless(statement, { token, services }, context);
      return { bundle, envelope: null };
    },
  };
}

function addressOf(written: string): URL {
  if (URL.canParse(written) && /^https?:/.test(written)) return new URL(written);
  throw new AppError(
    "usage",
    `cannot use ${JSON.stringify(written.slice(0, 200))}: it is no address`,
  );
}

interface Said {
  readonly predicateType: string;
  readonly predicate: unknown;
  readonly name: string | null;
}

async function attach(
  image: FoundImage,
  said: Said,
  seal: Seal,
  alsoWith: (envelope: Buffer) => Promise<void> = async () => undefined,
): Promise<Signing> {
  const statement = writeStatement({ ...said, sha256: hexOf(image.digest) });
  const { bundle, envelope } = await seal.sign(statement);
  const artifact = {
    artifactType: BUNDLE_MEDIA_TYPE,
    layers: [{ mediaType: BUNDLE_MEDIA_TYPE, blob: blobOf(bundle) }],
    annotations: {
      "org.opencontainers.image.created": now(),
      "dev.sigstore.bundle.content": "dsse-envelope",
      "dev.sigstore.bundle.predicateType": said.predicateType,
    },
  };
  const attached = await attachReferrer(image.place, { subject: image, artifact }, image.signal);
  if (envelope !== null) await alsoWith(envelope);
  return {
    name: image.name,
    subject: image.digest,
    digest: attached.digest,
    predicateType: said.predicateType,
  };
}

/** The reference without tag and digest, as cosign writes it: Docker Hub by its old name. */
function repositoryOf(name: string): string {
  const bare = name.replace(/@sha256:[0-9a-f]{64}$/, "").replace(/:[^:/]+$/, "");
  return bare.replace(/^docker\.io\//, "index.docker.io/");
}
