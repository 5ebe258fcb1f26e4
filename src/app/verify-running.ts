// Is everything that runs here still signed by somebody whom we believe, and by whom alone? Signatures are read anew from the
// registries, by the digests by which the engines had the images from there: what was good once may be revoked by now.
import type { Place } from "../io/attachments/place.ts";
import { now } from "../io/clock.ts";
import type { RepoDigest } from "../io/engine/engine-image.ts";
import { containersOnHost, type RunningContainer } from "../io/engine/list-containers.ts";
import { inParallel } from "../io/in-parallel.ts";
import type { LoadedTrust } from "../io/trust/examination.ts";
import { AppError } from "../kit/error.ts";
import type { Digest } from "../model/digest.ts";
import {
  type OldSince,
  type Standing,
  standingOf,
  type Voucher,
  vouchersOf,
} from "../model/key-standing.ts";
import { parseReference, type Reference } from "../model/reference.ts";
import { lifeRefused, type Verification } from "../model/verification.ts";
import type { Surroundings } from "./surroundings.ts";
import { type TrustRequest, trustOf } from "./trust.ts";
import { attachedTo } from "./verify.ts";

export interface RunningRequest extends TrustRequest {
  /** The types of predicate that count; null for a plain signature. */
  readonly types: readonly string[] | null;
  /** A key that ends within so many days is old already. */
  readonly endingDays: number;
}

/** An image that runs, and what became of it. */
export interface RunningImage {
  readonly engine: string;
  /** By the name that containers were started with; else by a digest at a registry, else by its id. */
  readonly image: string;
  /** By which it was verified; null when no registry has it under any. */
  readonly digest: Digest | null;
  /** Names of containers. */
  readonly containers: readonly string[];
  readonly standing: Standing;
  /** Who vouches for it, or did as long as the key counted. */
  readonly vouchers: readonly Voucher[];
  /** Why nobody vouches for it, or why it could not be told. */
  readonly reasons: readonly string[];
}

export interface VerifiedRunning {
  readonly verifiedAt: string;
  /** The worst first. */
  readonly images: readonly RunningImage[];
  /** What may run beside them: engines that could not be asked. */
  readonly unasked: readonly string[];
}

const AT_ONCE = 8;

/**
 * Verifies every image of every container that runs on this host.
 *
 * @throws {AppError} `engine-unavailable` when there is no engine at all; what reading the trust throws; the signal's reason.
 *   What is wrong with one image is a value.
 */
export async function verifyRunning(
  request: RunningRequest,
  surroundings: Surroundings,
): Promise<VerifiedRunning> {
  const { warn, progress } = surroundings;
  const trust = await trustOf(request, warn);
  const { containers, problems, engines } = await containersOnHost(surroundings);
  if (engines.length === 0 && problems.length === 0)
    throw new AppError(
      "engine-unavailable",
      "cannot verify what runs: no container engine was found",
      { hint: "start Docker or Podman, or point DOCKER_HOST at the engine" },
    );
  const groups = groupsOf(containers);
  const verifiedAt = now();
  const verifier = new RunningVerifier(request, { ...surroundings, trust, verifiedAt });
  let done = 0;
  const images = await inParallel(groups, AT_ONCE, async (group) => {
    const image = await verifier.verified(group);
    done += 1;
    progress(`verified ${done} of ${groups.length} images`);
    return image;
  });
  progress(null);
  return {
    verifiedAt,
    images: images.sort((a, b) => RANK.indexOf(a.standing) - RANK.indexOf(b.standing)),
    unasked: problems.map(({ detail }) => detail),
  };
}

const RANK: readonly Standing[] = ["refused", "lapsed", "undecided", "old-key", "current"];

/** Containers of one image under one name. */
type Group = readonly [RunningContainer, ...RunningContainer[]];

function groupsOf(containers: readonly RunningContainer[]): Group[] {
  const groups = new Map<string, [RunningContainer, ...RunningContainer[]]>();
  for (const container of containers) {
    const key = JSON.stringify([container.engine, container.image, container.imageId]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [container]);
    else group.push(container);
  }
  return [...groups.values()];
}

interface Circumstances extends Surroundings {
  readonly trust: LoadedTrust;
  readonly verifiedAt: string;
}

/** What one digest at one registry said. */
interface Told {
  readonly digest: Digest;
  readonly standing: Standing;
  readonly vouchers: readonly Voucher[];
  readonly reasons: readonly string[];
}

class RunningVerifier {
  readonly #request: RunningRequest;
  readonly #around: Circumstances;
  readonly #since: OldSince;
  /** By repository and digest: the same image may run under several names. */
  readonly #told = new Map<string, Promise<Told>>();
  /** By repository: proving who we are once is enough. */
  readonly #places = new Map<string, Promise<Place>>();

