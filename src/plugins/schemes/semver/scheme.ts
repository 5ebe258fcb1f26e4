// Semantic versions: npm, crates.io and all that follow the standard.
import type { Scheme } from "../../../stages/match/contract.ts";
import { compareSemantic, parseSemantic } from "../shared/semantic.ts";

export const semver: Scheme = {
  id: "semver",
  title: "Semantic versions: npm, crates.io and others",
  needs: [],
  state: "stable",
  compare(a, b) {
    const left = parseSemantic(a);
    const right = parseSemantic(b);
    return left === null || right === null ? null : compareSemantic(left, right);
  },
};
