import type { Severity } from "../../model/severity.ts";

/** What publishers call severities: GitHub, Red Hat, Ubuntu, Debian, Bitnami, NVD. */
const WORDS: ReadonlyMap<string, Severity> = new Map([
  ["critical", "critical"],
  ["important", "high"],
  ["high", "high"],
  ["moderate", "medium"],
  ["medium", "medium"],
  ["low", "low"],
  ["negligible", "negligible"],
  // Debian: a bug with a CVE that is no security problem in practice.
  ["unimportant", "negligible"],
  ["none", "negligible"],
]);

/** A publisher's word as a severity; null when it says nothing (`not yet assigned`, `untriaged`). */
export function severityFromWord(word: unknown): Severity | null {
  if (typeof word !== "string" || word.length > 20) return null;
  // Debian's tracker marks urgencies that come from NVD with stars: `low**`.
  return WORDS.get(word.toLowerCase().replace(/\*+$/, "").trim()) ?? null;
}
