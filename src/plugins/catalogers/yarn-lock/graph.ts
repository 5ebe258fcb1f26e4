import type { Note } from "../../../stages/catalog/contract.ts";

/** One entry: name, version, the patterns that it answers, and those that it asks. */
export type Node = readonly [string, string, readonly string[], readonly string[]];

/** How ranges are written in the patterns: `name@^1` or `name@npm:^1`. */
export type Form = "classic" | "berry";

/** What asks for what, kept for the join with the package.json files. */
export interface Graph {
  readonly form: Form;
  readonly nodes: readonly Node[];
}

export function graphNote(nodes: readonly Node[], form: Form): Note {
  return { kind: "graph", form, nodes };
}

/** The graph in a note of ours; null for other notes. */
export function graphOf(note: Note): Graph | null {
  // Notes of this kind are written above and nowhere else, and come back from the cache as they were.
  return note.kind === "graph" ? (note as unknown as Graph) : null;
}

/** What a package.json asks for, needed by the product or only to develop it; pairs of name and range. */
export interface Roots {
  readonly production: readonly (readonly [string, string])[];
}

export function rootsNote(roots: Roots): Note {
  return { kind: "roots", ...roots };
}

/** The roots in a note of ours; null for other notes. */
export function rootsOf(note: Note): Roots | null {
  return note.kind === "roots" ? (note as unknown as Roots) : null;
}
