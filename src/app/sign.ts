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
import { readNamed } from "../io/named-file.ts";
import { blobOf } from "../io/registry/push.ts";
import { AppError } from "../kit/error.ts";
import { type Digest, hexOf } from "../model/digest.ts";
import { SIGN_PREDICATE } from "../model/trust.ts";
import { placeOf } from "./image-place.ts";
import { predicateOf } from "./predicates.ts";
import { openSeal, type Seal, type SealRequest } from "./seal.ts";
import type { Surroundings } from "./surroundings.ts";

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
