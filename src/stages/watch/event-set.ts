// Which events a condition can be true of, without looking at any: set algebra over `evt.type`, all other checks left open.
// Source: falcosecurity/libs, userspace/libsinsp/filter/ppm_codes.cpp and its tests.
import type {
  BinaryOperator,
  CheckExpression,
  Expression,
  Value,
} from "../../formats/falco/condition.ts";

/** Names of events: these, or all but these. There are events that nobody has named yet, so that "all" is no list. */
export interface EventSet {
  readonly names: ReadonlySet<string>;
  readonly isComplement: boolean;
}

export const ALL_EVENTS: EventSet = { names: new Set(), isComplement: true };
export const NO_EVENTS: EventSet = { names: new Set(), isComplement: false };

export function hasEvent({ names, isComplement }: EventSet, name: string): boolean {
  return names.has(name) !== isComplement;
}

export function eventUnion(a: EventSet, b: EventSet): EventSet {
  return complement(eventIntersection(complement(a), complement(b)));
}

function eventIntersection(a: EventSet, b: EventSet): EventSet {
  if (a.isComplement && b.isComplement)
    return { names: new Set([...a.names, ...b.names]), isComplement: true };
  const [listed, other] = a.isComplement ? [b, a] : [a, b];
  return {
    names: new Set([...listed.names].filter((name) => hasEvent(other, name))),
    isComplement: false,
  };
}

function complement({ names, isComplement }: EventSet): EventSet {
  return { names, isComplement: !isComplement };
}

/** The events of which a condition may be true. Macros must be in their places. */
export function eventsOf(expression: Expression): EventSet {
  return new Algebra().of(expression, false);
}

class Algebra {
  /** Macros stand in many places; each is looked at once. */
  readonly #plain = new Map<Expression, EventSet>();
  readonly #negated = new Map<Expression, EventSet>();

  of(expression: Expression, isNegated: boolean): EventSet {
    const memory = isNegated ? this.#negated : this.#plain;
    const before = memory.get(expression);
    if (before !== undefined) return before;
    const set = this.#look(expression, isNegated);
    memory.set(expression, set);
    return set;
  }

  #look(expression: Expression, isNegated: boolean): EventSet {
    switch (expression.kind) {
      case "and":
      case "or": {
        const sets = expression.parts.map((part) => this.of(part, isNegated));
        const isAnd = (expression.kind === "and") !== isNegated;
        return isAnd
          ? sets.reduce(eventIntersection, ALL_EVENTS)
          : sets.reduce(eventUnion, NO_EVENTS);
      }
      case "not":
        return this.of(expression.part, !isNegated);
      case "macro":
        return expression.body === null
          ? ALL_EVENTS
          : this.of(expression.body.expression, isNegated);
      case "exists":
        return ALL_EVENTS;
      case "check":
        return checkedEvents(expression, isNegated);
    }
  }
}

function checkedEvents(check: CheckExpression, isNegated: boolean): EventSet {
  const named = namedEvents(check);
  if (named !== null) return isNegated ? complement(named) : named;
  const truth = truthOfNumber(check);
  if (truth === null) return ALL_EVENTS;
  return truth === isNegated ? NO_EVENTS : ALL_EVENTS;
}

const TYPE_FIELDS: ReadonlySet<string> = new Set(["evt.type", "syscall.type"]);

/** The events that a check names exactly; null when it is no such check. */
export function namedEvents({ left, operator, modifier, right }: CheckExpression): EventSet | null {
  if (left.kind !== "field" || !TYPE_FIELDS.has(left.name) || left.argument !== null) return null;
  if (right.kind === "text" && (operator === "=" || operator === "=="))
    return { names: new Set([right.text]), isComplement: false };
  if (right.kind === "text" && operator === "!=")
    return { names: new Set([right.text]), isComplement: true };
  const isIn =
    operator === "in" || (modifier === "anyof" && (operator === "=" || operator === "=="));
  if (right.kind !== "list" || !isIn) return null;
  return { names: new Set(right.items.map(({ text }) => text)), isComplement: false };
}

const PLAIN_NUMBER = /^[0-9]{1,15}$/;
/** The first event is number 1, and there is no last. */
const LAST = Number.MAX_SAFE_INTEGER;

type OfNumber = (number: number, value: number) => boolean;
const HOLDS: ReadonlyMap<BinaryOperator, OfNumber> = new Map<BinaryOperator, OfNumber>([
  ["=", (number, value) => number === value],
  ["==", (number, value) => number === value],
  ["in", (number, value) => number === value],
  ["intersects", (number, value) => number === value],
  ["!=", (number, value) => number !== value],
  ["<", (number, value) => number < value],
  ["<=", (number, value) => number <= value],
  [">", (number, value) => number > value],
  [">=", (number, value) => number >= value],
]);

/** Whether a check of `evt.num` is true or false whatever the event; null when that depends, and for other checks. */
export function truthOfNumber(check: CheckExpression): boolean | null {
  const { left, operator, modifier, right } = check;
  if (left.kind !== "field" || left.name !== "evt.num" || modifier !== null) return null;
  const texts = textsOf(right);
  const test = HOLDS.get(operator);
  if (test === undefined || texts === null || !texts.every((text) => PLAIN_NUMBER.test(text)))
    return null;
  const values = texts.map(Number);
  // The truth changes at a value, if anywhere.
  const numbers = [1, LAST, ...values.flatMap((value) => [value - 1, value, value + 1])];
  const truths = numbers
    .filter((number) => number >= 1)
    .map((number) => values.some((value) => test(number, value)));
  const [first = false] = truths;
  return truths.every((truth) => truth === first) ? first : null;
}

function textsOf(right: Value): readonly string[] | null {
  if (right.kind === "text") return [right.text];
  return right.kind === "list" ? right.items.map(({ text }) => text) : null;
}
