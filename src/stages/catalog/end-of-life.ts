// Whether a distribution still gets security updates. Facts stand in end-of-life.data.ts; here is only how a release is found
// in them: distributions name releases in one, two or three parts, and os-release often says more than the release.
import type { Distribution, EndOfLife } from "../../model/distribution.ts";
import { END_OF_LIFE } from "./end-of-life.data.ts";

/** A pre-release is not a release: Alpine edge calls itself `3.21.0_alpha20240807`. */
const PRE_RELEASE = /_alpha|_beta|_rc/;

/**
 * When the free security support of a distribution's release ends, and whether it has.
 *
 * Debian's long-term support counts, as it is free; extended support that is paid for does not.
 *
 * @param today ISO date, or date and time, UTC.
 * @returns null when the release, or its end, is not known, and for rolling distributions, which have none.
 */
export function endOfLifeOf(distribution: Distribution, today: string): EndOfLife | null {
  const releases = END_OF_LIFE.get(keyOf(distribution));
  if (releases === undefined || distribution.versionId === null) return null;
  const date = candidates(distribution.versionId)
    .map((version) => releases.get(version))
    .find((found) => found !== undefined);
  return date === undefined ? null : { date, ended: today.slice(0, date.length) > date };
}

/** CentOS Linux and CentOS Stream share the ID, and part of the versions; after 8 there is only Stream. */
function keyOf({ id, name, versionId }: Distribution): string {
  if (id === "centos" && (name.includes("Stream") || Number.parseInt(versionId ?? "", 10) > 8))
    return "centos-stream";
  return id;
}

/** `3.19.1` is of release 3.19, `8.9` of 8, and SUSE's `15` is 15.0. */
function candidates(versionId: string): string[] {
  if (PRE_RELEASE.test(versionId)) return [];
  const parts = versionId.split(".", 4);
  const shorter = parts.map((_, i) => parts.slice(0, parts.length - i).join("."));
  return parts.length === 1 ? [versionId, `${versionId}.0`] : shorter;
}
