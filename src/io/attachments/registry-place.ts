import { OCI_INDEX } from "../../formats/oci-media-type.ts";
import {
  type ListedReferrers,
  parseReferrersList,
  withReferrer,
} from "../../formats/referrers-list.ts";
import { AppError } from "../../kit/error.ts";
import type { Digest } from "../../model/digest.ts";
import type { Reference } from "../../model/reference.ts";
import { digestOf, getManifest, pullBlobBytes } from "../registry/pull.ts";
import {
  type BlobSource,
  type ManifestToPush,
  type PushedManifest,
  pushBlob,
  putManifest,
} from "../registry/push.ts";
import { fallbackTag, referrersInApi } from "../registry/referrers.ts";
import {
  type RegistryClient,
  type RegistryOptions,
  registryClient,
} from "../registry/registry-client.ts";
import { changeTag } from "./change-tag.ts";
import type { BlobWanted, Candidates, Enlisting, KeptManifest, Place, TagChange } from "./place.ts";

/** How far a registry's own list is read to see whether it does as it says. */
const LISTED_MAX = 10_000;

/**
 * The repository of a reference, at its own registry: a mirror need not have what was attached since.
 *
 * @throws {AppError} `config-invalid`, `registry-denied` (blocked by configuration).
 */
export async function registryPlace(
  reference: Reference,
  options: RegistryOptions,
): Promise<Place> {
  return new RegistryPlace(await registryClient(reference, options));
}

class RegistryPlace implements Place {
  readonly name: string;
  readonly #client: RegistryClient;

  constructor(client: RegistryClient) {
    this.#client = client;
    this.name = client.name;
  }

  async manifest(reference: string, signal: AbortSignal): Promise<KeptManifest | null> {
    try {
      return await getManifest(this.#client, reference, signal);
    } catch (error) {
      if (error instanceof AppError && error.code === "registry-not-found") return null;
      throw error;
    }
  }

  blob(wanted: BlobWanted, bytesMax: number, signal: AbortSignal): Promise<Buffer> {
    const { digest, sizeBytes } = wanted;
    return pullBlobBytes(this.#client, { digest, sizeBytes, bytesMax }, signal);
  }

  /**
   * Both lists are read. A registry that has learnt to list may not know what clients listed before, and one that pretends
   * to list makes some clients leave the fallback tag out and others not.
   */
  async candidates(subject: Digest, max: number, signal: AbortSignal): Promise<Candidates> {
    const [own, byClients] = await Promise.all([
      referrersInApi(this.#client, { digest: subject, max }, signal),
      this.#listedByClients(subject, signal),
    ]);
    const digests = new Set([...(own?.digests ?? []), ...byClients.digests]);
    return {
      manifests: [...digests].map((digest) => ({ digest, isStated: true })),
      malformed: (own?.malformed ?? 0) + byClients.malformed,
      isWhole: own?.isWhole ?? true,
    };
  }

  async #listedByClients(subject: Digest, signal: AbortSignal): Promise<ListedReferrers> {
    const kept = await this.manifest(fallbackTag(subject), signal);
    // GitLab takes this tag for the digest itself: then it is no list, but what we ask about.
    const isList = kept !== null && kept.digest !== subject;
    return isList ? parseReferrersList(kept.bytes) : { digests: [], malformed: 0 };
  }

  putBlob(blob: BlobSource, signal: AbortSignal): Promise<void> {
    return pushBlob(this.#client, blob, signal);
  }

  putManifest(manifest: ManifestToPush, signal: AbortSignal): Promise<PushedManifest> {
    const name = digestOf(manifest.bytes);
    return putManifest(this.#client, { name, manifest }, signal);
  }

  /** A registry is believed that it lists a manifest when it does so. */
  async enlist(enlisting: Enlisting, signal: AbortSignal): Promise<void> {
    const { subject, entry } = enlisting;
    if (await this.#isListed(enlisting, signal)) return;
    const change: TagChange = {
      tag: fallbackTag(subject),
      isNothing: subject,
      isDone: ({ bytes }) => parseReferrersList(bytes).digests.includes(entry.digest),
      next: async (seen) => {
        const bytes = withReferrer(
          seen.map((kept) => kept.bytes),
          entry,
        );
        return { bytes, mediaType: OCI_INDEX };
      },
    };
    await changeTag(this.#client, change, signal);
  }

  async #isListed(
    { subject, entry, saysListed }: Enlisting,
    signal: AbortSignal,
  ): Promise<boolean> {
    const max = LISTED_MAX;
    const own = await referrersInApi(this.#client, { digest: subject, max }, signal);
    if (own === null) return false;
    return own.digests.includes(entry.digest) || (saysListed && !own.isWhole);
  }

  changeTag(change: TagChange, signal: AbortSignal): Promise<void> {
    return changeTag(this.#client, change, signal);
  }
}
