// A condition alone, for any event: for tests of the language, and for the checking of rules before they run.
import type {
  CheckExpression,
  ExistsExpression,
  Expression,
  FieldTerm,
  MacroExpression,
  Value,
} from "../../formats/falco/condition.ts";
import { Closures, type Turn } from "./closures.ts";
import type { CompilerContext } from "./contract.ts";
import { CompileFault, type RuleRemark } from "./fault.ts";
import { Graph, LeafMaker } from "./graph.ts";
import type { Test } from "./leaf.ts";

/** A remark on a condition, and in which macro it stands; null for the condition itself. */
export interface PlacedRemark extends RuleRemark {
  readonly macro: MacroExpression | null;
}

/** Why a part of a condition cannot be compiled. */
export interface ConditionFault extends PlacedRemark {
  /** It is that we do not know a field or an event. */
  readonly isUnknown: boolean;
}

/** What was found in a condition that is not run yet. */
export interface ExaminedCondition {
  /** Each of them; none when it can be compiled. */
  readonly faults: readonly ConditionFault[];
  readonly warnings: readonly PlacedRemark[];
}

/** Compiles all checks of a condition, for their faults and for what is better written otherwise. Never throws. */
export function examineCondition<E>(
  expression: Expression,
  maker: LeafMaker<E>,
): ExaminedCondition {
  const examiner = new Examiner(maker);
  examiner.look(expression, null);
  return examiner;
}

class Examiner<E> implements ExaminedCondition {
  readonly #maker: LeafMaker<E>;
  readonly #seen = new Set<Expression>();
  readonly faults: ConditionFault[] = [];
  readonly warnings: PlacedRemark[] = [];

  constructor(maker: LeafMaker<E>) {
    this.#maker = maker;
  }

  look(expression: Expression, macro: MacroExpression | null): void {
    if (this.#seen.has(expression)) return;
    this.#seen.add(expression);
    switch (expression.kind) {
      case "and":
      case "or":
        for (const part of expression.parts) this.look(part, macro);
        return;
      case "not":
        this.look(expression.part, macro);
        return;
      case "macro":
        if (expression.body !== null) this.look(expression.body.expression, expression);
        else
          this.#fail(
            new CompileFault(expression.at, `there is no macro ${expression.name}`),
            macro,
          );
        return;
      default:
        this.#try(expression, macro);
    }
  }

  #try(leaf: CheckExpression | ExistsExpression, macro: MacroExpression | null): void {
    try {
      this.#maker.leaf(leaf);
    } catch (error) {
      if (!(error instanceof CompileFault)) throw error;
      this.#fail(error, macro);
      return;
    }
    if (leaf.kind === "check") this.#warn(leaf, macro);
  }

  #fail({ remark, isUnknown }: CompileFault, macro: MacroExpression | null): void {
    this.faults.push({ ...remark, macro, isUnknown });
  }

  #warn(check: CheckExpression, macro: MacroExpression | null): void {
    const { fields } = this.#maker.context;
    const { left, operator, right } = check;
    const field = left.kind === "field" ? fields.field(left.name) : null;
    const isVoid = right.kind === "list" && right.items.length === 0;
    if (field?.caution != null && !isVoid)
      this.#add(left.at, `${(left as FieldTerm).name} ${field.caution.message}`, macro);
    for (const { text, at } of textsOf(right)) {
      const named =
        /^(?:(?:tolower|toupper|b64|basename|len)\()?([a-zA-Z0-9_.]+)(?:\[[^\]]*\])?\)?$/.exec(
          text,
        )?.[1];
      if (named?.includes(".") && fields.field(named) !== null)
        this.#add(
          at,
          `${text} is taken as a text, and is the name of a field`,
          macro,
          `write val(${named}) to compare with the field`,
        );
      const simpler = operator === "regex" ? simplerThan(text) : null;
      if (simpler !== null)
        this.#add(at, `${simpler} says the same as this regular expression, and is faster`, macro);
    }
  }

  #add(
    at: number,
    message: string,
    macro: MacroExpression | null,
    hint: string | null = null,
  ): void {
    this.warnings.push({ at, message, hint, macro });
  }
}

function textsOf(right: Value): readonly { readonly text: string; readonly at: number }[] {
  if (right.kind === "text") return [right];
  return right.kind === "list" ? right.items : [];
}

/** A text with at most "anything" around it. */
const PLAIN_REGEX = /^\^?(\.[*+?])?((?:[A-Za-z0-9_ /:@%&~-])+)(\.[*+?])?\$?$/;

function simplerThan(pattern: string): string | null {
  const found = PLAIN_REGEX.exec(pattern);
  if (found === null) return null;
  const [, before, , after] = found;
  if (before !== undefined && after !== undefined) return "contains";
  return before === undefined ? (after === undefined ? "=" : "startswith") : "endswith";
}

/** A condition as a function. */
export function compileCondition<E>(expression: Expression, context: CompilerContext<E>): Test<E> {
  const turn: Turn = { now: 0 };
  const node = new Graph(null, new LeafMaker(context)).node(expression);
  const test = new Closures(turn, [node]).of(node);
  return (event) => {
    turn.now += 1;
    return test(event);
  };
}
