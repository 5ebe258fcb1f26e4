/**
 * Orders texts as people read them: digits by their value, `~` and the letters of a pre-release before the end.
 *
 * For display, where the order of an ecosystem's versions is not at hand; what decides uses a scheme.
 */
export function naturalOrder(a: string, b: string): number {
  if (a === b) return 0;
  const start = startOfDifference(a, b);
  const left = a.slice(start).match(PIECES) ?? [];
  const right = b.slice(start).match(PIECES) ?? [];
  for (let i = 0; i < Math.max(left.length, right.length); i += 1) {
    const order = comparePieces(left[i], right[i], [left[i + 1], right[i + 1]]);
    if (order !== 0) return order;
  }
  return 0;
}

/** Where the first piece begins that is not the same: most ids and versions that are compared begin alike. */
function startOfDifference(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a.charCodeAt(at) === b.charCodeAt(at)) at += 1;
  while (at > 0 && /[A-Za-z\d]/.test(a.charAt(at - 1))) at -= 1;
  return at;
}

const PIECES = /\d+|[A-Za-z]+|[^A-Za-z\d]/g;

function comparePieces(
  a: string | undefined,
  b: string | undefined,
  next: readonly [string | undefined, string | undefined],
): number {
  if (a === b) return 0;
  if (a === undefined) return goesOn(b, next[1]) ? -1 : 1;
  if (b === undefined) return goesOn(a, next[0]) ? 1 : -1;
  if (a === "~") return -1;
  if (b === "~") return 1;
  return compareTexts(a, b);
}

/** Numbers by value and after all else. */
function compareTexts(a: string, b: string): number {
  if (isNumber(a)) return isNumber(b) ? compareNumbers(a, b) : 1;
  if (isNumber(b)) return -1;
  return a < b ? -1 : 1;
}

/** Whether a text that goes on with this piece comes after the one that ends here: `1.0` < `1.0.1`, but `1.0-rc` < `1.0`. */
function goesOn(piece: string | undefined, next: string | undefined): boolean {
  if (piece === "~") return false;
  return !(
    piece === "-" &&
    next !== undefined &&
    /^(alpha|beta|rc|pre|dev|snapshot|m)$/i.test(next)
  );
}

function isNumber(piece: string): boolean {
  return piece.charCodeAt(0) >= 0x30 && piece.charCodeAt(0) <= 0x39;
}

/** Of any length: versions hold dates and commit counts that a double would round. */
function compareNumbers(a: string, b: string): number {
  const x = a.replace(/^0+/, "");
  const y = b.replace(/^0+/, "");
  if (x.length !== y.length) return x.length - y.length;
  if (x === y) return 0;
  return x < y ? -1 : 1;
}
