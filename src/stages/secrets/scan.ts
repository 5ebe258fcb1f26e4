// One pass over bytes for all kinds: an automaton finds their keywords, and what stands at a keyword is compared with the kind.
import { type Assignment, Assignments } from "../../kit/assignment.ts";
import { type Needles, needlesOf } from "../../kit/needles.ts";
import { isPlaceholder, looksRandom } from "../../kit/placeholder.ts";
import type { SecretProof } from "../../model/finding.ts";
import type {
  FoundSecret,
  NamedForm,
  SecretKind,
  SecretView,
  SecretWrapping,
  TokenForm,
  WrappedText,
} from "./contract.ts";
import {
  alphabetSize,
  matchShape,
  type Shape,
  type ShapeMatch,
  shapeOf,
  textOf,
  unfolded,
} from "./shape.ts";

/** A secret in bytes, and what it is. */
export interface Candidate extends FoundSecret {
  readonly kind: SecretKind;
  /** The text inside the bytes in which it stands. */
  readonly within?: WrappedText;
}

/** Bytes to be searched. */
export interface Stretch extends Omit<SecretView, "text" | "assignment"> {
  /** Keywords that begin before are somebody else's. */
  readonly from: number;
  /** Keywords that begin here or later are left. */
  readonly to: number;
}

interface Target {
  readonly kind: SecretKind;
  /** The keyword's length. */
  readonly length: number;
  readonly look: (view: SecretView, at: number, end: number) => FoundSecret | null;
}

interface Opener {
  /** The keyword's length. */
  readonly length: number;
  readonly open: SecretWrapping["open"];
}

/** What a search gave. */
export interface Searched {
  /** In the order of their place; of several at one place, the one whose kind is told best. */
  readonly candidates: readonly Candidate[];
  /** Whether every keyword was looked at. */
  readonly isWhole: boolean;
}

/** So much may be looked at around keywords, for each byte and beside that: who repeats one a million times is left at that. */
const ROOM_FACTOR = 64;
const ROOM_MIN = 4 << 20;

/** Candidates of one stretch; no file that people write has more. */
const CANDIDATES_MAX = 500;

/** Searches bytes for the secrets of a list of kinds. Knows no files, and keeps nothing. */
export class SecretSearch {
  readonly #needles: Needles;
  readonly #targets: readonly (readonly Target[])[];
  readonly #openers: readonly (Opener | undefined)[];

  constructor(kinds: readonly SecretKind[], wrappings: readonly SecretWrapping[] = []) {
    const byKeyword = new Map<string, Target[]>();
    for (const kind of kinds) {
      for (const [keyword, look] of looksOf(kind)) {
        const target = { kind, length: keyword.length, look };
        const known = byKeyword.get(keyword);
        if (known === undefined) byKeyword.set(keyword, [target]);
        else known.push(target);
      }
    }
    const openers = wrappings.flatMap(({ keywords, open }) =>
      keywords.map((keyword) => [keyword, { length: keyword.length, open }] as const),
    );
    const words = [...byKeyword.keys(), ...openers.map(([keyword]) => keyword)];
    this.#needles = needlesOf(words);
    this.#targets = [...byKeyword.values()];
    this.#openers = [...this.#targets.map(() => undefined), ...openers.map(([, opener]) => opener)];
  }

  /** Never throws. */
  search(stretch: Stretch): Searched {
    return this.#search(stretch, true);
  }

