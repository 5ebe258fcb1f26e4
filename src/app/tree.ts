// `bulwark tree`: everything that is attached to an image, to each of its platforms, and to what is attached.
import {
  attachmentsIn,
  buildkitAttachments,
  buildkitSubject,
  predicateTypeIn,
  withPredicate,
} from "../formats/attachment.ts";
import { type Descriptor, type Index, parseManifestOrIndex } from "../formats/oci.ts";
import type { Place } from "../io/attachments/place.ts";
import { type Referrer, referrersOf } from "../io/attachments/referrers-of.ts";
import { inParallel } from "../io/in-parallel.ts";
import { AppError } from "../kit/error.ts";
import type { Attachment, AttachmentKind, ImageTree, TreeNode } from "../model/attachment.ts";
import { type Digest, shortDigest } from "../model/digest.ts";
import type { Problem } from "../model/problem.ts";
import { placeOf } from "./image-place.ts";
import type { Surroundings } from "./surroundings.ts";

export interface TreeRequest {
  /** A reference or a layout. */
  readonly image: string;
  readonly offline: boolean;
}

/** Images of one index that are looked at; the largest known have some twenty. */
const IMAGES_MAX = 100;
const AT_ONCE = 4;
/** How far down what is attached to what is attached is followed, and for how many things. */
const DEPTH_MAX = 3;
const FOLLOWED_MAX = 100;
const BUNDLE_BYTES_MAX = 1 << 20;

/**
 * Lists everything that is attached to an image. Nothing is verified but digests.
 *
 * @throws {AppError} `usage`, `reference-invalid`, `not-found`, `registry-*`, `archive-invalid`, `offline` and others that mean
 *   that the image or the lists cannot be read at all.
 */
export async function imageTree(
  request: TreeRequest,
  surroundings: Surroundings,
): Promise<ImageTree> {
  const { place, at, name } = await placeOf(request.image, { ...surroundings, ...request });
  const kept = await place.manifest(at, surroundings.signal);
  if (kept === null) {
    throw new AppError(
      "registry-not-found",
      `cannot find ${JSON.stringify(name)}: it is not there`,
      {
        hint: "look for a typing error",
        subject: name,
      },
    );
  }
  const document = parseManifestOrIndex(kept.bytes);
  const climb = new Climb(place, surroundings.signal);
  const node = await climb.node(kept.digest, { mediaType: document.mediaType, platform: null });
  const images = document.kind === "index" ? await climb.images(document) : [];
  return { name, root: { ...node, images }, problems: climb.problems };
}

const KINDS: readonly AttachmentKind[] = ["signature", "attestation", "sbom", "artifact"];

/** Lists have no order that means something. By date within a kind; what has none is of an old form, and comes last. */
function byKind(a: Attachment, b: Attachment): number {
  const when = ({ createdAt, digest }: Attachment): string => `${createdAt ?? "~"} ${digest}`;
  const kinds = KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind);
  return kinds !== 0 ? kinds : when(a) < when(b) ? -1 : 1;
}

class Climb {
  readonly problems: Problem[] = [];
  readonly #place: Place;
  readonly #signal: AbortSignal;
  #followed = 0;

  constructor(place: Place, signal: AbortSignal) {
    this.#place = place;
    this.#signal = signal;
  }

  async node(digest: Digest, facts: Pick<TreeNode, "mediaType" | "platform">): Promise<TreeNode> {
    return { digest, ...facts, attached: await this.#attachedTo(digest, 0), images: [] };
  }

  /** BuildKit's attestations are listed like images, and belong to one. */
  async images(index: Index): Promise<TreeNode[]> {
    const listed = index.manifests.slice(0, IMAGES_MAX);
    if (listed.length < index.manifests.length) {
      const detail = `more than ${IMAGES_MAX} images are listed, and no more were looked at`;
      this.problems.push({ code: "referrers-incomplete", detail });
    }
    const images = listed.filter((d) => buildkitSubject(d) === null);
    const beside = listed.filter((d) => buildkitSubject(d) !== null);
    return inParallel(images, AT_ONCE, async (image) => {
      const { digest } = image;
      const node = await this.node(digest, image);
      const own = beside.filter((d) => buildkitSubject(d) === digest);
      const built = await inParallel(own, 1, (d) => this.#buildkit(d));
      return { ...node, attached: [...built.flat(), ...node.attached] };
    });
  }

  async #buildkit({ digest }: Descriptor): Promise<Attachment[]> {
    try {
      const kept = await this.#place.manifest(digest, this.#signal);
      const document = kept === null ? null : parseManifestOrIndex(kept.bytes);
      if (document?.kind !== "manifest") return [];
      return buildkitAttachments({ ...document, digest, oldTag: null });
    } catch (error) {
      this.#incomplete(`${shortDigest(digest)} cannot be read`, error);
      return [];
    }
  }

  /** Older tags exist for images only; in the depth, they would be three questions for each signature. */
  async #attachedTo(digest: Digest, depth: number): Promise<Attachment[]> {
    const options = { signal: this.#signal, oldTags: depth === 0 };
    const { referrers, problems } = await referrersOf(this.#place, digest, options);
    this.problems.push(...problems);
    const found = await inParallel(referrers, AT_ONCE, (r) => this.#attachments(r));
    const sorted = found.flat().sort(byKind);
    return inParallel(sorted, AT_ONCE, (a) => this.#withAttached(a, depth));
  }

  async #withAttached(attachment: Attachment, depth: number): Promise<Attachment> {
    const { kind, form, digest } = attachment;
    const isSigned = form === "oci" && (kind === "sbom" || kind === "artifact");
    if (!isSigned || depth >= DEPTH_MAX || this.#followed >= FOLLOWED_MAX) return attachment;
    this.#followed += 1;
    return { ...attachment, attached: await this.#attachedTo(digest, depth + 1) };
  }

  /** Bundles that say nothing about their contents are opened; most do say it. */
  async #attachments(referrer: Referrer): Promise<Attachment[]> {
    const found = attachmentsIn(referrer);
    const [layer] = referrer.layers;
    const [only] = found;
    if (only?.form !== "bundle" || only.kind !== "attestation") return found;
    const isSilent = only.predicateType === null && layer !== undefined;
    if (!isSilent || layer.sizeBytes > BUNDLE_BYTES_MAX) return found;
    try {
      const bytes = await referrer.blob(layer, BUNDLE_BYTES_MAX);
      return [withPredicate(only, predicateTypeIn(bytes))];
    } catch (error) {
      this.#incomplete(`${shortDigest(referrer.digest)} cannot be read`, error);
      return found;
    }
  }

  #incomplete(state: string, error: unknown): void {
    this.#signal.throwIfAborted();
    if (!(error instanceof AppError) || error.code === "internal") throw error;
    this.problems.push({ code: "referrers-incomplete", detail: `${state}: ${error.message}` });
  }
}
