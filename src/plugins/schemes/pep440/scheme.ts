// Versions of Python packages. Source: PEP 440; what the index holds from before it is ordered as setuptools did then.
import type { Scheme } from "../../../stages/match/contract.ts";
import { compareDigits, compareText, endOfDigits } from "../shared/digits.ts";
import { compareNumbers } from "../shared/semantic.ts";
import { compareLegacy, legacyKey } from "./legacy.ts";
import { type PythonVersion, parsePython } from "./version.ts";

export const pep440: Scheme = {
  id: "pep440",
  title: "Python packages",
  needs: [],
  state: "stable",
  compare(a, b) {
    if (a.trim() === "" || b.trim() === "") return null;
    const left = parsePython(a);
    const right = parsePython(b);
    if (left !== null && right !== null) return compareVersions(left, right);
    // Everything from before PEP 440 comes before everything that follows it.
    if (left !== null) return 1;
    if (right !== null) return -1;
    return compareLegacy(legacyKey(a), legacyKey(b));
  },
  isVersion: (text) => parsePython(text) !== null,
};

function compareVersions(a: PythonVersion, b: PythonVersion): number {
  return (
    compareDigits(a.epoch, b.epoch) ||
    compareNumbers(a.release, b.release) ||
    stage(a) - stage(b) ||
    comparePre(a.pre, b.pre) ||
    compareOptional(a.post, b.post, -1) ||
    compareOptional(a.dev, b.dev, 1) ||
    compareLocal(a.local, b.local)
  );
}

/** `1.0.dev1` comes before `1.0a1`, and that before `1.0` and `1.0.post1`. */
function stage(version: PythonVersion): number {
  if (version.pre !== null) return 1;
  return version.post === null && version.dev !== null ? 0 : 2;
}

function comparePre(a: PythonVersion["pre"], b: PythonVersion["pre"]): number {
  if (a === null || b === null) return 0;
  return compareText(a[0], b[0]) || compareDigits(a[1], b[1]);
}

/** @param absent What the comparison gives when only the first is absent. */
function compareOptional(a: string | null, b: string | null, absent: number): number {
  if (a === null || b === null) {
    if (a === b) return 0;
    return a === null ? absent : -absent;
  }
  return compareDigits(a, b);
}

/** Numbers come after words, and a longer label after its beginning. */
function compareLocal(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i += 1) {
    const x = a[i] ?? "";
    const y = b[i] ?? "";
    const isNumber = endOfDigits(x, 0) === x.length;
    if (isNumber !== (endOfDigits(y, 0) === y.length)) return isNumber ? 1 : -1;
    const order = isNumber ? compareDigits(x, y) : compareText(x, y);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}
