// What is attached to an image by people who are believed, as rules of a policy ask for it.
import type { Place } from "../io/attachments/place.ts";
import type { LoadedTrust } from "../io/trust/examination.ts";
import { AppError } from "../kit/error.ts";
import type { ArtifactSummary } from "../model/artifact.ts";
import type { Attached, Statement } from "../model/attached.ts";
import { type Digest, hexOf } from "../model/digest.ts";
import { blocksVerdict } from "../model/problem.ts";
import { parseReference } from "../model/reference.ts";
import { refusalsOf } from "../model/verification.ts";
import { placeOf } from "./image-place.ts";
import type { Surroundings } from "./surroundings.ts";

/** Looks at what is attached to an artifact. */
export type AttachedReader = (artifact: ArtifactSummary) => Promise<Attached>;

/** A reader that believes whom the trust file names. It never fails: what cannot be looked at is a value. */
export function attachedReader(
  trust: LoadedTrust,
  context: Surroundings & { readonly offline: boolean },
): AttachedReader {
  return async (artifact) => {
    if (artifact.kind !== "image") return { state: "unasked" };
    if (artifact.digest === null || artifact.digestKind !== "manifest")
      return { state: "unattachable", why: UNPUSHED };
    try {
      const { place } = await placeOf(artifact.reference ?? artifact.target, context);
      const digests = [artifact.digest, artifact.indexDigest].filter((digest) => digest !== null);
      const image = { place, name: repositoryName(artifact), digests };
      return await attachedTo(image, trust, context.signal);
    } catch (error) {
      context.signal.throwIfAborted();
      return unreadBecause(error);
    }
  };
}

const UNPUSHED = "it was never pushed, so it has no digest of a repository";

/** What it means that what is attached could not be had. @throws the error, when it is a defect. */
export function unreadBecause(error: unknown): Attached {
  if (!(error instanceof AppError) || error.code === "internal") throw error;
  return error.code === "usage"
    ? { state: "unattachable", why: "it lies in no registry and no layout" }
    : { state: "unread", why: error.message };
}

/** An image where it lies. */
export interface ImageInPlace {
  readonly place: Place;
  /** Repository, without tag and digest. */
  readonly name: string;
  /** Its own digest, and that of the index through which it was reached. */
  readonly digests: readonly Digest[];
  /** How much of what is attached is read in all, where memory is scarce. */
  readonly bytesMax?: number;
}

/**
 * Verifies everything that is attached to an image, whatever it states.
 *
 * @throws {AppError} when the lists cannot be had at all; the signal's reason.
 */
export async function attachedTo(
  { place, name, digests, ...bounds }: ImageInPlace,
  trust: LoadedTrust,
  signal: AbortSignal,
): Promise<Attached & { readonly state: "read" }> {
  const [{ referrersOf }, { attachedClaims }, { now }] = await Promise.all([
    import("../io/attachments/referrers-of.ts"),
    import("../io/trust/attached-claims.ts"),
    import("../io/clock.ts"),
  ]);
  const at = now();
  const statements: Statement[] = [];
  const refused: string[] = [];
  const unread: string[] = [];
  for (const digest of digests) {
    const kept = await place.manifest(digest, signal);
    const wanted = { sha256: hexOf(digest), bytes: kept?.bytes ?? null, predicateTypes: null };
    const { referrers, problems } = await referrersOf(place, digest, { signal });
    const read = await attachedClaims(referrers, wanted, { trust, now: at, ...bounds });
    statements.push(...read.statements);
    refused.push(...refusalsOf(read.claims));
    for (const problem of problems)
      if (blocksVerdict(problem)) unread.push(`what is attached: ${problem.detail}`);
      else refused.push(`left out: ${problem.detail}`);
    unread.push(...read.unread);
  }
  return { state: "read", name, digests, statements, refused, unread, at };
}

/** `registry.example/team/api`; of a layout, the path as it was written. */
export function repositoryName({
  reference,
  target,
}: Pick<ArtifactSummary, "reference" | "target">): string {
  if (reference === null) return target;
  const { registry, repository } = parseReference(reference);
  return `${registry}/${repository}`;
}
