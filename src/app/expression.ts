import { compileCel, jsonOfCel } from "../formats/cel/cel.ts";
import type { Expression } from "../stages/decide/written-clause.ts";

/** Lists of a whole image are longer than what a finding holds. */
const LONG_LISTS: ReadonlySet<string> = new Set(["findings", "packages", "problems"]);
const LONG_ITEMS_MAX = 20_000;

/**
 * Compiles what a rule asks or says.
 *
 * @param variables The names that it may use.
 * @returns The fault, with its place in the expression, when it cannot be used.
 */
export function compileExpression(
  source: string,
  variables: readonly string[],
): Expression | { readonly fault: string } {
  const declared = variables.map((name) => [
    name,
    LONG_LISTS.has(name) ? { itemsMax: LONG_ITEMS_MAX } : {},
  ]);
  const { program, fault } = compileCel(source, { variables: Object.fromEntries(declared) });
  if (fault !== null) {
    const { line, column, message } = fault;
    const place = line === 1 ? `column ${column}` : `line ${line}, column ${column}`;
    return { fault: `${place}: ${message}` };
  }
  return {
    evaluate: (values) => {
      const { value, error } = program.run(values);
      return error === null ? { value: jsonOfCel(value) } : { error: error.message };
    },
  };
}
