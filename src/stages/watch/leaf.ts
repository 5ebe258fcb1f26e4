// One check of a condition as a function of an event. A missing value makes every check false, `!=` too.
import type {
  BinaryOperator,
  CheckExpression,
  Modifier,
  TextValue,
} from "../../formats/falco/condition.ts";
import { nearest } from "../../kit/nearest.ts";
import type { CompilerContext, FieldReading, FieldValue } from "./contract.ts";
import { CompileFault } from "./fault.ts";
import { comparisonOf, type Matcher, matcherOf, ValueFault } from "./matcher.ts";
import { operatorsOf } from "./operators.ts";
import { type ReadTerm, readTerm } from "./term.ts";

export type Test<E> = (event: E) => boolean;

/** A check that can be run. */
export interface Leaf<E> {
  readonly test: Test<E>;
  readonly cost: number;
  /** The same for checks that mean the same. */
  readonly key: string;
  /** Whether events of a kind have nothing to check. */
  readonly isAbsent: ((eventName: string) => boolean) | null;
  /** What is asked of a single value; null for what is asked of several. */
  readonly single: SingleQuestion<E> | null;
  /** What its field is compared with; null for whether it is there, and for another field. */
  readonly question: FieldQuestion<E> | null;
  /** What may be joined with others of the same `group` under an `or`; null when nothing may. */
  readonly joint: { readonly group: string; readonly question: FieldQuestion<E> } | null;
}

/** A test of the one value of one field. */
export interface SingleQuestion<E> {
  readonly term: ReadTerm<E>;
  readonly read: (event: E) => FieldValue | null;
  readonly matcher: Matcher;
}

/** A field and the texts that it is compared with. */
export interface FieldQuestion<E> {
  readonly term: ReadTerm<E>;
  readonly operator: BinaryOperator;
  readonly modifier: Modifier | null;
  readonly values: readonly string[];
}

/** @throws CompileFault for what its field cannot be asked. */
export function leafOf<E>(check: CheckExpression, context: CompilerContext<E>): Leaf<E> {
  const { operator, modifier, right, at } = check;
  const term = readTerm(check.left, context.fields);
  if (!operatorsOf(term.type, term.reading.kind === "list").has(operator))
    throw new CompileFault(
      at,
      `${term.key} is ${nounOf(term)} and cannot be asked ${operator}`,
      hintOf(term),
    );
  if (right.kind === "name")
    throw new CompileFault(
      right.at,
      `there is no list ${right.name}`,
      "define it above, or write (a, b)",
    );
  if (right.kind === "field" || right.kind === "transformer") return compared(term, check, context);
  const items = right.kind === "text" ? [right] : right.items;
  if (EVENT_TYPES.has(term.key)) refuseUnknownEvents(items, operator, context);
  const question = { term, operator, modifier, values: items.map(({ text }) => text) };
  return questionLeaf(question, items, context);
}

const WHOLE_NAMES: ReadonlySet<BinaryOperator> = new Set<BinaryOperator>(["=", "==", "!=", "in"]);

function refuseUnknownEvents<E>(
  items: readonly TextValue[],
  operator: BinaryOperator,
  { eventNames }: CompilerContext<E>,
): void {
  if (eventNames === null || !WHOLE_NAMES.has(operator)) return;
  for (const { text, at } of items) {
    if (eventNames.has(text)) continue;
    const meant = nearest(text, [...eventNames]);
    const hint = meant === null ? null : `did you mean ${meant}?`;
    throw new CompileFault(at, `there is no event ${JSON.stringify(text)}`, hint, true);
  }
}

function nounOf<E>({ type, reading }: ReadTerm<E>): string {
  return reading.kind === "list" ? "a list" : type === "address" ? "an address" : `a ${type}`;
}

function hintOf<E>({ type, reading }: ReadTerm<E>): string {
  return `operators for it are ${["exists", ...operatorsOf(type, reading.kind === "list")].join(" ")}`;
}

/** Joins checks of one group into one. All of them have been compiled before. */
export function jointLeaf<E>(
  leaves: readonly Leaf<E>[],
  context: CompilerContext<E>,
): Leaf<E> | null {
  const questions = leaves.map(({ joint }) => joint?.question).filter((one) => one !== undefined);
  const [first] = questions;
  if (first === undefined) return null;
  const values = [...new Set(questions.flatMap((one) => one.values))];
  const isListed = first.operator === "pmatch" || isEquality(first.operator);
  const operator = first.operator === "pmatch" ? "pmatch" : isListed ? "in" : first.operator;
  const modifier = isListed ? null : "anyof";
  return questionLeaf({ term: first.term, operator, modifier, values }, [], context);
}

function isEquality(operator: BinaryOperator): boolean {
  return operator === "=" || operator === "==" || operator === "in" || operator === "intersects";
}

const JOINT: ReadonlySet<BinaryOperator> = new Set<BinaryOperator>([
  "contains",
  "icontains",
  "startswith",
  "endswith",
  "glob",
  "iglob",
  "pmatch",
]);

