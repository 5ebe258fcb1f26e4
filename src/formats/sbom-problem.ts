import type { Problem, ProblemCode } from "../model/problem.ts";

/** Problems of the inventory itself. Those of advisories are found anew, or are gone, when the inventory is matched again. */
const CODES: readonly ProblemCode[] = [
  "file-damaged",
  "file-too-large",
  "file-unreadable",
  "entry-refused",
  "layer-skipped",
  "packages-unread",
  "declared-only",
  "program-opaque",
  "document-partial",
  "image-unavailable",
];

/**
 * A problem that we wrote into an inventory when we made it: an inventory of half an image stays one of half an image.
 *
 * @param name As it is written there, without `bulwark:`: `problem:file-damaged`.
 * @returns null for names of other things.
 */
export function toldProblem(name: string, detail: string): Problem | null {
  const code = CODES.find((known) => name === `problem:${known}`);
  return code === undefined ? null : { code, detail: detail.slice(0, DETAIL_MAX) };
}

const DETAIL_MAX = 1000;
