// Two texts as a unified diff, as patch and git take it.

const CONTEXT = 3;
/** Lines that differ beyond this are shown as all taken away and all added. */
const DIFFERENCES_MAX = 2000;

/** A line of either text, with what ends it. */
interface Line {
  readonly kind: " " | "-" | "+";
  readonly text: string;
}

/**
 * The difference; `""` when there is none.
 *
 * @param name As the file is called, before and after.
 */
export function unifiedDiff(before: string, after: string, name: string): string {
  if (before === after) return "";
  const lines = compared(linesOf(before), linesOf(after));
  return `--- ${name}\n+++ ${name}\n${hunksOf(lines).map(hunkText).join("")}`;
}

function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function compared(one: readonly string[], other: readonly string[]): Line[] {
  let head = 0;
  while (head < one.length && head < other.length && one[head] === other[head]) head += 1;
  let tail = 0;
  const most = Math.min(one.length, other.length) - head;
  while (tail < most && one.at(-1 - tail) === other.at(-1 - tail)) tail += 1;
  const same = (text: string): Line => ({ kind: " ", text });
  return [
    ...one.slice(0, head).map(same),
    ...shortest(one.slice(head, one.length - tail), other.slice(head, other.length - tail)),
    ...one.slice(one.length - tail).map(same),
  ];
}

/** The fewest lines taken away and added, by Myers' greedy search. */
function shortest(one: readonly string[], other: readonly string[]): Line[] {
  const steps = searched(one, other);
  if (steps === null)
    return [
      ...one.map((text): Line => ({ kind: "-", text })),
      ...other.map((text): Line => ({ kind: "+", text })),
    ];
  const lines: Line[] = [];
  let [x, y] = [one.length, other.length];
  for (let edits = steps.length - 1; edits >= 0; edits -= 1) {
    const { startX, startY, isAdded } = stepBefore(steps[edits] ?? new Map(), x - y, edits);
    for (; x > startX && y > startY; x -= 1, y -= 1)
      lines.push({ kind: " ", text: one[x - 1] ?? "" });
    if (edits === 0) break;
    const [kind, text] = isAdded ? (["+", other[startY]] as const) : (["-", one[startX]] as const);
    lines.push({ kind, text: text ?? "" });
    [x, y] = [startX, startY];
  }
  return lines.reverse();
}

/** Where the last edit on the way to a diagonal began, and which it was. */
function stepBefore(
  known: ReadonlyMap<number, number>,
  diagonal: number,
  edits: number,
): { readonly startX: number; readonly startY: number; readonly isAdded: boolean } {
  const isAdded = comesFromAbove(known, diagonal, edits);
  if (edits === 0) return { startX: 0, startY: 0, isAdded };
  const previous = diagonal + (isAdded ? 1 : -1);
  const startX = known.get(previous) ?? 0;
  return { startX, startY: startX - previous, isAdded };
}

function comesFromAbove(
  known: ReadonlyMap<number, number>,
  diagonal: number,
  edits: number,
): boolean {
  if (diagonal === -edits) return true;
  return diagonal !== edits && (known.get(diagonal - 1) ?? -1) < (known.get(diagonal + 1) ?? -1);
}

/** How far each diagonal was reached before each further edit; null when there are too many. */
function searched(
  one: readonly string[],
  other: readonly string[],
): ReadonlyMap<number, number>[] | null {
  const steps: Map<number, number>[] = [];
  let reached = new Map<number, number>();
  for (let edits = 0; edits <= DIFFERENCES_MAX; edits += 1) {
    steps.push(new Map(reached));
    const next = new Map(reached);
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      const x = slid(one, other, farthest(reached, diagonal, edits), diagonal);
      next.set(diagonal, x);
      if (diagonal === one.length - other.length && x >= one.length) return steps;
    }
    reached = next;
  }
  return null;
}

function farthest(reached: ReadonlyMap<number, number>, diagonal: number, edits: number): number {
  return comesFromAbove(reached, diagonal, edits)
    ? (reached.get(diagonal + 1) ?? 0)
    : (reached.get(diagonal - 1) ?? 0) + 1;
}

/** Along lines that both have. */
function slid(
  one: readonly string[],
  other: readonly string[],
  from: number,
  diagonal: number,
): number {
  let x = from;
  while (x < one.length && x - diagonal < other.length && one[x] === other[x - diagonal]) x += 1;
  return x;
}

interface Hunk {
  /** Numbers of the first line before and after, from 1. */
  readonly old: number;
  readonly new: number;
  readonly lines: readonly Line[];
}

/** Lines that differ, with some around them; those that are near each other are one hunk. */
function hunksOf(lines: readonly Line[]): Hunk[] {
  const hunks: Hunk[] = [];
  let [old, young, at] = [1, 1, 0];
  while (at < lines.length) {
    const first = lines.findIndex(({ kind }, i) => i >= at && kind !== " ");
    if (first === -1) break;
    const start = Math.max(at, first - CONTEXT);
    const end = hunkEnd(lines, first);
    const skipped = start - at;
    const own = lines.slice(start, end);
    hunks.push({ old: old + skipped, new: young + skipped, lines: own });
    old += skipped + own.filter(({ kind }) => kind !== "+").length;
    young += skipped + own.filter(({ kind }) => kind !== "-").length;
    at = end;
  }
  return hunks;
}

function hunkEnd(lines: readonly Line[], first: number): number {
  let last = first;
  for (let i = first; i < lines.length && i <= last + 2 * CONTEXT; i += 1)
    if (lines[i]?.kind !== " ") last = i;
  return Math.min(lines.length, last + CONTEXT + 1);
}

function hunkText({ old, new: young, lines }: Hunk): string {
  const range = (start: number, kind: "-" | "+"): string => {
    const length = lines.filter((line) => line.kind === " " || line.kind === kind).length;
    // Before the first line when there is none.
    return `${length === 0 ? start - 1 : start},${length}`;
  };
  const body = lines.map(({ kind, text }) =>
    text.endsWith("\n") ? `${kind}${text}` : `${kind}${text}\n\\ No newline at end of file\n`,
  );
  return `@@ -${range(old, "-")} +${range(young, "+")} @@\n${body.join("")}`;
}
