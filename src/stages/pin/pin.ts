// Pinning: from the places in which images and actions are named, and what their tags mean at present, to what is to be written.
//
// In: the places that a format found, and the answers of registries and repositories. Out: for each place its state, and the
// edits of the file. Nothing is asked here: what there is to ask comes out first, as questions. An edit inserts a digest, or
// exchanges one for another; whatever else stands in the file is not touched. What cannot be known is said and left.

import type { PinSpot } from "../../formats/pin-spot.ts";
import { AppError } from "../../kit/error.ts";
import type { Span, TextPlace } from "../../kit/line-index.ts";
import type { Splice } from "../../kit/splice.ts";
import { parseReference, printReference } from "../../model/reference.ts";

/** What a registry or a repository is asked: what a tag means. */
export interface PinQuestion {
  readonly what: PinSpot["what"];
  /** `docker.io/library/alpine:3.19`, `actions/checkout@v4`. */
  readonly key: string;
}

/** The digest or commit, or why there is none. */
export type PinAnswer = { readonly fixed: string } | { readonly failure: string };

export interface PinPlace extends TextPlace {
  readonly what: PinSpot["what"];
  readonly user: string;
  /** As it was written. */
  readonly name: string;
  /**
   * `pinned`: by digest or commit, and stays so. `new` and `moved`: an edit pins it, or exchanges its digest. `unpinned`: it is
   * named by something that can change. `unknown`: what it names cannot be told.
   */
  readonly state: "pinned" | "new" | "moved" | "unpinned" | "unknown";
  /** For `new` and `moved`: how it is written then. */
  readonly becomes: string | null;
  /** For `unpinned` and `unknown`: why it is left so; null when nobody asked for more. */
  readonly reason: string | null;
}

export interface PinPlan {
  readonly places: readonly PinPlace[];
  /** In the order of the file; they do not overlap. */
  readonly edits: readonly Splice[];
}

/** What pinning a place takes: an answer, and what is written with it. */
interface Wish {
  readonly question: PinQuestion;
  /** What it is pinned by now; null when it is not. */
  readonly present: string | null;
  /** How it is written with an answer. */
  becomes(fixed: string): string;
  edits(fixed: string, span: Span): readonly Splice[];
}

type Intent =
  | { readonly state: "pinned" | "unpinned" | "unknown"; readonly reason: string | null }
  | { readonly state: "wish"; readonly wish: Wish };

/** What must be asked for these places, each once. Without `update`, pins that there are need no answer. */
export function pinQuestions(
  spots: readonly PinSpot[],
  { update }: { readonly update: boolean },
): PinQuestion[] {
  const byKey = new Map<string, PinQuestion>();
  for (const spot of spots) {
    const intent = intentOf(spot, update);
    if (intent.state !== "wish" || spot.span === null) continue;
    const { question } = intent.wish;
    byKey.set(`${question.what} ${question.key}`, question);
  }
  return [...byKey.values()];
}

/**
 * Says what becomes of each place.
 *
 * @param answers By the key of the question; what was not asked is left as it is.
 */
export function planPins(
  spots: readonly PinSpot[],
  { answers, update }: { answers: ReadonlyMap<string, PinAnswer>; update: boolean },
): PinPlan {
  const places: PinPlace[] = [];
  const edits: Splice[] = [];
  for (const spot of spots) {
    const intent = intentOf(spot, update);
    const planned = planOf(spot, intent, answers);
    places.push(planned.place);
    edits.push(...planned.edits);
  }
  return { places, edits: edits.sort((a, b) => a.start - b.start || a.end - b.end) };
}

function planOf(
  spot: PinSpot,
  intent: Intent,
  answers: ReadonlyMap<string, PinAnswer>,
): { place: PinPlace; edits: readonly Splice[] } {
  const { line, column, what, user, span } = spot;
  const base = { line, column, what, user, name: spot.name ?? spot.written, becomes: null };
  const left = (state: PinPlace["state"], reason: string | null) => ({
    place: { ...base, state, reason },
    edits: [],
  });
  if (intent.state !== "wish") return left(intent.state, intent.reason);
  const { question, present, becomes, edits } = intent.wish;
  const unmoved = present === null ? "unpinned" : "pinned";
  if (span === null) return left(unmoved, present === null ? spot.hindrance : null);
  const answer = answers.get(question.key);
  if (answer === undefined) return left(unmoved, null);
  // A pin that cannot be compared with its tag may be out of date: that is not known.
  if ("failure" in answer) return left(present === null ? "unpinned" : "unknown", answer.failure);
  const { fixed } = answer;
  if (present === fixed) return left("pinned", null);
  const state = present === null ? "new" : "moved";
  const place = { ...base, state, becomes: becomes(fixed), reason: null } as const;
  return { place, edits: edits(fixed, span) };
}

