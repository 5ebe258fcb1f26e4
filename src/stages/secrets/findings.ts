// From places to findings: a secret is one finding, wherever it lies.
import { count } from "../../kit/phrase.ts";
import { stableId } from "../../kit/stable-id.ts";
import type { SecretFinding, SecretProof } from "../../model/finding.ts";
import type { PackageLocation } from "../../model/package.ts";
import { plainScore } from "../../model/severity.ts";
import type { SecretHit, SecretKind } from "./contract.ts";

/** A hit, and where in the artifact it is. */
export interface PlacedHit extends SecretHit {
  /** Index of the layer; null outside images, and for an image's configuration. */
  readonly layer: number | null;
  /** Whether nothing shows the file any more, and it can be had all the same. */
  readonly isHidden: boolean;
}

const LOCATIONS_MAX = 20;

/** The findings of an artifact, most severe first. */
export function secretFindings(
  hits: readonly PlacedHit[],
  kindOf: (id: string) => SecretKind | undefined,
): SecretFinding[] {
  const bySecret = new Map<string, PlacedHit[]>();
  for (const hit of hits) {
    const key = identityOf(hit);
    const known = bySecret.get(key);
    if (known === undefined) bySecret.set(key, [hit]);
    else known.push(hit);
  }
  return [...bySecret]
    .flatMap(([id, places]) => findingOf(id, places, kindOf))
    .sort((a, b) => b.priority.score - a.priority.score || (a.message < b.message ? -1 : 1));
}

/** Of what people have thought up, too little is kept to tell two apart: there the place counts, too. */
function identityOf(hit: PlacedHit): string {
  const { kind, fingerprint, isPassword, shown } = hit;
  return stableId([
    "secret",
    kind,
    fingerprint,
    ...(isPassword === true ? [placeIn(placeOf(hit)), shown] : []),
  ]);
}

/** A file of an archive is written as Java's addresses have it: `app.jar!/config/app.properties`. */
function placeOf({ path, inside }: SecretHit): string {
  return inside === undefined ? path : `${path}!/${inside}`;
}

/** In history the same file is the same place, whatever the commit. */
function placeIn(path: string): string {
  return path.replace(/^[0-9a-f]{12}:/, "");
}

function findingOf(
  id: string,
  hits: readonly PlacedHit[],
  kindOf: (id: string) => SecretKind | undefined,
): SecretFinding[] {
  const places = hits.toSorted(byPlace);
  const [first] = places;
  const kind = first === undefined ? undefined : kindOf(first.kind);
  if (first === undefined || kind === undefined) return [];
  const { severity, proof, shown, fingerprint, note } = first;
  const isHidden = first.isHidden;
  const more = places.length > 1 ? ` in ${count(places.length, "place")}` : "";
  const said = [note, PROOFS[proof], isHidden ? HIDDEN : undefined].filter(
    (part) => part !== undefined,
  );
  return [
    {
      kind: "secret",
      id,
      severity,
      priority: { score: plainScore(severity), reasons: [`severity ${severity}`, PROOFS[proof]] },
      rule: { id: kind.id, title: kind.title, help: `To fix it: ${kind.remedy}.`, url: null },
      tool: "bulwark",
      message: `${kind.title} ${shown}${more} (${said.join("; ")})`,
      locations: places.slice(0, LOCATIONS_MAX).map(locationOf),
      secret: { shown, fingerprint, proof, places: places.length, isHidden },
      remedy: kind.remedy,
    },
  ];
}

/** What can be seen first, then what lies in history, each in the order of paths. */
function byPlace(a: PlacedHit, b: PlacedHit): number {
  return (
    Number(a.isHidden) - Number(b.isHidden) || (a.layer ?? -1) - (b.layer ?? -1) || byPath(a, b)
  );
}

function byPath(a: PlacedHit, b: PlacedHit): number {
  const [one, other] = [placeOf(a), placeOf(b)];
  if (one === other) return (a.line ?? 0) - (b.line ?? 0);
  return one < other ? -1 : 1;
}

function locationOf(hit: PlacedHit): PackageLocation {
  const { layer, line, column } = hit;
  return {
    path: placeOf(hit),
    layer,
    ...(line === undefined ? {} : { line }),
    ...(column === undefined ? {} : { column }),
  };
}

const PROOFS: Readonly<Record<SecretProof, string>> = {
  checksum: "its checksum holds",
  structure: "it is made as its format demands",
  shape: "it looks as only this kind does",
  context: "told by what stands around it",
};

const HIDDEN = "the file was deleted or replaced later, and can still be read";