  #search(stretch: Stretch, opensWrappings: boolean): Searched {
    const { bytes, from, to, end } = stretch;
    let room = ROOM_MIN + ROOM_FACTOR * (end - from);
    const assignments = new Assignments(bytes, end);
    const view: SecretView = {
      ...stretch,
      assignment: (at) => assignments.at(at),
      text: (a, b) => {
        room -= b - a;
        return textOf(bytes, a, Math.min(b, end));
      },
    };
    const found: Candidate[] = [];
    const opened = new Set<number>();
    let isWhole = true;
    this.#needles.find(
      bytes,
      { from, to: Math.min(end, to + KEYWORD_MAX) },
      (needle, keywordEnd) => {
        if (found.length >= CANDIDATES_MAX || room < 0) {
          isWhole = false;
          return;
        }
        const opener = opensWrappings ? this.#openers[needle] : undefined;
        if (opener !== undefined && isOurs(stretch, keywordEnd - opener.length))
          found.push(...this.#within(opener, view, keywordEnd, opened));
        found.push(...lookedAt(this.#targets[needle], view, { stretch, keywordEnd }));
      },
    );
    return { candidates: found.length > 1 ? distinct(found) : found, isWhole };
  }

  /** @param opened Where texts that were opened begin: one that two keywords tell of is searched once. */
  #within(opener: Opener, view: SecretView, keywordEnd: number, opened: Set<number>): Candidate[] {
    const texts = opener.open(view, { at: keywordEnd - opener.length, end: keywordEnd });
    return texts.flatMap((within) => {
      const { bytes, path, from, to, note } = within;
      if (opened.has(from)) return [];
      opened.add(from);
      const stretch = { bytes, path, from: 0, to: bytes.length, end: bytes.length };
      const { candidates } = this.#search({ ...stretch, isBinary: bytes.includes(0) }, false);
      return candidates.map((candidate): Candidate => {
        const secret = candidate.secret ?? textOf(bytes, candidate.from, candidate.to);
        const notes = [candidate.note, note].filter((part) => part !== undefined).join(", ");
        return { ...candidate, from, to, secret, within, note: notes };
      });
    });
  }
}

function lookedAt(
  targets: readonly Target[] | undefined,
  view: SecretView,
  { stretch, keywordEnd }: { readonly stretch: Stretch; readonly keywordEnd: number },
): Candidate[] {
  const found: Candidate[] = [];
  for (const { kind, length, look } of targets ?? []) {
    const at = keywordEnd - length;
    const secret = isOurs(stretch, at) ? look(view, at, keywordEnd) : null;
    if (secret !== null) found.push({ kind, ...secret });
  }
  return found;
}

/** Whether a keyword that begins at a place is this stretch's. */
function isOurs({ from, to }: Stretch, at: number): boolean {
  return at >= from && at < to;
}

/** Longer than any keyword. */
const KEYWORD_MAX = 64;

/** The best of those that overlap. */
function distinct(found: readonly Candidate[]): Candidate[] {
  const kept: Candidate[] = [];
  for (const candidate of found.toSorted((a, b) => rankOf(b) - rankOf(a) || a.from - b.from))
    if (!kept.some((other) => isRival(candidate, other))) kept.push(candidate);
  return kept.sort((a, b) => a.from - b.from);
}

/** Of those inside one text only the best were taken already. */
function isRival(a: Candidate, b: Candidate): boolean {
  const isWithin = a.within !== undefined && a.within === b.within;
  return !isWithin && a.from < b.to && b.from < a.to;
}

const PROOF_RANK: Readonly<Record<SecretProof, number>> = {
  checksum: 3,
  structure: 2,
  shape: 1,
  context: 0,
};

/** What stands inside says more than what is around it. */
function rankOf({ kind: { form }, proof, within }: Candidate): number {
  if (within !== undefined) return 1000;
  const isGeneric = form.by === "keyword" && form.isGeneric === true;
  const byForm = { token: 2, keyword: 1, name: 0 }[form.by];
  return (isGeneric ? 0 : 100) + PROOF_RANK[proof] * 10 + byForm;
}

type Look = readonly [keyword: string, look: Target["look"]];

function looksOf({ form }: SecretKind): Look[] {
  if (form.by === "token") {
    const shapes = form.shapes.map((written) => prepared(shapeOf(written)));
    return shapes.map((shape) => [shape.keyword, tokenLook(shape, form)]);
  }
  if (form.by === "keyword")
    return form.keywords.map((keyword) => [
      keyword,
      (view, at, end) => form.find(view, { at, end }),
    ]);
  const shapes = form.shapes.map((written) => prepared(shapeOf(written)));
  return form.words.flatMap(spellings).map((word) => [word, namedLook(shapes, form)]);
}

