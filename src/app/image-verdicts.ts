// Verdicts about images at admission: looked up, asked for once however many want to know, and renewed behind the back of those
// who ask. What a registry says is at hand before it is needed, or is waited for once.
import { now } from "../io/clock.ts";
import { deadline } from "../io/deadline.ts";
import type { LoadedTrust } from "../io/trust/examination.ts";
import type { VerdictMemory } from "../io/verdict-memory.ts";
import { AppError } from "../kit/error.ts";
import type { ImageAnswer } from "../model/admission.ts";
import type { ArtifactSummary, Platform } from "../model/artifact.ts";
import type { Attached } from "../model/attached.ts";
import type { Digest } from "../model/digest.ts";
import { parseReference, printReference, type Reference } from "../model/reference.ts";
import { atAdmission } from "../stages/decide/admission.ts";
import { decide, type Question } from "../stages/decide/decide.ts";
import { attachedTo, unreadBecause } from "./attached-facts.ts";
import type { Surroundings } from "./surroundings.ts";

/** What is asked of images. */
export interface ImagesAsked {
  readonly question: Question;
  /** null when nobody is named who is believed: then nothing can be told. */
  readonly trust: LoadedTrust | null;
  /** Of the machines that are to run them. */
  readonly platform: Platform;
  readonly offline: boolean;
  readonly lastKnownGoodHours: number;
  /** What was allowed before. */
  readonly memory: VerdictMemory;
}

export interface ImageVerdicts {
  /** The answer at once where it is known, and a promise of it where it must be asked for. Rejects only when interrupted. */
  of(reference: string): ImageAnswer | Promise<ImageAnswer>;
  readonly counts: VerdictCounts;
}

/** How verdicts were come by, for metrics. */
export interface VerdictCounts {
  /** At hand. */
  readonly hits: number;
  /** Asked for. */
  readonly asked: number;
  /** Asked for, and not told. */
  readonly failed: number;
  /** Kept at present. */
  readonly known: number;
}

/** How long answers are good for, in milliseconds. */
export interface Lifetimes {
  /** A digest means the same for ever, but what is said of it does not. */
  readonly digest: number;
  /** A tag may mean another image in a minute. */
  readonly tag: number;
  /** While the answer about a digest is renewed, the older one still counts. */
  readonly stale: number;
  /** What could not be told is asked again soon, and not at once. */
  readonly failed: number;
}

const LIFETIMES: Lifetimes = { digest: 600_000, tag: 60_000, stale: 3_600_000, failed: 5_000 };
/** Kubernetes waits for ten seconds at most, and other images may be waited for. */
const ASK_MS_MAX = 4_000;
/** Verdicts and signatures are small; whoever may attach something must not be able to fill the memory of a service. */
const ATTACHED_BYTES_MAX = 32 << 20;
const KNOWN_MAX = 10_000;

/** @param asked Fixed: who asks otherwise makes a new one, and so forgets everything. */
export function imageVerdicts(
  asked: ImagesAsked,
  surroundings: Surroundings,
  lifetimes: Lifetimes = LIFETIMES,
): ImageVerdicts {
  return new Verdicts(asked, surroundings, lifetimes);
}

/** What is known of a reference. */
interface Known {
  readonly answer: ImageAnswer;
  /** Milliseconds since 1970. */
  readonly freshUntil: number;
  readonly staleUntil: number;
}

class Verdicts implements ImageVerdicts {
  readonly #asked: ImagesAsked;
  readonly #surroundings: Surroundings;
  readonly #lifetimes: Lifetimes;
  readonly #known = new Map<string, Known>();
  readonly #pending = new Map<string, Promise<ImageAnswer>>();
  readonly #counts = { hits: 0, asked: 0, failed: 0 };

  constructor(asked: ImagesAsked, surroundings: Surroundings, lifetimes: Lifetimes) {
    this.#asked = asked;
    this.#lifetimes = lifetimes;
    this.#surroundings = surroundings;
  }

  get counts(): VerdictCounts {
    return { ...this.#counts, known: this.#known.size };
  }

  of(reference: string): ImageAnswer | Promise<ImageAnswer> {
    const known = this.#known.get(reference);
    const at = Date.now();
    if (known !== undefined && at < known.freshUntil) {
      this.#counts.hits += 1;
      return known.answer;
    }
    const asking = this.#ask(reference);
    if (known === undefined || at >= known.staleUntil) return asking;
    // Nobody waits for it, so nobody hears of its end; the next one to ask does.
    asking.catch(() => undefined);
    this.#counts.hits += 1;
    return known.answer;
  }

  #ask(reference: string): Promise<ImageAnswer> {
    const pending = this.#pending.get(reference);
    if (pending !== undefined) return pending;
    this.#counts.asked += 1;
    const asking = this.#answer(reference).finally(() => this.#pending.delete(reference));
    this.#pending.set(reference, asking);
    return asking;
  }

