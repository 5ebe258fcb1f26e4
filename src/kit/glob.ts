/**
 * Compiles a simple glob to a test: `*` is anything but a slash, `**` anything at all, `?` one character but a slash. All other
 * characters mean themselves. Linear in the length of the text for each star, whatever the pattern: no regular expressions.
 */
export function glob(pattern: string): (text: string) => boolean {
  const parts = tokens(pattern);
  if (parts.every((p) => p.kind === "text")) {
    const literal = parts.map((p) => p.text).join("");
    return (text) => text === literal;
  }
  return (text) => matches(parts, text);
}

interface Token {
  readonly kind: "text" | "any" | "all" | "one";
  readonly text: string;
}

function tokens(pattern: string): Token[] {
  const pieces = pattern.match(/\*\*+\/?|\*|\?|[\s\S]/gu) ?? [];
  return pieces.flatMap((piece, i): Token[] => {
    if (piece === "*") return [{ kind: "any", text: "" }];
    if (piece === "?") return [{ kind: "one", text: "" }];
    if (!piece.startsWith("**")) return [{ kind: "text", text: piece }];
    if (!piece.endsWith("/")) return [{ kind: "all", text: "" }];
    // `a/**/b` also means a/b; in `a**/b` the slash must be there.
    const wholeFolders = i === 0 || pieces[i - 1] === "/";
    if (wholeFolders) return [{ kind: "all", text: "/" }];
    return [
      { kind: "all", text: "" },
      { kind: "text", text: "/" },
    ];
  });
}

/** Simulates all positions of the pattern at once: pattern length × text length, never more. */
function matches(parts: readonly Token[], text: string): boolean {
  let live = closure(parts, new Set([0]), true);
  for (const char of text) {
    const next = new Set<number>();
    for (const at of live) {
      const part = parts[at];
      if (part !== undefined) step(part, at, char, next);
    }
    if (next.size === 0) return false;
    live = closure(parts, next, char === "/");
  }
  return live.has(parts.length);
}

function step(part: Token, at: number, char: string, next: Set<number>): void {
  if (part.kind === "all") next.add(at);
  else if (part.kind === "any" && char !== "/") next.add(at);
  else if (part.kind === "one" && char !== "/") next.add(at + 1);
  else if (part.kind === "text" && part.text === char) next.add(at + 1);
}

/** Stars may match nothing; a whole-folder star may only end at a slash. */
function closure(parts: readonly Token[], live: Set<number>, afterSlash: boolean): Set<number> {
  for (const at of live) {
    const part = parts[at];
    const passable =
      part?.kind === "any" || (part?.kind === "all" && (part.text === "" || afterSlash));
    if (passable) live.add(at + 1);
  }
  return live;
}
