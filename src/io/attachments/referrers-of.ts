// Everything that is attached to a digest, opened and checked: lists lie about what they name (io/attachments/readme.md).
import { type Descriptor, parseManifestOrIndex } from "../../formats/oci.ts";
import { AppError, reasonOf } from "../../kit/error.ts";
import { type Digest, shortDigest } from "../../model/digest.ts";
import type { Problem } from "../../model/problem.ts";
import { inParallel } from "../in-parallel.ts";
import { OLD_TAGS, type OldTag, oldTagOf } from "./old-tags.ts";
import type { KeptManifest, Place } from "./place.ts";

/** One thing that is attached. Its manifest was verified against its digest, and names its subject; nothing else is proved. */
export interface Referrer {
  readonly digest: Digest;
  /** The manifest. */
  readonly bytes: Buffer;
  /** Where an older tool keeps it, `sha256-HEX.sig` and the like; null when the manifest itself names its subject. */
  readonly oldTag: OldTag | null;
  readonly mediaType: string;
  /** The manifest's own word, or its configuration's when it has none. Lists are not asked: they are often wrong. */
  readonly artifactType: string | null;
  readonly annotations: ReadonlyMap<string, string>;
  /** Empty for an index. */
  readonly layers: readonly Descriptor[];
  /**
   * Reads one of the layers, whole and verified.
   *
   * @param bytesMax 16 MiB when absent.
   * @throws {AppError} `registry-*`, `digest-mismatch`, `limit-exceeded`, `archive-invalid`; the signal's reason.
   */
  blob(layer: Descriptor, bytesMax?: number): Promise<Buffer>;
}

export interface Referrers {
  /** In the order of the lists; what older tools keep comes last. */
  readonly referrers: readonly Referrer[];
  /** `referrers-incomplete` when there may be more, `referrer-refused` for what was left out. */
  readonly problems: readonly Problem[];
}

export interface ReferrersOptions {
  readonly signal: AbortSignal;
  /** Whether the tags of older tools are looked at; they are when absent. */
  readonly oldTags?: boolean;
}

/** No more manifests are opened for one digest. */
const OPENED_MAX = 1000;
/** Nor more bytes of them. */
const BYTES_MAX = 64 << 20;
const BLOB_BYTES_MAX = 16 << 20;
const AT_ONCE = 8;
const PROBLEMS_MAX = 20;

/**
 * Lists what is attached to a digest, and opens each manifest, several at a time. Whether a signature is good is not asked
 * here.
 *
 * @throws {AppError} `registry-*` and others when the lists cannot be had at all; the signal's reason.
 */
export async function referrersOf(
  place: Place,
  subject: Digest,
  { signal, oldTags = true }: ReferrersOptions,
): Promise<Referrers> {
  const tags = oldTags ? OLD_TAGS : [];
  const gathering = new Gathering(place, subject, signal);
  const [{ manifests, malformed, isWhole }, ...old] = await Promise.all([
    place.candidates(subject, OPENED_MAX, signal),
    ...tags.map((tag) => gathering.openTag(tag)),
  ]);
  const named = manifests.filter(({ digest }) => digest !== subject);
  const opened = await inParallel(named.slice(0, OPENED_MAX), AT_ONCE, (c) => gathering.open(c));
  if (malformed > 0) gathering.refuse(`${malformed} of the list's entries name no digest`);
  const unopened = named.length - OPENED_MAX;
  if (unopened > 0 || !isWhole)
    gathering.incomplete(`more than ${OPENED_MAX} manifests are listed, and no more were opened`);
  return {
    referrers: [...opened, ...old].flatMap((referrer) => referrer ?? []),
    problems: gathering.problems(),
  };
}

/** What is refused is a value; only what ends everything is thrown. */
const ENDS_ALL: ReadonlySet<string> = new Set(["offline", "interrupted", "internal"]);
const REFUSED: ReadonlySet<string> = new Set([
  "archive-invalid",
  "digest-mismatch",
  "limit-exceeded",
]);

class Gathering {
  readonly #place: Place;
  readonly #subject: Digest;
  readonly #signal: AbortSignal;
  readonly #refused: string[] = [];
  readonly #incomplete: string[] = [];
  #bytes = 0;

  constructor(place: Place, subject: Digest, signal: AbortSignal) {
    this.#place = place;
    this.#subject = subject;
    this.#signal = signal;
  }

  incomplete(detail: string): void {
    this.#incomplete.push(detail);
  }

  problems(): Problem[] {
    return [
      ...problemsOf("referrers-incomplete", this.#incomplete),
      ...problemsOf("referrer-refused", this.#refused),
    ];
  }

  /** @returns null when it is not attached to the subject, or cannot be told. */
  async open({
    digest,
    isStated,
  }: {
    digest: Digest;
    isStated: boolean;
  }): Promise<Referrer | null> {
    const short = shortDigest(digest);
    if (this.#bytes > BYTES_MAX) {
      this.incomplete(
        `${short} was not opened: what is attached is larger than ${BYTES_MAX} bytes`,
      );
      return null;
    }
    try {
      const kept = await this.#place.manifest(digest, this.#signal);
      if (kept === null) return this.refuse(`${short} is listed as attached, and is not there`);
      this.#bytes += kept.bytes.length;
      const document = parseManifestOrIndex(kept.bytes);
      if (document.subject?.digest === this.#subject) return this.#referrer(kept, null);
      if (!isStated) return null;
      const belongs = document.subject === null ? "nothing" : shortDigest(document.subject.digest);
      return this.refuse(`${short} is listed as attached, and says that it belongs to ${belongs}`);
    } catch (error) {
      this.#failed(short, error);
      return null;
    }
  }

  /** Older tools name the subject by the tag alone; what they signed names it, too, and is for verifiers to compare. */
  async openTag(tag: OldTag): Promise<Referrer | null> {
    try {
      const kept = await this.#place.manifest(oldTagOf(this.#subject, tag), this.#signal);
      return kept === null ? null : this.#referrer(kept, tag);
    } catch (error) {
      this.#failed(`what is kept under the tag .${tag}`, error);
      return null;
    }
  }

  refuse(detail: string): null {
    this.#refused.push(detail);
    return null;
  }

  #failed(what: string, error: unknown): void {
    this.#signal.throwIfAborted();
    if (!(error instanceof AppError) || ENDS_ALL.has(error.code)) throw error;
    const list = REFUSED.has(error.code) ? this.#refused : this.#incomplete;
    list.push(`${what} cannot be read: ${reasonOf(error)}`);
  }

  #referrer(kept: KeptManifest, oldTag: OldTag | null): Referrer {
    const document = parseManifestOrIndex(kept.bytes);
    const isManifest = document.kind === "manifest";
    const configType = isManifest ? document.config.mediaType : null;
    return {
      digest: kept.digest,
      bytes: kept.bytes,
      oldTag,
      mediaType: document.mediaType,
      artifactType: document.artifactType ?? configType,
      annotations: document.annotations,
      layers: isManifest ? document.layers : [],
      blob: (layer, bytesMax = BLOB_BYTES_MAX) => this.#place.blob(layer, bytesMax, this.#signal),
    };
  }
}

function problemsOf(code: Problem["code"], details: readonly string[]): Problem[] {
  const shown = details.slice(0, PROBLEMS_MAX).map((detail) => ({ code, detail }));
  const more = details.length - shown.length;
  return more > 0 ? [...shown, { code, detail: `and ${more} more of this kind` }] : shown;
}
