// Exceptions name rules by their ids, and one that is misspelt would silently let nothing pass.
import { nearest } from "../kit/nearest.ts";
import { PROBLEM_CODES } from "../model/problem.ts";
import { checks } from "../plugins/checks/index.ts";
import { readDecisions } from "./decisions.ts";
import type { LoadedPolicy } from "./policy.ts";

/**
 * Says which exceptions are for rules that none of the policies has.
 *
 * @param file null for the usual file, if it is there.
 * @throws {AppError} `not-found` for a named file that is missing, `config-invalid`.
 */
export async function unknownRules(
  file: string | null,
  policies: readonly LoadedPolicy[],
): Promise<string[]> {
  const { exceptions } = await readDecisions({ exceptions: file, vex: [] });
  const known = [
    ...policies.flatMap(({ rules }) => rules.map(({ id }) => id)),
    ...checks.map(({ id }) => id),
    ...Object.keys(PROBLEM_CODES),
  ];
  return exceptions
    .filter(({ names, id }) => names === "rule" && !known.includes(id))
    .map(({ id, line }) => {
      const near = nearest(id, known);
      const meant = near === null ? "" : `; did you mean ${near}?`;
      return `the exception in line ${line} is for rule ${JSON.stringify(id)}, which is in none of these policies${meant}`;
    });
}
