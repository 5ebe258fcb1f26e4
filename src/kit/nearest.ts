// What somebody may have meant by a word that is none.

/** Nobody mistypes more than this of a word. */
const WORD_MAX = 40;

/**
 * The word of a list that is most like another one: a third of it may be wrong, or it may be the beginning of it.
 *
 * @returns null when none is alike; the first of equals.
 */
export function nearest(word: string, words: readonly string[]): string | null {
  if (word.length < 2 || word.length > WORD_MAX) return null;
  const begun = words.find((known) => word.length >= 3 && known.startsWith(word));
  if (begun !== undefined) return begun;
  let best: string | null = null;
  let least = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const known of words) {
    const edits = editsBetween(word, known.slice(0, WORD_MAX));
    if (edits >= least) continue;
    best = known;
    least = edits;
  }
  return best;
}

/** Letters to add, drop, replace, or swap with the next one ("optimal string alignment"). */
function editsBetween(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = at(above, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = isSwap ? at(before, j - 2) + 1 : replaced;
      row.push(Math.min(at(above, j) + 1, at(row, j - 1) + 1, replaced, swapped));
    }
    before = above;
    above = row;
  }
  return at(above, b.length);
}

function at(row: readonly number[], i: number): number {
  return row[i] ?? Number.POSITIVE_INFINITY;
}
