// From a reference to an image whose layers can be read: manifest and configuration, verified; layers as streams.
import {
  type Descriptor,
  type Index,
  type Manifest,
  parseImageConfig,
  parseManifestOrIndex,
} from "../../formats/oci.ts";
import { isImageConfigType } from "../../formats/oci-media-type.ts";
import { isAttestation, pickPlatform } from "../../formats/oci-platform.ts";
import { AppError } from "../../kit/error.ts";
import type { Platform } from "../../model/artifact.ts";
import type { Digest } from "../../model/digest.ts";
import { printReference, type Reference } from "../../model/reference.ts";
import type { OpenedImage } from "../image.ts";
import { describeImage } from "../layout/describe-image.ts";
import { thisPlatform } from "../this-platform.ts";
import { getManifest, pullBlob, pullBlobBytes } from "./pull.ts";
import { type RegistryClient, type RegistryOptions, registryClients } from "./registry-client.ts";

export interface OpenRegistryOptions extends RegistryOptions {
  /** null for the platform of this machine, and for images of one platform whatever that is. */
  readonly platform: Platform | null;
  /** As the user wrote it. */
  readonly target: string;
  readonly signal: AbortSignal;
}

/** An index may hold an index, as some tools make them; deeper ones are nobody's. */
const NESTING_MAX = 3;

/**
 * Finds an image in its registry, or in a mirror of it.
 *
 * The layers' streams verify themselves against digest and size, go on where they are cut, and hold no more than what the
 * network gives at a time; they can be read in any order and several at once.
 *
 * @throws {AppError} `registry-*`, `credential-helper`, `offline`, `platform-not-found`, `archive-invalid`, `digest-mismatch`,
 *   `limit-exceeded`, `config-invalid`; the signal's reason.
 */
export async function openRegistryImage(
  wanted: Reference,
  options: OpenRegistryOptions,
): Promise<OpenedImage> {
  const { signal } = options;
  const clients = await registryClients(wanted, options);
  const found = await findManifest(clients, wanted, options);
  const { config: descriptor } = found.manifest;
  if (!isImageConfigType(descriptor.mediaType)) throw notAnImage(wanted, descriptor.mediaType);
  const sources = [found.client, ...clients.filter((client) => client !== found.client)];
  const config = parseImageConfig(await pullBlobBytes(sources, descriptor, signal));
  const reference = printReference(wanted);
  const image = describeImage({ ...found, reference, config }, options);
  return {
    ...image,
    access: {
      kind: "streams",
      open: (layer, layerSignal) => pullBlob(sources, layerAt(found.manifest, layer), layerSignal),
    },
  };
}

interface FoundManifest {
  readonly manifest: Manifest;
  readonly digest: Digest;
  /** Of the outermost index; null when there is none. */
  readonly indexDigest: Digest | null;
  readonly client: RegistryClient;
}

/** The first place that has it. A mirror that fails, whatever the reason, is passed over; the registry's own word counts. */
async function findManifest(
  clients: readonly RegistryClient[],
  reference: Reference,
  options: OpenRegistryOptions,
): Promise<FoundManifest> {
  for (const client of clients) {
    try {
      return await manifestAt(client, reference, options);
    } catch (error) {
      const isOver = !(error instanceof AppError) || error.code === "offline";
      if (isOver || !client.place.isMirror) throw error;
    }
  }
  throw new AppError(
    "registry-not-found",
    `cannot read ${printReference(reference)}: no place has it`,
  );
}

async function manifestAt(
  client: RegistryClient,
  { tag, digest }: Reference,
  { platform, signal }: OpenRegistryOptions,
): Promise<FoundManifest> {
  let pulled = await getManifest(client, digest ?? tag ?? "latest", signal);
  let indexDigest: Digest | null = null;
  for (let depth = 0; depth < NESTING_MAX; depth += 1) {
    const document = parseManifestOrIndex(pulled.bytes);
    if (document.kind === "manifest") {
      return { manifest: document, digest: pulled.digest, indexDigest, client };
    }
    indexDigest ??= pulled.digest;
    const chosen = chosenFrom(document, platform);
    pulled = await getManifest(client, chosen.digest, signal);
  }
  throw new AppError("archive-invalid", "cannot read image index: indexes are nested too deeply");
}

/** When nobody asked for a platform, the only image there is is meant, whatever machine this is. */
function chosenFrom(index: Index, platform: Platform | null): Descriptor {
  const images = index.manifests.filter((descriptor) => !isAttestation(descriptor));
  const [only] = images;
  if (platform === null && images.length === 1 && only !== undefined) return only;
  return pickPlatform(index, platform ?? thisPlatform());
}

function layerAt({ layers }: Manifest, layer: number): Descriptor {
  const descriptor = layers[layer];
  if (descriptor === undefined) throw new AppError("internal", `the image has no layer ${layer}`);
  return descriptor;
}

function notAnImage(reference: Reference, mediaType: string): AppError {
  const name = printReference(reference);
  return new AppError(
    "archive-invalid",
    `cannot scan ${JSON.stringify(name)}: it is not an image but ${JSON.stringify(mediaType.slice(0, 100))}`,
    { subject: name },
  );
}