  constructor(request: RunningRequest, around: Circumstances) {
    this.#request = request;
    this.#around = around;
    this.#since = { now: around.verifiedAt, endingDays: request.endingDays };
  }

  async verified(group: Group): Promise<RunningImage> {
    const [{ engine, image, imageId, repoDigests }] = group;
    const candidates = ownFirst(repoDigests, image);
    const [first] = candidates;
    const containers = group.map(({ name }) => name);
    const facts = { engine, containers };
    if (first === undefined) {
      const nothing = { digest: null, standing: "undecided", vouchers: [] } as const;
      return { ...facts, image: image ?? imageId, ...nothing, reasons: [NO_DIGEST] };
    }
    const name = image ?? `${first.repository}@${first.digest}`;
    return { ...facts, image: name, ...(await this.#best(candidates)) };
  }

  /** The same image at several registries is vouched for when it is so at one. */
  async #best(candidates: readonly RepoDigest[]): Promise<Told> {
    const all: Told[] = [];
    for (const candidate of candidates) {
      const told = await this.#once(candidate);
      if (told.standing === "current") return told;
      all.push(told);
    }
    return all.reduce((best, told) => (weight(told) < weight(best) ? told : best));
  }

  #once({ repository, digest }: RepoDigest): Promise<Told> {
    const key = `${repository}@${digest}`;
    const known = this.#told.get(key);
    if (known !== undefined) return known;
    const told = this.#tell(key, digest);
    this.#told.set(key, told);
    return told;
  }

  async #tell(name: string, digest: Digest): Promise<Told> {
    try {
      return await this.#ask(parseReference(name), digest);
    } catch (error) {
      this.#around.signal.throwIfAborted();
      if (!(error instanceof AppError) || error.code === "internal") throw error;
      const hint = error.hint === null ? "" : `; ${error.hint}`;
      return untold(digest, `${error.message}${hint}`);
    }
  }

  async #ask(reference: Reference, digest: Digest): Promise<Told> {
    const { signal, trust } = this.#around;
    const place = await this.#placeOf(reference);
    const kept = await place.manifest(digest, signal);
    if (kept === null) return untold(digest, `${place.name} does not have this digest (any more)`);
    const ask = await attachedTo(place, kept, { types: this.#request.types, signal });
    const verification = await ask(trust);
    if (verification.outcome !== "refused" || !lifeRefused(verification))
      return this.#toldOf(digest, verification, verification);
    return this.#toldOf(digest, verification, await ask(withoutEnds(trust)));
  }

  /** @param counting The answer whose claims count, which is another one when keys have ended. */
  #toldOf(digest: Digest, verification: Verification, counting: Verification): Told {
    const vouchers = vouchersOf(counting, this.#around.trust.keys, this.#since);
    const standing = standingOf(verification, vouchers);
    return { digest, standing, vouchers, reasons: verification.reasons };
  }

  async #placeOf(reference: Reference): Promise<Place> {
    const { registry, repository } = reference;
    const key = `${registry}/${repository}`;
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    const opened = import("../io/attachments/registry-place.ts").then(({ registryPlace }) =>
      registryPlace(reference, { env: this.#around.env }),
    );
    this.#places.set(key, opened);
    return opened;
  }
}

const NO_DIGEST =
  "it has no digest at any registry: it was built or loaded here, and nobody can vouch for it by a digest";

/** Somebody who vouches weighs more than somebody who did, and not to know it more than nobody. */
const BEST: readonly Standing[] = ["current", "old-key", "undecided", "lapsed", "refused"];

function weight({ standing }: Told): number {
  return BEST.indexOf(standing);
}

function untold(digest: Digest, reason: string): Told {
  return { digest, standing: "undecided", vouchers: [], reasons: [reason] };
}

/** The repository by whose name it runs comes first. */
function ownFirst(all: readonly RepoDigest[], image: string | null): RepoDigest[] {
  if (image === null) return [...all];
  const { registry, repository } = parseReference(image);
  const isOwn = (one: RepoDigest): boolean => one.repository === `${registry}/${repository}`;
  return [...all.filter(isOwn), ...all.filter((one) => !isOwn(one))];
}

/** The same keys as if none had ended, to tell what one that has ended would vouch for. */
function withoutEnds(trust: LoadedTrust): LoadedTrust {
  const endless = { notAfter: null, revokedAt: null };
  return { ...trust, keys: trust.keys.map((key) => ({ ...key, ...endless })) };
}
