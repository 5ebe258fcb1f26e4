// Versions of what Bitnami packs: three numbers of the software, and a revision of the package that comes after it.
// Source: the readme of bitnami/go-version.
import type { Scheme } from "../../../stages/match/contract.ts";
import { compareDigits, endOfDigits } from "../shared/digits.ts";
import { compareSemantic, parseSemantic, type SemanticVersion } from "../shared/semantic.ts";

export const bitnami: Scheme = {
  id: "bitnami",
  title: "Software as Bitnami packs it",
  needs: [],
  state: "stable",
  compare(a, b) {
    const left = parse(a);
    const right = parse(b);
    if (left === null || right === null) return null;
    return (
      compareSemantic(left.version, right.version) || compareDigits(left.revision, right.revision)
    );
  },
};

/** `1.2.3-4` is the fourth revision of 1.2.3, where other schemes see a pre-release. */
function parse(text: string): { version: SemanticVersion; revision: string } | null {
  const version = parseSemantic(text);
  if (version === null) return null;
  const [revision] = version.preRelease;
  if (revision === undefined || version.preRelease.length > 1) return { version, revision: "" };
  const isRevision = endOfDigits(revision, 0) === revision.length;
  return isRevision
    ? { version: { ...version, preRelease: [] }, revision }
    : { version, revision: "" };
}