  async #answer(text: string): Promise<ImageAnswer> {
    const found = await this.#find(text);
    const { name, digest, attached } = found;
    const { question, memory, lastKnownGoodHours: hoursMax } = this.#asked;
    const decision = decide(factsOf(found), question);
    const decidedAt = now();
    const key = `${name}@${digest ?? memory.meant.get(text) ?? ""}`;
    const allowedAt = memory.allowed.get(key);
    const good = allowedAt === undefined ? null : { allowedAt, now: decidedAt, hoursMax };
    const answer = { ...atAdmission(decision, good), reference: text, name, digest, decidedAt };
    const { outcome } = decision.verdict;
    if (outcome === "allow") keep(memory.allowed, key, decidedAt);
    if (outcome === "deny") memory.allowed.delete(key);
    if (digest !== null) keep(memory.meant, text, digest);
    if (outcome !== "undecided") memory.changed();
    this.#remember(text, answer, attached);
    return answer;
  }

  #remember(text: string, answer: ImageAnswer, attached: Attached): void {
    const at = Date.now();
    const isTold = attached.state === "read" || attached.state === "unattachable";
    if (!isTold) this.#counts.failed += 1;
    const isFixed = text.includes("@");
    const { digest, tag, stale, failed } = this.#lifetimes;
    const isSettled = isTold && answer.verdict.outcome !== "undecided";
    const freshUntil = at + (isSettled ? (isFixed ? digest : tag) : failed);
    const staleUntil = isFixed && isSettled ? freshUntil + stale : freshUntil;
    keep(this.#known, text, { answer, freshUntil, staleUntil });
  }

  async #find(text: string): Promise<Found> {
    const { signal } = this.#surroundings;
    const { trust } = this.#asked;
    const nothing = { text, reference: null, name: null, digest: null };
    if (IMAGE_ID.test(text)) return { ...nothing, attached: { state: "unattachable", why: LOCAL } };
    let reference: Reference | null = null;
    try {
      reference = parseReference(text);
      if (trust === null)
        return { ...named(text, reference), attached: { state: "unread", why: NOBODY } };
      return await this.#look(text, reference, trust);
    } catch (error) {
      signal.throwIfAborted();
      const known = reference === null ? nothing : named(text, reference);
      return { ...known, attached: lateOrUnread(error) };
    }
  }

  async #look(text: string, reference: Reference, trust: LoadedTrust): Promise<Found> {
    const { env, signal } = this.#surroundings;
    const { offline, platform } = this.#asked;
    const { registryPlace } = await import("../io/attachments/registry-place.ts");
    const place = await registryPlace(reference, { env, offline });
    const soon = deadline(signal, ASK_MS_MAX);
    try {
      const digests = await digestsOf(place, reference, platform, soon.signal);
      const known = named(text, reference);
      const image = { place, name: known.name, digests, bytesMax: ATTACHED_BYTES_MAX };
      const attached = await attachedTo(image, trust, soon.signal);
      return { ...known, digest: digests[0] ?? null, attached };
    } finally {
      soon.end();
    }
  }
}

const IMAGE_ID = /^(?:sha256:)?[0-9a-f]{64}$/;
const LOCAL = "it was built here and never pushed, so it has no digest of a repository";
const NOBODY = "nobody is named whose signatures and verdicts are believed";

/** What a reference turned out to mean, and what is attached to it. */
interface Found {
  readonly text: string;
  readonly reference: string | null;
  readonly name: string | null;
  readonly digest: Digest | null;
  readonly attached: Attached;
}

function named(
  text: string,
  reference: Reference,
): Omit<Found, "attached"> & { readonly name: string } {
  const { registry, repository, digest } = reference;
  return { text, reference: printReference(reference), name: `${registry}/${repository}`, digest };
}

function lateOrUnread(error: unknown): Attached {
  const isLate = error instanceof DOMException && error.name === "TimeoutError";
  return isLate
    ? { state: "unread", why: `its registry did not answer within ${ASK_MS_MAX / 1000} s` }
    : unreadBecause(error);
}

type PlaceOfImage = Parameters<typeof attachedTo>[0]["place"];

/** What the reference means, and of an index also the image for the platform: whoever vouches for either is heard. */
async function digestsOf(
  place: PlaceOfImage,
  { tag, digest, ...names }: Reference,
  platform: Platform,
  signal: AbortSignal,
): Promise<Digest[]> {
  const kept = await place.manifest(digest ?? tag ?? "latest", signal);
  if (kept === null) {
    const name = JSON.stringify(printReference({ ...names, tag, digest }));
    throw new AppError("registry-not-found", `cannot find ${name}: it is not there`);
  }
  const [{ parseManifestOrIndex }, { pickPlatform }] = await Promise.all([
    import("../formats/oci.ts"),
    import("../formats/oci-platform.ts"),
  ]);
  const document = parseManifestOrIndex(kept.bytes);
  if (document.kind === "manifest") return [kept.digest];
  return [kept.digest, pickPlatform(document, platform).digest];
}

/** Only what is attached is asked about: what is inside was asked when the verdict that is attached was reached. */
function factsOf({ text, reference, digest, attached }: Found): Parameters<typeof decide>[0] {
  const artifact: ArtifactSummary = {
    kind: "image",
    target: text,
    reference,
    digest,
    digestKind: digest === null ? null : "manifest",
    indexDigest: null,
    platform: null,
    createdAt: null,
    layers: [],
  };
  return {
    artifact,
    settings: null,
    distribution: null,
    packages: [],
    findings: [],
    problems: [],
    data: "not-needed",
    attached,
    today: now().slice(0, 10),
  };
}

/** The oldest goes when there are too many. */
function keep<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= KNOWN_MAX) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}
