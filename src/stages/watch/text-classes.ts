// Texts told apart by patterns, in one pass over their bytes: two texts of one class fit the same patterns. The automaton is made as
// texts come (a state is the set of places in patterns that a text may be at), so that what no text is like costs nothing.
import type { Pattern } from "./text-patterns.ts";

/** More of them, and all is forgotten: whoever makes up names for it costs time, and no memory. */
const STATES_MAX = 4096;
/** Patterns of more places are not worth their states. */
const PLACES_MAX = 16_384;
const STATES_AT_FIRST = 64;

/** Forms that a text may have beside its class. */
export const FORMS = 16;

/** A place in patterns that begin alike. */
interface Place {
  readonly id: number;
  /** Characters that lead back here. */
  readonly loop: string;
  readonly next: Map<string, Place>;
  /** Places that are reached without a character. */
  readonly beside: Map<string, Place>;
  isMarked: boolean;
}

function placeOf(id: number, loop: string): Place {
  return { id, loop, next: new Map(), beside: new Map(), isMarked: false };
}

/** Not of ASCII, or never met. */
export const NO_CLASS = 0;

export class TextClasses {
  /** What a class and a form are remembered with: `class * FORMS + form`; -1 before anything is. */
  remembered: Int32Array = new Int32Array(0);
  readonly #root = placeOf(0, "");
  /** Characters that no pattern tells apart are one letter. */
  readonly #letters = new Uint8Array(256);
  /** A character for each letter. */
  readonly #samples: string[] = [];
  readonly #shift: number;
  /** Where states begin in `#next`, by the places they are. */
  readonly #known = new Map<string, number>();
  #states: (readonly Place[])[] = [];
  /** By state and letter: where the next state begins; -1 before it was met. */
  #next: Int32Array = new Int32Array(0);
  #places = 1;

  /** @param marked Of which the class is to be known ({@link isMarked}). */
  static of(patterns: readonly Pattern[], marked: readonly Pattern[]): TextClasses | null {
    const steps = [...patterns, ...marked].reduce((sum, pattern) => sum + pattern.length, 0);
    return steps > PLACES_MAX ? null : new TextClasses(patterns, marked);
  }

  private constructor(patterns: readonly Pattern[], marked: readonly Pattern[]) {
    for (const pattern of patterns) this.#add(pattern);
    for (const pattern of marked) this.#add(pattern).isMarked = true;
    this.#nameLetters([...patterns, ...marked]);
    this.#shift = Math.ceil(Math.log2(this.#samples.length));
    this.#begin();
  }

  #add(pattern: Pattern): Place {
    let place = this.#root;
    for (const { characters, isMany } of pattern) {
      const others = isMany ? place.beside : place.next;
      const known = others.get(characters);
      if (known !== undefined) {
        place = known;
        continue;
      }
      const made = placeOf(this.#places, isMany ? characters : "");
      this.#places += 1;
      others.set(characters, made);
      place = made;
    }
    return place;
  }

  /** Letter 0 is all that is beyond ASCII. */
  #nameLetters(patterns: readonly Pattern[]): void {
    const sets = new Set(patterns.flatMap((pattern) => pattern.map((step) => step.characters)));
    const names = new Map<string, number>([["", 0]]);
    this.#samples.push("");
    for (let code = 0; code < 128; code += 1) {
      const character = String.fromCharCode(code);
      const name = [...sets].map((set) => Number(set.includes(character))).join("");
      let letter = names.get(`=${name}`);
      if (letter === undefined) {
        letter = this.#samples.length;
        names.set(`=${name}`, letter);
        this.#samples.push(character);
      }
      this.#letters[code] = letter;
    }
  }

  #begin(): void {
    this.#known.clear();
    this.#states = [];
    this.#next = new Int32Array(STATES_AT_FIRST << this.#shift).fill(-1);
    this.remembered = new Int32Array(STATES_AT_FIRST * FORMS).fill(-1);
    this.#state([]);
    // Nothing leads out of what is no text of ASCII.
    this.#next.fill(0, 0, 1 << this.#shift);
    this.#known.clear();
    this.#state(around([this.#root]));
  }

  /** Where the state of these places begins. */
  #state(places: readonly Place[]): number {
    const key = places.map(({ id }) => id).join();
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const at = this.#states.length << this.#shift;
    this.#states.push(places);
    this.#known.set(key, at);
    if (at === this.#next.length) {
      this.#next = twice(this.#next);
      this.remembered = twice(this.remembered);
    }
    return at;
  }

  /** The class of a text: above zero and below {@link STATES_MAX}, until all is forgotten; {@link NO_CLASS} for one beyond ASCII. */
  ofBytes(bytes: Uint8Array, from: number, to: number): number {
    const letters = this.#letters;
    let next = this.#next;
    let state = 1 << this.#shift;
    for (let at = from; at < to; at += 1) {
      const letter = letters[bytes[at] as number] as number;
      const known = next[state + letter] as number;
      if (known >= 0) state = known;
      else {
        state = this.#enter(state, letter);
        next = this.#next;
      }
    }
    return state >> this.#shift;
  }

  ofText(text: string): number {
    let state = 1 << this.#shift;
    for (let at = 0; at < text.length; at += 1) {
      const unit = text.charCodeAt(at);
      const letter = unit < 128 ? (this.#letters[unit] as number) : 0;
      const known = this.#next[state + letter] as number;
      state = known >= 0 ? known : this.#enter(state, letter);
    }
    return state >> this.#shift;
  }

  /** Whether texts of a class fit one of the patterns that were marked. */
  isMarked(of: number): boolean {
    return (this.#states[of] ?? []).some((place) => place.isMarked);
  }

  #enter(state: number, letter: number): number {
    if (letter === 0) return 0;
    const places = after(this.#states[state >> this.#shift] ?? [], this.#samples[letter] ?? "");
    if (this.#states.length >= STATES_MAX) {
      this.#begin();
      return this.#state(places);
    }
    const entered = this.#state(places);
    this.#next[state + letter] = entered;
    return entered;
  }
}

/** The places that a character leads to. */
function after(places: readonly Place[], character: string): readonly Place[] {
  const reached: Place[] = [];
  for (const place of places) {
    if (place.loop.includes(character)) reached.push(place);
    for (const [characters, next] of place.next)
      if (characters.includes(character)) reached.push(next);
  }
  return around(reached);
}

/** Places with those beside them, each once, in an order that depends on nothing else. */
function around(places: readonly Place[]): readonly Place[] {
  const all = new Set<Place>(places);
  // A set tells of what is added while it is walked.
  for (const place of all) for (const other of place.beside.values()) all.add(other);
  return [...all].sort((a, b) => a.id - b.id);
}

function twice(numbers: Int32Array): Int32Array {
  const more = new Int32Array(2 * numbers.length).fill(-1);
  more.set(numbers);
  return more;
}
