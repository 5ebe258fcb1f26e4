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
import { HttpClient } from "../io/http/client.ts";
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

export interface SignRequest {
  /** A reference or a layout. */
  readonly image: string;
  /** A file, `awskms://…` or `hashivault://…`. */
  readonly key: string;
  readonly password: AskPassword;
  /** Also under cosign's older tag. */
  readonly withOldTag: boolean;
  readonly offline: boolean;
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
  const signer = await signerOf(request, surroundings);
  const statement = { predicateType: SIGN_PREDICATE, predicate: {}, name: null };
  const signing = await attach(image, statement, signer);
  if (request.withOldTag) {
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
  const image = await imageOf(request, surroundings);
  const signer = await signerOf(request, surroundings);
  const statement = { ...said, name: repositoryOf(image.name) };
  const signing = await attach(image, statement, signer, async (envelope) => {
    if (!request.withOldTag) return;
    const annotations = {
      "dev.cosignproject.cosign/signature": "",
      predicateType: said.predicateType,
    };
    const layer = { mediaType: ENVELOPE_MEDIA_TYPE, bytes: envelope, annotations };
    await putSignatureTag(image.place, { subject: image.digest, tag: "att", layer }, image.signal);
  });
  return signing;
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
  { image, offline }: SignRequest,
  surroundings: Surroundings,
): Promise<FoundImage> {
  const { place, at, name } = await placeOf(image, { ...surroundings, offline });
  const kept = await place.manifest(at, surroundings.signal);
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

async function signerOf(
  { key, password, offline }: SignRequest,
  { env, signal }: Surroundings,
): Promise<Signer> {
  const http = new HttpClient({ env, offline });
  return openSigner(key, { env, password, http, signal });
}

interface Said {
  readonly predicateType: string;
  readonly predicate: unknown;
  readonly name: string | null;
}

async function attach(
  image: FoundImage,
  said: Said,
  signer: Signer,
  alsoWith: (envelope: Buffer) => Promise<void> = async () => undefined,
): Promise<Signing> {
  const statement = writeStatement({ ...said, sha256: hexOf(image.digest) });
  const envelope = await signEnvelope(statement, signer);
  const artifact = {
    artifactType: BUNDLE_MEDIA_TYPE,
    layers: [{ mediaType: BUNDLE_MEDIA_TYPE, blob: blobOf(keyBundle(envelope, signer)) }],
    annotations: {
      "org.opencontainers.image.created": now(),
      "dev.sigstore.bundle.content": "dsse-envelope",
      "dev.sigstore.bundle.predicateType": said.predicateType,
    },
  };
  const attached = await attachReferrer(image.place, { subject: image, artifact }, image.signal);
  await alsoWith(envelopeDocument(envelope));
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
