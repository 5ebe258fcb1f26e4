import { type Index, parseIndex } from "../../formats/oci.ts";
import { parseReferrersList } from "../../formats/referrers-list.ts";
import { AppError } from "../../kit/error.ts";
import { type Digest, isDigest } from "../../model/digest.ts";
import { type BlobSource as Blobs, parsedIn, readVerified } from "../layout/blob-source.ts";
import { changeIndex, type IndexEntry, writeBlob } from "../layout/change-index.ts";
import { chooseNamed } from "../layout/choose-image.ts";
import { readLayout } from "../layout/open-layout.ts";
import { pathAndName } from "../path-and-name.ts";
import { digestOf } from "../registry/pull.ts";
import type { BlobSource, ManifestToPush, PushedManifest } from "../registry/push.ts";
import type { BlobWanted, Candidates, Enlisting, KeptManifest, Place, TagChange } from "./place.ts";

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
  return { place: new LayoutPlace(path, blobs, index), digest };
}

class LayoutPlace implements Place {
  readonly #path: string;
  readonly #blobs: Blobs;
  #index: Index;

  constructor(path: string, blobs: Blobs, index: Index) {
    this.#path = path;
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

  async putBlob(blob: BlobSource): Promise<void> {
    const pieces: Uint8Array[] = [];
    for await (const piece of blob.open()) pieces.push(piece);
    await writeBlob(this.#path, blob.digest, Buffer.concat(pieces));
  }

  async putManifest({ bytes }: ManifestToPush): Promise<PushedManifest> {
    const digest = digestOf(bytes);
    await writeBlob(this.#path, digest, bytes);
    return { digest, saysListed: false };
  }

  async enlist({ entry }: Enlisting, signal: AbortSignal): Promise<void> {
    const { artifactType, ...rest } = entry;
    const written = { ...rest, ...(artifactType === null ? {} : { artifactType }) };
    await this.#change(
      async (entries) =>
        entries.some((e) => e["digest"] === entry.digest) ? entries : [...entries, written],
      signal,
    );
  }

  async changeTag(change: TagChange, signal: AbortSignal): Promise<void> {
    await this.#change(async (entries) => {
      const at = entries.findIndex((e) => nameOf(e) === change.tag);
      const digest: unknown = entries[at]?.["digest"];
      const isNamed = typeof digest === "string" && isDigest(digest);
      const current = isNamed ? await this.manifest(digest) : null;
      if (current !== null && change.isDone(current)) return entries;
      const { bytes, mediaType } = await change.next(current === null ? [] : [current]);
      const put = await this.putManifest({ bytes, mediaType });
      const annotations = { [REF_NAME]: change.tag };
      const entry = { mediaType, digest: put.digest, size: bytes.length, annotations };
      return [...entries.filter((_, i) => i !== at), entry];
    }, signal);
  }

  async #change(change: Parameters<typeof changeIndex>[1], signal: AbortSignal): Promise<void> {
    const bytes = await changeIndex(this.#path, change, signal);
    this.#index = parsedIn(this.#blobs, "index.json", () => parseIndex(bytes));
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

function nameOf({ annotations }: IndexEntry): unknown {
  const isObject = typeof annotations === "object" && annotations !== null;
  return isObject ? Reflect.get(annotations, REF_NAME) : undefined;
}
