import { createHash } from "node:crypto";
import { type EvidenceLine, hashedPieces } from "../../formats/evidence-line.ts";

/** What the `hash` of a line must be. */
export function entryHash(line: Pick<EvidenceLine, "entry" | "signature">): string {
  const hash = createHash("sha256");
  for (const piece of hashedPieces(line)) hash.update(piece);
  return hash.digest("hex");
}
