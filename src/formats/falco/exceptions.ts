// Exceptions of a rule: tuples of values of fields for which it stays silent. Source: falcosecurity/falco,
// proposals/20200828-structured-exception-handling.md.
import {
  LIST_OPERATORS,
  MODIFIERS,
  NUMBER_OPERATORS,
  SYMBOL_OPERATORS,
  WORD_OPERATORS,
} from "./condition.ts";
import { quotedItem } from "./list-expansion.ts";
import type { RuleNode } from "./rule-file.ts";
import type { ItemMessages } from "./rule-items.ts";

/** What an exception compares with what. A `field` alone has one list of values, `fields` have tuples. */
export interface RuleException {
  readonly name: string;
  readonly isTuple: boolean;
  readonly fields: readonly string[];
  readonly operators: readonly string[];
  readonly values: readonly RuleNode[];
  readonly node: RuleNode;
}

/** As it is written: `fields` may be missing when values are added to an exception that there is. */
export interface ExceptionDraft {
  readonly name: string;
  readonly fields: RuleNode | null;
  readonly operators: RuleNode | null;
  readonly values: readonly RuleNode[];
  readonly hasValues: boolean;
  readonly node: RuleNode;
}

const TEXT_OPERATORS: readonly string[] = [...SYMBOL_OPERATORS, ...WORD_OPERATORS];
const ALL_OPERATORS: ReadonlySet<string> = new Set([
  "exists",
  ...NUMBER_OPERATORS,
  ...TEXT_OPERATORS,
  ...LIST_OPERATORS,
  ...TEXT_OPERATORS.flatMap((operator) => MODIFIERS.map((modifier) => `${operator} ${modifier}`)),
]);
const OF_LISTS: ReadonlySet<string> = new Set([
  ...LIST_OPERATORS,
  ...TEXT_OPERATORS.flatMap((operator) => MODIFIERS.map((modifier) => `${operator} ${modifier}`)),
]);

/** Reads the exceptions of an item. */
export function exceptionDrafts(node: RuleNode, about: ItemMessages): readonly ExceptionDraft[] {
  const { items } = node;
  if (items === null)
    return about.refuse("LOAD_ERR_YAML_VALIDATE", "exceptions is no list", null, node);
  return items.map((item) => {
    const members = item.members;
    const name = members?.get("name")?.text ?? "";
    if (members === null || name === "")
      return about
        .about("exception", null, item)
        .refuse("LOAD_ERR_YAML_VALIDATE", "an exception has no name");
    const values = members.get("values");
    return {
      name,
      fields: members.get("fields") ?? null,
      operators: members.get("comps") ?? null,
      values: values === undefined ? [] : (values.items ?? [values]),
      hasValues: values !== undefined,
      node: item,
    };
  });
}

/** A draft as an exception of its own. */
export function exceptionOf(
  draft: ExceptionDraft,
  given: ItemMessages,
  isAdded: boolean,
): RuleException {
  const { name, fields, node } = draft;
  const about = given.about("exception", name, node);
  if (fields === null)
    return about.refuse(
      isAdded ? "LOAD_ERR_VALIDATE" : "LOAD_ERR_YAML_VALIDATE",
      "the exception has no 'fields'",
      isAdded ? "no exception of the rule has that name: write fields, or correct the name" : null,
    );
  const isTuple = fields.items !== null;
  const names = (fields.items ?? [fields]).map((one) => one.text ?? "");
  const operators = operatorsOf(draft, names.length, isTuple, about);
  const exception = { name, isTuple, fields: names, operators, values: draft.values, node };
  for (const value of draft.values) checkValue(exception, value, about);
  return exception;
}

function operatorsOf(
  { operators }: ExceptionDraft,
  count: number,
  isTuple: boolean,
  about: ItemMessages,
): string[] {
  if (operators === null) return new Array<string>(count).fill(isTuple ? "=" : "in");
  if (isTuple !== (operators.items !== null))
    return about.refuse(
      "LOAD_ERR_VALIDATE",
      "fields and comps are not both lists, nor both alone",
      null,
      operators,
    );
  const given = (operators.items ?? [operators]).map((one) =>
    (one.text ?? "").trim().replaceAll(/\s+/g, " "),
  );
  if (given.length !== count)
    about.refuse(
      "LOAD_ERR_VALIDATE",
      `there are ${count} fields and ${given.length} comps`,
      null,
      operators,
    );
  const known = isTuple ? ALL_OPERATORS : OF_LISTS;
  for (const operator of given) {
    if (known.has(operator)) continue;
    const hint = isTuple
      ? null
      : `for one field, comps is one of ${LIST_OPERATORS.join(", ")}, or an operator with ${MODIFIERS.join(", ")}`;
    about.refuse("LOAD_ERR_VALIDATE", `'${operator}' is no operator of comps`, hint, operators);
  }
  return given;
}

function checkValue(
  { isTuple, fields }: RuleException,
  value: RuleNode,
  about: ItemMessages,
): void {
  if (!isTuple) return;
  const { items } = value;
  if (items === null)
    about.refuse(
      "LOAD_ERR_VALIDATE",
      "each of values is a list, with one value for each field",
      null,
      value,
    );
  else if (items.length !== fields.length)
    about.refuse(
      "LOAD_ERR_VALIDATE",
      `there are ${fields.length} fields and ${items.length} values`,
      null,
      value,
    );
}

/** Adds values to an exception. */
export function withValues(
  exception: RuleException,
  draft: ExceptionDraft,
  given: ItemMessages,
): RuleException {
  const about = given.about("exception", draft.name, draft.node);
  if (draft.fields !== null || draft.operators !== null)
    about.refuse(
      "LOAD_ERR_VALIDATE",
      "an exception that there is gets values only",
      "leave fields and comps out",
    );
  for (const value of draft.values) checkValue(exception, value, about);
  return { ...exception, values: [...exception.values, ...draft.values] };
}

/** What holds when an exception applies, as text; null when it has no values. Lists in it are still names. */
export function exceptionCondition({
  isTuple,
  fields,
  operators,
  values,
}: RuleException): string | null {
  if (values.length === 0) return null;
  if (!isTuple)
    return `${fields[0]} ${operators[0]} (${values.flatMap(itemsIn).map(quotedItem).join(", ")})`;
  const tuples = values.map((value) => {
    const parts = (value.items ?? []).map((one, i) =>
      comparison(fields[i] ?? "", operators[i] ?? "=", one),
    );
    return parts.length === 1 ? (parts[0] ?? "") : `(${parts.join(" and ")})`;
  });
  return tuples.length === 1 ? (tuples[0] ?? null) : `(${tuples.join(" or ")})`;
}

function comparison(field: string, operator: string, value: RuleNode): string {
  if (operator === "exists") return `${field} exists`;
  const items = itemsIn(value).map(quotedItem);
  const isList = OF_LISTS.has(operator) || value.items !== null;
  return `${field} ${operator} ${isList ? `(${items.join(", ")})` : items.join()}`;
}

function itemsIn(value: RuleNode): string[] {
  return (value.items ?? [value]).map((one) => one.text ?? "");
}