function intentOf(spot: PinSpot, update: boolean): Intent {
  if (spot.name === null) {
    const isPinned = DIGEST_AT_END.test(spot.written);
    return { state: isPinned ? "pinned" : "unknown", reason: isPinned ? null : spot.hindrance };
  }
  return spot.what === "image"
    ? imageIntent(spot.name, update)
    : actionIntent(spot.name, spot, update);
}

const DIGEST_AT_END = /@sha256:[0-9a-f]{64}$/;

/** The tag stays in front of the digest: people read it, engines go by the digest. */
function imageIntent(name: string, update: boolean): Intent {
  const reference = referenceOf(name);
  if (typeof reference === "string") return { state: "unknown", reason: reference };
  const { digest, tag } = reference;
  if (digest !== null && !update) return { state: "pinned", reason: null };
  if (tag === null) return { state: "pinned", reason: null };
  const key = printReference({ ...reference, digest: null });
  const isTagged = name.slice(name.lastIndexOf("/") + 1).includes(":");
  const suffix = (fixed: string): string => `${isTagged ? "" : `:${tag}`}@${fixed}`;
  const kept = digest === null ? name.length : name.length - digest.length - 1;
  return {
    state: "wish",
    wish: {
      question: { what: "image", key },
      present: digest,
      becomes: (fixed) => name.slice(0, kept) + (digest === null ? suffix(fixed) : `@${fixed}`),
      edits: (fixed, { start, end }) => [
        { start: start + kept, end, text: digest === null ? suffix(fixed) : `@${fixed}` },
      ],
    },
  };
}

function referenceOf(name: string): ReturnType<typeof parseReference> | string {
  try {
    return parseReference(name);
  } catch (error) {
    if (error instanceof AppError) return error.message;
    throw error;
  }
}

const ACTION = /^([\w.-]+\/[\w.-]+)(?:\/[^@]*)?@([^@\s]+)$/;
const COMMIT = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;

/** The tag goes into a comment, where people and other tools look for it. */
function actionIntent(name: string, { comment }: PinSpot, update: boolean): Intent {
  const [, repository = "", ref = ""] = ACTION.exec(name) ?? [];
  if (ref === "") return { state: "unknown", reason: "it is not of the form owner/repo@ref" };
  const isPinned = COMMIT.test(ref);
  const said = refIn(comment?.text ?? "");
  if (isPinned && (!update || said === null)) return { state: "pinned", reason: null };
  const tag = isPinned ? said : ref;
  const withTag = isPinned || comment === null || said === ref ? null : comment.at;
  const behind = withTag === null ? "" : ` # ${ref}`;
  const kept = name.slice(0, name.length - ref.length);
  return {
    state: "wish",
    wish: {
      question: { what: "action", key: `${repository}@${tag}` },
      present: isPinned ? ref : null,
      becomes: (fixed) => `${kept}${fixed}${behind}`,
      edits: (fixed, { start, end }) => [
        { start: start + kept.length, end, text: fixed },
        ...(withTag === null ? [] : [{ start: withTag, end: withTag, text: behind }]),
      ],
    },
  };
}

/** The tag that a comment names: `v4.1.2`, `tag=v4`, `v4 # why`, or any single word with a letter, such as a branch. */
function refIn(comment: string): string | null {
  const [, ref, more = ""] = /^\s*(?:renovate:\s*)?(?:tag=)?([\w./-]+)\s*(.*)$/.exec(comment) ?? [];
  if (ref === undefined) return null;
  return /^v?\d+(?:\.|$)/.test(ref) || more === "" || more.startsWith("#") ? ref : null;
}
