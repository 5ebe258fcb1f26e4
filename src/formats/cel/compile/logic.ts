// `&&` and `||`: one term that decides makes errors of the others irrelevant, in whatever order they stand.
// Source: cel-spec doc/langdef.md, "Logical Operators".
import { Failure } from "../values/failure.ts";
import { typeNameOf, type Value } from "../values/value.ts";
import type { Frame, Run } from "./node.ts";

export function andRun(terms: readonly Run[]): Run {
  return logicRun(terms, false);
}

export function orRun(terms: readonly Run[]): Run {
  return logicRun(terms, true);
}

function logicRun(terms: readonly Run[], deciding: boolean): Run {
  return (frame) => {
    let failure: Failure | null = null;
    for (const term of terms) {
      const answer = answerOf(term, frame);
      if (answer === deciding) return deciding;
      if (typeof answer !== "boolean") failure ??= answer;
    }
    if (failure !== null) throw failure;
    return !deciding;
  };
}

/** True, false, or the error instead. */
export function answerOf(run: Run, frame: Frame): boolean | Failure {
  let value: Value;
  try {
    value = run(frame);
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  if (typeof value === "boolean") return value;
  return new Failure(`no such overload: ${typeNameOf(value)} where a bool is wanted`);
}
