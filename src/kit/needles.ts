/**
 * Finds many short texts in bytes, in one pass and in time that does not depend on how many they are.
 *
 * An automaton after Aho and Corasick, completed to one transition for every byte and laid out densely over the classes of bytes
 * that the texts use ("Efficient string matching", 1975).
 */
export interface Needles {
  /**
   * Tells every place at which a needle ends, in rising order.
   *
   * @param hit Given the needle's index, and the offset behind its last byte.
   */
  find(
    bytes: Uint8Array,
    range: { readonly from: number; readonly to: number },
    hit: (needle: number, end: number) => void,
  ): void;
}

/** @param needles Of characters below U+0100, none of them empty; case counts. */
export function needlesOf(needles: readonly string[]): Needles {
  const classes = classesOf(needles);
  const trie = trieOf(needles, classes.of, classes.count);
  const { table, found } = completed(trie, classes.count);
  const classOf = classes.of;
  return {
    find: (bytes, { from, to }, hit) => {
      let at = 0;
      for (let i = from; i < to; i += 1) {
        at = table[at + (classOf[bytes[i] as number] as number)] as number;
        if (at >= 0) continue;
        // States in which something ends are marked by their complement.
        at = ~at;
        for (const needle of found.get(at) ?? []) hit(needle, i + 1);
      }
    },
  };
}

/** Bytes that stand in no needle are all alike: class 0. */
function classesOf(needles: readonly string[]): { of: Uint8Array; count: number } {
  const of = new Uint8Array(256);
  let count = 1;
  for (const needle of needles) {
    for (let i = 0; i < needle.length; i += 1) {
      const byte = needle.charCodeAt(i) & 0xff;
      if (of[byte] !== 0) continue;
      of[byte] = count;
      count += 1;
    }
  }
  return { of, count };
}

interface Trie {
  /** By state and class; 0 where there is none, for nothing leads back to the root. */
  readonly next: Int32Array;
  readonly states: number;
  /** Which needles end in a state. */
  readonly ends: Map<number, readonly number[]>;
}

function trieOf(needles: readonly string[], classOf: Uint8Array, width: number): Trie {
  const length = needles.reduce((sum, needle) => sum + needle.length, 0);
  const next = new Int32Array((length + 1) * width);
  const ends = new Map<number, readonly number[]>();
  let states = 1;
  for (const [index, needle] of needles.entries()) {
    let state = 0;
    for (let i = 0; i < needle.length; i += 1) {
      const slot = state * width + (classOf[needle.charCodeAt(i) & 0xff] as number);
      if (next[slot] === 0) {
        next[slot] = states;
        states += 1;
      }
      state = next[slot] as number;
    }
    ends.set(state, [...(ends.get(state) ?? []), index]);
  }
  return { next, states, ends };
}

interface Completed {
  /** By the offset of a state's row; what stands there is the next row's offset, or its complement. */
  readonly table: Int32Array;
  /** What ends in a state, by its row's offset. */
  readonly found: ReadonlyMap<number, readonly number[]>;
}

/** Breadth first, so that the state to fall back to is complete before it is needed. */
function completed({ next, states, ends }: Trie, width: number): Completed {
  const fallback = new Int32Array(states);
  const order = new Int32Array(states);
  let known = 1;
  for (let head = 0; head < known; head += 1) {
    const state = order[head] as number;
    const row = state * width;
    const behind = (fallback[state] as number) * width;
    for (let c = 0; c < width; c += 1) {
      const child = next[row + c] as number;
      const other = state === 0 ? 0 : (next[behind + c] as number);
      if (child === 0) {
        next[row + c] = other;
        continue;
      }
      fallback[child] = other;
      const more = ends.get(other);
      if (more !== undefined) ends.set(child, [...(ends.get(child) ?? []), ...more]);
      order[known] = child;
      known += 1;
    }
  }
  const table = rowsOf(next.subarray(0, states * width), ends, width);
  return { table, found: new Map([...ends].map(([state, list]) => [state * width, list])) };
}

function rowsOf(next: Int32Array, ends: Trie["ends"], width: number): Int32Array {
  return next.map((state) => (ends.has(state) ? ~(state * width) : state * width));
}
