import type { Problem } from "../../../model/problem.ts";

/** A document full of problems is read by nobody. */
const PROBLEMS_MAX = 1000;

/**
 * What an inventory tells of what could not be examined: names and details for the free fields of its format. Whoever reads the
 * inventory again, as we do, knows that it is not whole.
 */
export function toldProblems(problems: readonly Problem[]): [name: string, detail: string][] {
  return problems
    .slice(0, PROBLEMS_MAX)
    .map((problem) => [`problem:${problem.code}`, problemText(problem)]);
}

/** Where and what. Details that name their place already, as `cannot read "a": …` and `a: …`, do not name it twice. */
export function problemText({ path, detail }: Problem): string {
  if (path === undefined) return detail;
  const isNamed = [`${path}:`, JSON.stringify(path), `(${path})`].some((n) => detail.includes(n));
  return isNamed ? detail : `${path}: ${detail}`;
}
