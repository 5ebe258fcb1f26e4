// Versions of Dart packages: semantic versions, of which the build counts too.
// Source: dart.dev, "Package versioning"; the documentation of pub_semver's Version.compareTo.
import type { Scheme } from "../../../stages/match/contract.ts";
import { compareIdentifiers, compareSemantic, parseSemantic } from "../shared/semantic.ts";

export const pub: Scheme = {
  id: "pub",
  title: "Dart packages",
  needs: [],
  state: "stable",
  compare(a, b) {
    const left = parseSemantic(a);
    const right = parseSemantic(b);
    if (left === null || right === null) return null;
    return compareSemantic(left, right) || compareBuilds(left.build, right.build);
  },
};

/** A version with a build comes after the same without. */
function compareBuilds(a: string | null, b: string | null): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  return compareIdentifiers(a.split("."), b.split("."));
}
