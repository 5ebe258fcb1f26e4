// Versions of NuGet packages: semantic, with up to four numbers, and without regard to case.
// Source: learn.microsoft.com, "NuGet package versioning".
import type { Scheme } from "../../../stages/match/contract.ts";
import { compareSemantic, parseSemantic } from "../shared/semantic.ts";

export const nuget: Scheme = {
  id: "nuget",
  title: ".NET packages",
  needs: [],
  state: "stable",
  compare(a, b) {
    const left = parseSemantic(a.toLowerCase());
    const right = parseSemantic(b.toLowerCase());
    return left === null || right === null ? null : compareSemantic(left, right);
  },
};
