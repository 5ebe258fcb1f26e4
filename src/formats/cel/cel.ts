// The Common Expression Language, for what users write into policies. Source: github.com/google/cel-spec; the libraries are those of
// Kubernetes 1.34, less the authorizer. No answer is silently wrong: what is not supported is a fault when compiling, what cannot
// be computed is an error when running (docs/decisions/0005).
import { Compiler } from "./compile/compile.ts";
import type { Bound, Node } from "./compile/node.ts";
import { Scope } from "./compile/scope.ts";
import { BOOL, DOUBLE, DYN, INT, LIST, MAP, STRING, type Type } from "./compile/type.ts";
import { library, typeNames } from "./library/library.ts";
import { type CelFault, FaultFound, placeOf } from "./syntax/fault.ts";
import { parseExpression } from "./syntax/parse.ts";
import { Failure, Meter, Overrun } from "./values/failure.ts";
import { lift, typeNameOf, type Value } from "./values/value.ts";

export type { CelFault } from "./syntax/fault.ts";
export { jsonOfCel } from "./values/json.ts";

/** What is known of a variable before there is a value. */
export interface CelVariable {
  /** Checked when compiling, as far as an expression uses it, and when running. Default: `dyn`, whatever comes. */
  readonly type?: "dyn" | "bool" | "int" | "double" | "string" | "list" | "map";
  /** How many elements its lists and maps have at most, for the estimate of cost. Default: 64. */
  readonly itemsMax?: number;
  /** How long its texts are at most, for the estimate of cost. Default: 1,000. */
  readonly lengthMax?: number;
}

export interface CelOptions {
  /** By name; a name may have dots. What is not among them is a fault. */
  readonly variables: Readonly<Record<string, CelVariable>>;
  /**
   * What one evaluation may cost, in steps of the order of 20 ns: an expression that may cost more is a fault, a run that does
   * (because values are larger than declared) is an error. Default: {@link CEL_COST_MAX}.
   */
  readonly costMax?: number;
  /** Leaves names, functions and types to the run, as the specification's unchecked mode does. */
  readonly isUnchecked?: boolean;
}

/** The default of `costMax`: a fifth of a second of one core for comparisons, about one second for building lists. */
export const CEL_COST_MAX = 10_000_000;

const ITEMS_MAX = 64;
const LENGTH_MAX = 1_000;
/** Values inside one variable. */
const NODES_MAX = 2_000;

/** An evaluation without a value. `isOverCost` when the budget was spent. */
export interface CelError {
  /** Lower case, no full stop. */
  readonly message: string;
  readonly isOverCost: boolean;
}

/** What an evaluation gives, with what was spent for it. */
export type CelResult =
  | { readonly value: Value; readonly error: null; readonly cost: number }
  | { readonly value: null; readonly error: CelError; readonly cost: number };

/** An expression that can be run, any number of times. */
export interface CelProgram {
  /** The most that a run may cost if all values keep to their bounds. */
  readonly costMax: number;
  /** What it gives, as far as is known: `bool`, `list`, `dyn`. */
  readonly type: string;
  /** The variables that it uses. */
  readonly variables: readonly string[];
  /**
   * Runs it. Values are JSON, and are looked at only where the expression goes; what other expressions gave may be among them.
   * A variable without a value is an error if it is used. Never throws.
   */
  run(values: Readonly<Record<string, unknown>>): CelResult;
}

/** Compiles an expression; a fault says where and why it cannot be used. Never throws. */
export function compileCel(
  source: string,
  options: CelOptions,
):
  | { readonly program: CelProgram; readonly fault: null }
  | { readonly program: null; readonly fault: CelFault } {
  try {
    return { program: programOf(source, options), fault: null };
  } catch (error) {
    if (!(error instanceof FaultFound)) throw error;
    return { program: null, fault: placeOf(source, error) };
  }
}

const TYPES: ReadonlyMap<string, Type> = new Map<string, Type>(
  [DYN, BOOL, INT, DOUBLE, STRING, LIST, MAP].map((type) => [type.name, type]),
);

function programOf(source: string, options: CelOptions): CelProgram {
  const { costMax = CEL_COST_MAX, isUnchecked = false } = options;
  const variables = new Map(
    Object.entries(options.variables).map(([name, variable]) => [name, declared(variable)]),
  );
  const compiler = new Compiler({ variables, library, typeNames, isUnchecked });
  const node = compiler.compile(parseExpression(source), Scope.EMPTY);
  if (!(node.cost <= costMax))
    throw new FaultFound(
      0,
      `the expression may cost ${Math.ceil(node.cost)}, which is more than ${costMax}: go through smaller lists, or through fewer in one another`,
    );
  return runnable(compiler, node, costMax);
}

function declared({ type = "dyn", itemsMax = ITEMS_MAX, lengthMax = LENGTH_MAX }: CelVariable): {
  type: Type;
  bound: Bound;
} {
  const bound = { items: itemsMax, length: lengthMax, nodes: Math.max(NODES_MAX, itemsMax) };
  return { type: TYPES.get(type) ?? DYN, bound };
}

function runnable(compiler: Compiler, node: Node, costMax: number): CelProgram {
  const used = [...compiler.used].map(([name, { slot, type }]) => ({ name, slot, type }));
  return {
    costMax: node.cost,
    type: node.type.name,
    variables: used.map(({ name }) => name),
    run: (values) => {
      const slots = new Array<Value | undefined>(compiler.slots).fill(undefined);
      const meter = new Meter(costMax);
      try {
        for (const { name, slot, type } of used)
          if (Object.hasOwn(values, name)) slots[slot] = given(name, values[name], type);
        meter.spend(node.flat);
        const value = node.run({ slots, meter });
        return { value, error: null, cost: costMax - meter.left };
      } catch (error) {
        return { value: null, error: errorOf(error), cost: costMax - Math.max(0, meter.left) };
      }
    },
  };
}

function given(name: string, raw: unknown, type: Type): Value | undefined {
  if (raw === undefined) return undefined;
  const value = lift(raw);
  if (type.has(value)) return value;
  throw new Failure(`the variable "${name}" is of type ${typeNameOf(value)}, not ${type.name}`);
}

/** What else is thrown (a text longer than the engine holds, an accessor that throws) is an error as well. */
function errorOf(error: unknown): CelError {
  if (error instanceof Overrun) return { message: error.message, isOverCost: true };
  const message =
    error instanceof Failure || error instanceof Error ? error.message : "the evaluation failed";
  return { message, isOverCost: false };
}
