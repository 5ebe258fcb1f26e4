import { remembered } from "../shared/remembered.ts";

/** A version by PEP 440, as its key for sorting is made. */
export interface PythonVersion {
  readonly epoch: string;
  readonly release: readonly string[];
  /** `a`, `b` or `rc` with its number; null when it is no pre-release. */
  readonly pre: readonly [word: string, number: string] | null;
  readonly post: string | null;
  readonly dev: string | null;
  readonly local: readonly string[];
}

// PEP 440, appendix B. Every alternative begins with another character, so that nothing backtracks far.
const VERSION =
  /^v?(?:(\d+)!)?(\d+(?:\.\d+)*)(?:[-_.]?(alpha|a|beta|b|preview|pre|c|rc)[-_.]?(\d*))?(?:-(\d+)|[-_.]?(?:post|rev|r)[-_.]?(\d*))?(?:[-_.]?dev[-_.]?(\d*))?(?:\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?$/;

const PRE_WORDS: ReadonlyMap<string, string> = new Map([
  ["alpha", "a"],
  ["beta", "b"],
  ["c", "rc"],
  ["pre", "rc"],
  ["preview", "rc"],
]);

/** @returns null when the text is not a version by PEP 440. */
export const parsePython: (text: string) => PythonVersion | null = remembered((text) => {
  const trimmed = text.trim().toLowerCase();
  const found = VERSION.exec(trimmed);
  const release = found?.[2];
  if (found === null || release === undefined) return null;
  const [, epoch = "", , word, number = "", dashPost, post, dev, local] = found;
  return {
    epoch,
    release: withoutZeros(release.split(".")),
    pre: word === undefined ? null : [PRE_WORDS.get(word) ?? word, number],
    post: dashPost ?? post ?? null,
    dev: dev ?? null,
    local: local === undefined ? [] : local.split(/[-_.]/),
  };
});

/** `1.0` and `1.0.0` are one version. */
function withoutZeros(release: readonly string[]): readonly string[] {
  let end = release.length;
  while (end > 1 && /^0+$/.test(release[end - 1] ?? "")) end -= 1;
  return release.slice(0, end);
}
