// From the rules of a policy to clauses that can be asked.
import { AppError } from "../kit/error.ts";
import { templateParts } from "../kit/template.ts";
import type { AttachedRule, Rule, WrittenRule } from "../model/policy.ts";
import {
  type AttachedContext,
  attachedClause,
  PREDICATE_VARIABLES,
} from "../stages/decide/attached-clause.ts";
import type { Clause } from "../stages/decide/clause.ts";
import { checkClause, findingsClause } from "../stages/decide/findings-clause.ts";
import { type Expression, VARIABLES, writtenClause } from "../stages/decide/written-clause.ts";
import { predicateTypesOf } from "./predicates.ts";

/** Says that a rule is not as it must be. */
export type Refuse = (rule: Rule, state: string) => never;

/** The language of conditions is loaded only when there are any. */
export async function compiledRules(rules: readonly Rule[], refuse: Refuse): Promise<Clause[]> {
  const isWritten = (rule: Rule): boolean =>
    rule.kind === "written" || (rule.kind === "attached" && rule.wants.where !== null);
  const language = rules.some(isWritten) ? await import("./expression.ts") : null;
  const compile: Compile = (rule, part, source, variables) => {
    if (language === null) return refuse(rule, "it cannot be compiled");
    const expression = language.compileExpression(source, variables);
    return "fault" in expression ? refuse(rule, `${part}: ${expression.fault}`) : expression;
  };
  return rules.map((rule) => clauseOf(rule, compile, refuse));
}

function clauseOf(rule: Rule, compile: Compile, refuse: Refuse): Clause {
  switch (rule.kind) {
    case "findings":
      return findingsClause(rule);
    case "check":
      return checkClause(rule);
    case "attached":
      return attachedClause(rule, attachedContext(rule, compile, refuse));
    case "written":
      return writtenClause(rule, ...expressionsOf(rule, compile, refuse));
  }
}

/** @param part For the message: `when`. */
type Compile = (
  rule: Rule,
  part: string,
  source: string,
  variables: readonly string[],
) => Expression;

function attachedContext(rule: AttachedRule, compile: Compile, refuse: Refuse): AttachedContext {
  const { type, where } = rule.wants;
  return {
    types: type === null ? [] : typesOf(type, rule, refuse),
    where: where === null ? null : compile(rule, "where", where, PREDICATE_VARIABLES),
  };
}

function typesOf(type: string, rule: AttachedRule, refuse: Refuse): readonly string[] {
  try {
    return predicateTypesOf([type]);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const known = error.hint === null ? "" : `; ${error.hint}`;
    const shown = JSON.stringify(type.slice(0, 60));
    return refuse(rule, `${shown} is neither an address nor a known type${known}`);
  }
}

function expressionsOf(
  rule: WrittenRule,
  compile: Compile,
  refuse: Refuse,
): [when: Expression, message: Expression] {
  const variables = VARIABLES[rule.about];
  const parts = templateParts(rule.message) ?? refuse(rule, "message: a brace has no partner");
  const pieces = parts.map((piece) =>
    "text" in piece
      ? { evaluate: () => ({ value: piece.text }) }
      : compile(rule, "message", piece.expression, variables),
  );
  const when = compile(rule, "when", rule.when, variables);
  return [when, { evaluate: (values) => joined(pieces, values) }];
}

function joined(
  pieces: readonly Expression[],
  values: Readonly<Record<string, unknown>>,
): ReturnType<Expression["evaluate"]> {
  let text = "";
  for (const piece of pieces) {
    const said = piece.evaluate(values);
    if ("error" in said) return said;
    text += shown(said.value);
  }
  return { value: text };
}

function shown(value: unknown): string {
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
}