function questionLeaf<E>(
  question: FieldQuestion<E>,
  items: readonly TextValue[],
  context: CompilerContext<E>,
): Leaf<E> {
  const { term, operator, modifier, values } = question;
  let matcher: Matcher;
  try {
    matcher = matcherOf({ type: term.type, operator, modifier, values }, context.regex);
  } catch (error) {
    if (!(error instanceof ValueFault)) throw error;
    throw new CompileFault(
      items[error.index]?.at ?? 0,
      `${error.message}, which ${term.key} needs`,
    );
  }
  const group = groupOf(question);
  const sorted = modifier === "oneof" ? values : [...new Set(values)].sort();
  return {
    test: asked(term.reading, operator, matcher),
    cost: term.cost * costOf(operator) * (term.reading.kind === "any" ? 4 : 1),
    key: `${term.key} ${group ?? `${operator} ${modifier}`} ${JSON.stringify(sorted)}`,
    isAbsent: absenceOf(term),
    single: singleOf(term, matcher),
    question,
    joint: group === null ? null : { group: `${term.key} ${group}`, question },
  };
}

function singleOf<E>(term: ReadTerm<E>, matcher: Matcher): SingleQuestion<E> | null {
  const { reading } = term;
  return reading.kind === "one" ? { term, read: (event) => reading.read(event), matcher } : null;
}

function absenceOf<E>({ reading }: ReadTerm<E>): ((eventName: string) => boolean) | null {
  return reading.kind === "one" ? (reading.isAbsent ?? null) : null;
}

function groupOf<E>({ term, operator, modifier, values }: FieldQuestion<E>): string | null {
  // All values of a list must be among those of `in`: two lists are not one.
  const isSplit = term.reading.kind === "list" && operator === "in";
  const isAny = modifier === null || modifier === "anyof" || values.length === 1;
  if (!isAny || isSplit) return null;
  if (isEquality(operator)) return "in";
  return JOINT.has(operator) ? operator : null;
}

const COSTS: ReadonlyMap<BinaryOperator, number> = new Map<BinaryOperator, number>([
  ["in", 2],
  ["intersects", 2],
  ["startswith", 1.5],
  ["endswith", 1.5],
  ["contains", 3],
  ["icontains", 8],
  ["bcontains", 3],
  ["glob", 6],
  ["iglob", 10],
  ["pmatch", 6],
  ["regex", 20],
]);

function costOf(operator: BinaryOperator): number {
  return COSTS.get(operator) ?? 1;
}

function asked<E>(reading: FieldReading<E>, operator: BinaryOperator, matcher: Matcher): Test<E> {
  switch (reading.kind) {
    case "one": {
      const { read } = reading;
      return (event) => {
        const value = read(event);
        return value !== null && matcher(value);
      };
    }
    case "any":
      return (event) => reading.some(event, matcher);
    default:
      return ofSeveral(
        reading.read,
        reading.kind === "ends" ? operator === "!=" : operator === "in",
        matcher,
      );
  }
}

function ofSeveral<E>(
  read: (event: E) => readonly FieldValue[] | null,
  isEvery: boolean,
  matcher: Matcher,
): Test<E> {
  return (event) => {
    const values = read(event);
    if (values === null || values.length === 0) return false;
    return isEvery ? values.every(matcher) : values.some(matcher);
  };
}

/** Two fields of the same event. */
function compared<E>(
  term: ReadTerm<E>,
  check: CheckExpression,
  context: CompilerContext<E>,
): Leaf<E> {
  const { operator, right, at, modifier } = check;
  if (right.kind !== "field" && right.kind !== "transformer")
    throw new CompileFault(at, "expected a field");
  if (EVENT_TYPES.has(term.key))
    throw new CompileFault(right.at, `${term.key} is compared with names of events only`);
  if (
    operator === "regex" ||
    operator === "bcontains" ||
    operator === "bstartswith" ||
    modifier !== null
  )
    throw new CompileFault(right.at, `${operator} takes texts, and no fields`);
  const other = readTerm(right, context.fields);
  const { reading } = term;
  if (reading.kind !== "one" || other.reading.kind !== "one")
    throw new CompileFault(
      right.at,
      `${term.key} and ${other.key} have no single values to compare`,
    );
  if (term.type !== other.type)
    throw new CompileFault(
      right.at,
      `${term.key} is ${nounOf(term)}, ${other.key} is ${nounOf(other)}`,
    );
  const compare = comparisonOf(term.type, operator);
  const { read } = reading;
  const readOther = other.reading.read;
  return {
    test: (event) => {
      const left = read(event);
      const value = left === null ? null : readOther(event);
      return left !== null && value !== null && compare(left, value);
    },
    cost: term.cost + other.cost + costOf(operator),
    key: `${term.key} ${operator} ${other.key}`,
    isAbsent: absenceOf(term) ?? absenceOf(other),
    single: null,
    question: null,
    joint: null,
  };
}

const EVENT_TYPES: ReadonlySet<string> = new Set(["evt.type", "syscall.type"]);

/** Whether a term has a value. */
export function existenceOf<E>(term: ReadTerm<E>): Leaf<E> {
  const { reading } = term;
  const test = ((): Test<E> => {
    switch (reading.kind) {
      case "one":
        return (event) => reading.read(event) !== null;
      case "any":
        return (event) => reading.some(event, () => true);
      default:
        return (event) => (reading.read(event)?.length ?? 0) > 0;
    }
  })();
  return {
    test,
    cost: term.cost,
    key: `${term.key} exists`,
    isAbsent: absenceOf(term),
    single: singleOf(term, () => true),
    question: null,
    joint: null,
  };
}
