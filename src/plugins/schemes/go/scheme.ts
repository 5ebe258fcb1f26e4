// Versions of Go modules and of Go itself.
// Source: go.dev/ref/mod, "Versions", "Pseudo-versions"; go.dev/doc/toolchain, "Go versions".
import type { Scheme } from "../../../stages/match/contract.ts";
import { compareSemantic, parseSemantic, type SemanticVersion } from "../shared/semantic.ts";

export const go: Scheme = {
  id: "go",
  title: "Go modules and the Go toolchain",
  needs: [],
  state: "stable",
  compare(a, b) {
    const left = parse(a);
    const right = parse(b);
    return left === null || right === null ? null : compareSemantic(left, right);
  },
};

/** `go1.21rc2`, with what makers of toolchains append after a blank or hyphen (`go1.22.1 X:boringcrypto`, `-bigcorp`). */
const TOOLCHAIN = /^go(\d+(?:\.\d+){0,2})(?:(rc|beta|alpha)(\d+))?(?:[ -+].*)?$/;

/** A pseudo-version is a pre-release by its form, and `+incompatible` is a build: both order as semantic versions do. */
function parse(version: string): SemanticVersion | null {
  if (!version.startsWith("go")) return parseSemantic(version);
  const [, numbers, word, number] = TOOLCHAIN.exec(version) ?? [];
  if (numbers === undefined) return null;
  return {
    numbers: numbers.split("."),
    preRelease: word === undefined ? [] : [word, number ?? ""],
    build: null,
  };
}
