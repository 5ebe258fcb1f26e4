import { type Index, parseIndex } from "../../formats/oci.ts";
import { parseReferrersList } from "../../formats/referrers-list.ts";
import { AppError } from "../../kit/error.ts";
import { type Digest, isDigest } from "../../model/digest.ts";
import { type BlobSource, parsedIn, readVerified } from "../layout/blob-source.ts";
import { chooseNamed } from "../layout/choose-image.ts";
import { readLayout } from "../layout/open-layout.ts";
import { pathAndName } from "../path-and-name.ts";
import type { BlobWanted, Candidates, KeptManifest, Place } from "./place.ts";

const REF_NAME = "org.opencontainers.image.ref.name";
/** What cosign writes beside the images that it saves. */
const COSIGN_KIND = "kind";
const COSIGN_KINDS: ReadonlyMap<string, string> = new Map([
  ["dev.cosignproject.cosign/sigs", ".sig"],
  ["dev.cosignproject.cosign/atts", ".att"],
]);

/** A layout, and what was meant in it. */
export interface OpenedLayout {
  readonly place: Place;
  /** Of the manifest, or of the index of an image for several platforms. */
  readonly digest: Digest;
}

/**
 * Opens a layout on disk. What is attached is listed in its `index.json`, among the images; the tags of registries that were
 * copied along are honoured.
 *
 * @param tag As for scanning: a name in the layout, a digest, or null for the only image.
 * @throws {AppError} `not-found`, `usage`, `unreadable`, `archive-invalid`, `limit-exceeded`.
 */
export async function openLayoutPlace(written: string, tag: string | null): Promise<OpenedLayout> {
  const { path, name } = pathAndName({ path: written, name: tag });
  const { blobs, index: bytes } = await readLayout(path);
  const index = parsedIn(blobs, "index.json", () => parseIndex(bytes));
  const { digest } = await chooseNamed(blobs, index, { tag: name, platform: null });
  return { place: new LayoutPlace(blobs, index), digest };
}

class LayoutPlace implements Place {
  readonly #blobs: BlobSource;
  readonly #index: Index;

  constructor(blobs: BlobSource, index: Index) {
    this.#blobs = blobs;
    this.#index = index;
  }

  get name(): string {
    return this.#blobs.name;
  }

  async manifest(reference: string): Promise<KeptManifest | null> {
    const digest = isDigest(reference) ? reference : this.#named(reference);
    if (digest === null || (await this.#blobs.sizeOf(digest)) === null) return null;
    const claim = { digest, sizeBytes: 0 };
    return { bytes: await readVerified(this.#blobs, "manifest", claim), digest };
  }

  async blob(wanted: BlobWanted, bytesMax: number): Promise<Buffer> {
    const sizeBytes = (await this.#blobs.sizeOf(wanted.digest)) ?? 0;
    if (sizeBytes <= bytesMax) return readVerified(this.#blobs, "blob", wanted);
    throw new AppError(
      "limit-exceeded",
      `cannot read blob ${wanted.digest} of ${this.name}: it is larger than ${bytesMax} bytes`,
      { subject: wanted.digest },
    );
  }

  async candidates(subject: Digest, max: number): Promise<Candidates> {
    const list = this.#named(`sha256-${subject.slice("sha256:".length)}`);
    const kept = list === null || list === subject ? null : await this.manifest(list);
    const listed = kept === null ? null : parseReferrersList(kept.bytes);
    const stated = new Set(listed?.digests ?? []);
    const lying = new Set(this.#index.manifests.map((d) => d.digest));
    const manifests = [
      ...[...stated].map((digest) => ({ digest, isStated: true })),
      ...[...lying]
        .filter((digest) => digest !== list && !stated.has(digest))
        .map((digest) => ({ digest, isStated: false })),
    ];
    const malformed = listed?.malformed ?? 0;
    return { manifests: manifests.slice(0, max + 1), malformed, isWhole: true };
  }

  /** By the tag that it had in a registry. */
  #named(tag: string): Digest | null {
    const named = this.#index.manifests.find((d) => d.annotations.get(REF_NAME) === tag);
    return named?.digest ?? this.#savedByCosign(tag);
  }

  /** cosign leaves the tags out, and keeps one image in a layout. */
  #savedByCosign(tag: string): Digest | null {
    const [, hex, ending] = /^sha256-([0-9a-f]{64})(\.[a-z]+)$/.exec(tag) ?? [];
    const { manifests } = this.#index;
    if (ending === undefined || !manifests.some((d) => d.digest === `sha256:${hex}`)) return null;
    const [only, ...more] = manifests.filter(
      (d) => COSIGN_KINDS.get(d.annotations.get(COSIGN_KIND) ?? "") === ending,
    );
    return more.length === 0 ? (only?.digest ?? null) : null;
  }
}