/** `word`, `WORD`, `Word`. */
function spellings(word: string): string[] {
  return [...new Set([word, word.toUpperCase(), word.slice(0, 1).toUpperCase() + word.slice(1)])];
}

interface PreparedShape extends Shape {
  readonly alphabet: number;
}

function prepared(shape: Shape): PreparedShape {
  return { ...shape, alphabet: alphabetSize(shape) };
}

/** In a program, letters stand beside each other by chance: what is short must prove itself there. */
const LITERAL_MIN_IN_BINARY = 4;

function tokenLook(shape: PreparedShape, { check }: TokenForm): Target["look"] {
  return (view, keywordAt) => {
    const at = keywordAt - shape.keywordAt;
    const match = at < 0 ? null : matchShape(shape, view.bytes, { at, end: view.end });
    if (match === null) return null;
    const value = textIn(view, at, match);
    const proof = proofOf(value, { variable: match.variable, shape, check });
    if (proof === null) return null;
    const isSure = proof !== "shape" || shape.keyword.length >= LITERAL_MIN_IN_BINARY;
    if (view.isBinary && !isSure) return null;
    const shown = shownOf(shape.literal, match.variable);
    return { from: at, to: match.end, shown, proof, ...(match.isFolded ? { secret: value } : {}) };
  };
}

function textIn(view: SecretView, at: number, { end, isFolded }: ShapeMatch): string {
  const text = view.text(at, end);
  return isFolded ? unfolded(text) : text;
}

interface Told {
  readonly variable: string;
  readonly shape: PreparedShape;
  readonly check: TokenForm["check"];
}

/** null for what is no secret. */
function proofOf(value: string, { variable, shape, check }: Told): SecretProof | null {
  if (isPlaceholder(variable) || !looksRandom(variable, shape.alphabet)) return null;
  if (check === undefined) return "shape";
  const proof = check(value);
  return proof === false ? null : proof;
}

/** Of what has less, every character would help to guess the rest. */
const TAIL_FROM = 24;
const TAIL = 4;

/** What may be shown: what is the same in all of its kind, and the last four of many characters. */
function shownOf(literal: string, variable: string): string {
  return `${literal}…${variable.length >= TAIL_FROM ? variable.slice(-TAIL) : ""}`;
}

function namedLook(shapes: readonly PreparedShape[], form: NamedForm): Target["look"] {
  return (view, _, end) => {
    if (view.isBinary) return null;
    const given = view.assignment(end);
    if (given === null || !isOfSecret(given, form)) return null;
    return firstOf(shapes, (shape) => valueLook(view, given, { shape, form }));
  };
}

function firstOf<T>(all: readonly T[], look: (one: T) => FoundSecret | null): FoundSecret | null {
  for (const one of all) {
    const found = look(one);
    if (found !== null) return found;
  }
  return null;
}

function valueLook(
  view: SecretView,
  { valueFrom, valueTo, isQuoted }: Assignment,
  { shape, form }: { readonly shape: PreparedShape; readonly form: NamedForm },
): FoundSecret | null {
  const match = matchShape(shape, view.bytes, { at: valueFrom, end: view.end });
  if (match === null) return null;
  // What goes on behind it is something longer.
  if (match.end < valueTo && (isQuoted || view.bytes[match.end] === DASH)) return null;
  const { variable } = match;
  const value = textIn(view, valueFrom, match);
  const proof = proofOf(value, { variable, shape, check: form.check });
  if (proof === null) return null;
  return {
    from: valueFrom,
    to: match.end,
    shown: form.isPassword === true ? `${shape.literal}…` : shownOf(shape.literal, variable),
    // Others look like it; it is the name that tells.
    proof: proof === "shape" ? "context" : proof,
    ...(form.isPassword === true ? { isPassword: true } : {}),
    ...(match.isFolded ? { secret: value } : {}),
  };
}

const DASH = 45;
const SECRET_WORDS = /key|token|secret|pass|pwd|auth|cred|pat$/i;

function isOfSecret({ name }: Assignment, { isWhole, isExact, words }: NamedForm): boolean {
  if (isExact === true) return words.includes(name);
  return isWhole === true || SECRET_WORDS.test(name);
}
