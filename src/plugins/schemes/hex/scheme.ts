// Versions of Elixir and Erlang packages: semantic versions, says hexdocs.pm/elixir/Version.html.
import type { Scheme } from "../../../stages/match/contract.ts";
import { compareSemantic, parseSemantic } from "../shared/semantic.ts";

export const hex: Scheme = {
  id: "hex",
  title: "Elixir and Erlang packages",
  needs: [],
  state: "stable",
  compare(a, b) {
    const left = parseSemantic(a);
    const right = parseSemantic(b);
    return left === null || right === null ? null : compareSemantic(left, right);
  },
};
