// Verdicts about images at admission: looked up, asked for once however many want to know, and renewed behind the back of those
// who ask. What a registry says is at hand before it is needed, or is waited for once.

import type { KeptManifest, Place } from "../io/attachments/place.ts";
import { now } from "../io/clock.ts";
import { deadline } from "../io/deadline.ts";
import type { LoadedTrust } from "../io/trust/examination.ts";
import type { VerdictMemory } from "../io/verdict-memory.ts";
import { AppError, reasonOf } from "../kit/error.ts";
import { turns } from "../kit/turns.ts";
import type { ImageAnswer } from "../model/admission.ts";
import type { ArtifactSummary, Platform } from "../model/artifact.ts";
import type { Attached } from "../model/attached.ts";
import type { Digest } from "../model/digest.ts";
import { parseReference, printReference, type Reference } from "../model/reference.ts";
import { atAdmission } from "../stages/decide/admission.ts";
import type { ImageFacts } from "../stages/decide/clause.ts";
import { type Decision, decide, type Question } from "../stages/decide/decide.ts";
import { attachedTo, unreadBecause } from "./attached-facts.ts";
import type { Surroundings } from "./surroundings.ts";

/** What is asked of images. */
export interface ImagesAsked {
  readonly question: Question;
  /** null when nobody is named who is believed: then nothing can be told. */
  readonly trust: LoadedTrust | null;
  /** Of the machines that are to run them; null when they may be of any. */
  readonly platform: Platform | null;
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

const LIFETIMES: Lifetimes = { digest: 600_000, tag: 60_000, stale: 300_000, failed: 5_000 };
/** Kubernetes waits for ten seconds at most, and other images may be waited for. */
const ASK_MS_MAX = 4_000;
/** Verdicts and signatures are small; whoever may attach something must not be able to fill the memory of a service. */
const ATTACHED_BYTES_MAX = 32 << 20;
const KNOWN_MAX = 10_000;
/** Whoever names hundreds of images waits, and not everybody else. */
const ASKED_AT_ONCE = 32;

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
  readonly #inTurn = turns(ASKED_AT_ONCE);

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
    const found = await this.#inTurn(() => this.#find(text));
    const { name, digest } = found;
    const { question, memory, lastKnownGoodHours: hoursMax } = this.#asked;
    const decision = worst(found.looks.map((look) => decide(factsOf(found, look), question)));
    const decidedAt = now();
    // What a tag meant before counts only while nobody can say what it means now.
    const meant = digest ?? (found.isUnreachable ? (memory.meant.get(text) ?? null) : null);
    const key = name === null || meant === null ? null : `${name}@${meant}`;
    const allowedAt = key === null ? undefined : memory.allowed.get(key);
    const good = allowedAt === undefined ? null : { allowedAt, now: decidedAt, hoursMax };
    const answer = { ...atAdmission(decision, good), reference: text, name, digest, decidedAt };
    if (key !== null) this.#keep(key, decision, decidedAt);
    if (digest !== null) keep(memory.meant, text, digest);
    this.#remember(text, answer, found);
    return answer;
  }

  /** An exception is for a time and for some; what was allowed by one is no good to fall back on. */
  #keep(key: string, { verdict, exempted }: Decision, decidedAt: string): void {
    const { memory } = this.#asked;
    if (verdict.outcome === "allow" && exempted.length === 0) keep(memory.allowed, key, decidedAt);
    if (verdict.outcome === "deny") memory.allowed.delete(key);
    if (verdict.outcome !== "undecided") memory.changed();
  }

  #remember(text: string, answer: ImageAnswer, { looks }: Found): void {
    const at = Date.now();
    const isTold = looks.every(
      ({ attached: { state } }) => state === "read" || state === "unattachable",
    );
    if (!isTold) this.#counts.failed += 1;
    const isFixed = text.includes("@");
    const { digest, tag, stale, failed } = this.#lifetimes;
    const isSettled = isTold && answer.verdict.outcome !== "undecided";
    const freshUntil = at + (isSettled ? (isFixed ? digest : tag) : failed);
    const staleUntil = isFixed && isSettled ? freshUntil + stale : freshUntil;
    keep(this.#known, text, { answer, freshUntil, staleUntil });
  }

  async #find(text: string): Promise<Found> {
    const { trust } = this.#asked;
    const nothing = { text, reference: null, name: null, digest: null, isUnreachable: false };
    if (IMAGE_ID.test(text)) return { ...nothing, looks: [{ attached: UNATTACHABLE }] };
    let asked: Reference;
    try {
      asked = parseReference(text);
    } catch (error) {
      return { ...nothing, looks: [{ attached: this.#unread(error) }] };
    }
    const name = `${asked.registry}/${asked.repository}`;
    const known = { ...nothing, reference: printReference(asked), name, digest: asked.digest };
    if (trust === null)
      return { ...known, looks: [{ attached: { state: "unread", why: NOBODY } }] };
    const soon = deadline(this.#surroundings.signal, ASK_MS_MAX);
    try {
      return await this.#look(asked, known, { trust, signal: soon.signal });
    } finally {
      soon.end();
    }
  }

  /** What is learnt on the way counts, whatever fails after it. */
  async #look(asked: Reference, known: Named, looking: Looking): Promise<Found> {
    const { env } = this.#surroundings;
    const { offline } = this.#asked;
    let place: Place;
    let kept: KeptManifest | null;
    try {
      const { registryPlace } = await import("../io/attachments/registry-place.ts");
      place = await registryPlace(asked, { env, offline });
      kept = await place.manifest(asked.digest ?? asked.tag ?? "latest", looking.signal);
    } catch (error) {
      return { ...known, isUnreachable: true, looks: [{ attached: this.#unread(error) }] };
    }
    if (kept === null) return { ...known, looks: [{ attached: { state: "unread", why: GONE } }] };
    const found = { ...known, digest: kept.digest };
    try {
      return { ...found, looks: await this.#looksAt(place, kept, { ...looking, found }) };
    } catch (error) {
      return { ...found, looks: [{ attached: this.#unread(error) }] };
    }
  }

  /**
   * An image for several platforms is judged for each that may be run, unless whoever vouches for the whole of it is enough: a node
   * takes the one that is its own, and who asks does not say which node.
   */
  async #looksAt(
    place: Place,
    kept: KeptManifest,
    { trust, signal, found }: Looking & { readonly found: Named },
  ): Promise<Looks> {
    const { platform: wanted, question } = this.#asked;
    const { name } = found;
    const whole = await attachedTo(
      { place, name, digests: [kept.digest], bytesMax: ATTACHED_BYTES_MAX },
      trust,
      signal,
    );
    const { parseManifestOrIndex } = await import("../formats/oci.ts");
    const document = parseManifestOrIndex(kept.bytes);
    const isEnough = decide(factsOf(found, { attached: whole }), question).exitCode === 0;
    if (document.kind === "manifest" || isEnough) return [{ attached: whole }];
    const { isAttestation, pickPlatform } = await import("../formats/oci-platform.ts");
    const images =
      wanted === null
        ? document.manifests.filter((one) => !isAttestation(one))
        : [pickPlatform(document, wanted)];
    if (images.length > PLATFORMS_MAX) return [{ attached: { state: "unread", why: TOO_MANY } }];
    const looks: Look[] = [];
    for (const { digest, platform } of images) {
      const own = await attachedTo(
        { place, name, digests: [digest], bytesMax: ATTACHED_BYTES_MAX },
        trust,
        signal,
      );
      looks.push({ attached: together(whole, own), of: { digest, platform } });
    }
    const [first = { attached: whole }, ...others] = looks;
    return [first, ...others];
  }

  #unread(error: unknown): Attached {
    const { signal, warn } = this.#surroundings;
    signal.throwIfAborted();
    if (error instanceof DOMException && error.name === "TimeoutError")
      return { state: "unread", why: `its registry did not answer within ${ASK_MS_MAX / 1000} s` };
    if (error instanceof AppError && error.code !== "internal") return unreadBecause(error);
    // A defect of ours must neither let anything in nor stop whoever else asks.
    warn(`cannot tell what is attached to an image: ${reasonOf(error)}`);
    return { state: "unread", why: `it cannot be told: ${reasonOf(error)}` };
  }
}

const IMAGE_ID = /^(?:sha256:)?[0-9a-f]{64}$/;
const UNATTACHABLE: Attached = {
  state: "unattachable",
  why: "it was built here and never pushed, so it has no digest of a repository",
};
const NOBODY = "nobody is named whose signatures and verdicts are believed";
const GONE = "it is not there";
/** Of one image; nobody runs more kinds of machines. */
const PLATFORMS_MAX = 16;
const TOO_MANY = `it is for more than ${PLATFORMS_MAX} platforms`;

/** What a reference turned out to mean, and what is attached to it. */
interface Found {
  readonly text: string;
  /** Fully written; null when it cannot be read. */
  readonly reference: string | null;
  readonly name: string | null;
  /** Known as soon as the reference is resolved, also when nothing else is. */
  readonly digest: Digest | null;
  /** What it means could not be asked, so that it may still mean what it meant. */
  readonly isUnreachable: boolean;
  /** One for each image that it may stand for. */
  readonly looks: Looks;
}

type Looks = readonly [Look, ...Look[]];

/** What is attached to one image. */
interface Look {
  readonly attached: Attached;
  /** Which of the images of an index; absent for what the reference means itself. */
  readonly of?: { readonly digest: Digest; readonly platform: Platform | null };
}

interface Named extends Omit<Found, "looks"> {
  readonly name: string;
}

interface Looking {
  readonly trust: LoadedTrust;
  readonly signal: AbortSignal;
}

type ReadAttached = Attached & { readonly state: "read" };

/** Whoever vouches for the index vouches for what it lists. */
function together(whole: ReadAttached, own: ReadAttached): Attached {
  return {
    ...own,
    digests: [...own.digests, ...whole.digests],
    statements: [...own.statements, ...whole.statements],
    refused: [...own.refused, ...whole.refused],
    unread: [...own.unread, ...whole.unread],
  };
}

/** What denies comes first, then what is unknown. */
function worst(decisions: readonly Decision[]): Decision {
  const byExitCode = (code: Decision["exitCode"]): Decision | undefined =>
    decisions.find(({ exitCode }) => exitCode === code);
  const found = byExitCode(3) ?? byExitCode(4) ?? byExitCode(0);
  if (found === undefined) throw new AppError("internal", "nothing was decided");
  return found;
}

/** Only what is attached is asked about: what is inside was asked when the verdict that is attached was reached. */
function factsOf(
  { text, reference, digest }: Pick<Found, "text" | "reference" | "digest">,
  { attached, of }: Look,
): ImageFacts {
  const artifact: ArtifactSummary = {
    kind: "image",
    target: text,
    reference,
    digest: of?.digest ?? digest,
    digestKind: digest === null ? null : "manifest",
    indexDigest: of === undefined ? null : digest,
    platform: of?.platform ?? null,
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
