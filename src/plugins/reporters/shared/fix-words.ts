// What all reports for people say about a fix, in the same words.
import { firstOf, grouped } from "../../../kit/phrase.ts";
import type { FixGroup, Flaw } from "../../../model/fix-group.ts";
import type { PackageLocation } from "../../../model/package.ts";
import type { ScanResult } from "../../../model/scan.ts";
import { SEVERITIES } from "../../../model/severity.ts";

/** `closes 9, one known exploited`. */
export function closesPhrase({ flaws, knownExploited }: FixGroup): string {
  const exploited = exploitedPhrase(knownExploited);
  return `closes ${grouped(flaws.length)}${exploited === "" ? "" : `, ${exploited}`}`;
}

/** `one known exploited`, `3 known exploited`, or nothing. */
export function exploitedPhrase(number: number): string {
  if (number === 0) return "";
  return `${number === 1 ? "one" : grouped(number)} known exploited`;
}

/** `2 critical, 1 high, 4 medium`. */
export function severitiesPhrase(flaws: readonly Flaw[]): string {
  const parts = SEVERITIES.map((severity) => {
    const number = flaws.filter((flaw) => flaw.severity === severity).length;
    return number === 0 ? "" : `${grouped(number)} ${severity}`;
  });
  return parts.filter((part) => part !== "").join(", ");
}

/** The reasons for the priority of a flaw, most important first; the words of its most urgent finding. */
export function reasonsOf(flaw: Flaw): readonly string[] {
  return flaw.findings[0]?.priority.reasons ?? [];
}

/** The different places of findings, the first ones first. */
export function placesOf(
  findings: readonly { readonly locations: readonly PackageLocation[] }[],
): PackageLocation[] {
  const places = new Map<string, PackageLocation>();
  for (const { locations } of findings) {
    for (const place of locations) {
      const key = `${place.layer ?? ""}\n${placePhrase(place)}`;
      if (!places.has(key)) places.set(key, place);
    }
  }
  return [...places.values()];
}

/** `package-lock.json:12`. */
export function placePhrase({ path, line }: PackageLocation): string {
  return line === undefined ? path : `${path}:${line}`;
}

/** `usr/lib/a, usr/lib/b and 3 more`. */
export function placesPhrase(places: readonly PackageLocation[], max: number): string {
  return firstOf([...new Set(places.map(placePhrase))], max);
}

/**
 * The history line that brought a layer, without what builders put around it; null when it is not known.
 */
export function layerPhrase(layer: number | null, { artifact }: ScanResult): string | null {
  if (layer === null) return null;
  const line = artifact.layers[layer]?.createdBy ?? null;
  if (line === null || line.trim() === "") return `layer ${layer + 1}`;
  const command = line
    .replace(/^\/bin\/sh -c (#\(nop\))?/, (_, nop: string | undefined) => (nop ? "" : "RUN "))
    .replace(/ # buildkit$/, "")
    .trim();
  return `layer ${layer + 1}: ${command}`;
}
