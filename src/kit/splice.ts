/** Letters of a text that are replaced by others, counted in UTF-16 units. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** @param splices In any order, none of which overlaps another. */
export function withSplices(text: string, splices: readonly Splice[]): string {
  const pieces: string[] = [];
  let at = 0;
  for (const { start, end, text: put } of [...splices].sort((a, b) => a.start - b.start)) {
    pieces.push(text.slice(at, start), put);
    at = end;
  }
  return pieces.join("") + text.slice(at);
}
