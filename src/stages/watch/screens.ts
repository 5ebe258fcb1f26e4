// What one value alone says of many rules: of a file of this name, these may still match, and all others cannot. That is
// remembered with the value, so that an event of known values is asked of few rules, and mostly of none.
import { recalled } from "../../kit/recall.ts";
import { allOf, someOf } from "./closures.ts";
import type { FieldValue } from "./contract.ts";
import type { Node } from "./graph.ts";
import type { SingleQuestion } from "./leaf.ts";

/** So many conditions have a bit each in a small number. */
export const SCREENED_MAX = 30;

/** Which conditions an event's value of one field leaves open, a bit each. */
export type Screen<E> = (event: E) => number;

/** Each costs a look at every event. */
const SCREENS_MAX = 5;

/** The most telling fields of these conditions, of which there are at most {@link SCREENED_MAX}. */
export function screensOf<E>(conditions: readonly Node<E>[]): readonly Screen<E>[] {
  const least = Math.max(1, conditions.length / 8);
  return fieldsOf(conditions)
    .map((field) => {
      const known = new Bounds<E>(field.term.key);
      const bounds = conditions.map((condition) => known.necessary(condition));
      const closed = bounds.filter((bound) => bound !== null).length;
      return { field, bounds, closed };
    })
    .filter(({ closed }) => closed >= least)
    .sort((a, b) => b.closed / b.field.term.cost - a.closed / a.field.term.cost)
    .slice(0, SCREENS_MAX)
    .map(({ field, bounds }) => screenOf(field, bounds));
}

function screenOf<E>(
  { term, read }: SingleQuestion<E>,
  bounds: readonly (Bound | null)[],
): Screen<E> {
  const given = bounds.flatMap((bound, i) => (bound === null ? [] : [{ bound, bit: 1 << i }]));
  const others = bounds.reduce((bits, bound, i) => (bound === null ? bits | (1 << i) : bits), 0);
  const openFor = (value: FieldValue | null): number => {
    let open = others;
    for (const { bound, bit } of given) if (bound(value)) open |= bit;
    return open;
  };
  const ofNone = openFor(null);
  if (term.type === "boolean") {
    const ofTrue = openFor(true);
    const ofFalse = openFor(false);
    return (event) => {
      const value = read(event);
      return value === null ? ofNone : value === true ? ofTrue : ofFalse;
    };
  }
  const ofText = recalled(openFor);
  return (event) => {
    const value = read(event);
    return value === null ? ofNone : ofText(value as string);
  };
}

const SCREENED: ReadonlySet<string> = new Set(["text", "boolean", "address"]);

/** Fields that have few values, or such as come again. */
function fieldsOf<E>(conditions: readonly Node<E>[]): readonly SingleQuestion<E>[] {
  const fields = new Map<string, SingleQuestion<E>>();
  const seen = new Set<Node<E>>();
  const look = (node: Node<E>): void => {
    if (seen.has(node)) return;
    seen.add(node);
    for (const part of partsOf(node)) look(part);
    const single = node.kind === "leaf" ? node.leaf.single : null;
    if (single !== null && SCREENED.has(single.term.type)) fields.set(single.term.key, single);
  };
  for (const condition of conditions) look(condition);
  return [...fields.values()];
}

function partsOf<E>(node: Node<E>): readonly Node<E>[] {
  if (node.kind === "not") return [node.part];
  return node.kind === "and" || node.kind === "or" ? node.parts : [];
}

/** Of a value, which may be missing. */
type Bound = (value: FieldValue | null) => boolean;

/** What conditions come to when one field is known and all else may be anything. */
class Bounds<E> {
  readonly #key: string;
  readonly #necessary = new Map<Node<E>, Bound | null>();
  readonly #sufficient = new Map<Node<E>, Bound | null>();

  constructor(key: string) {
    this.#key = key;
  }

  /** Without it, a condition is false whatever else holds; null when there is no such thing. */
  necessary(node: Node<E>): Bound | null {
    let bound = this.#necessary.get(node);
    if (bound === undefined) {
      bound = this.#look(node, "and");
      this.#necessary.set(node, bound);
    }
    return bound;
  }

  /** With it, a condition is true whatever else holds. */
  #sufficiency(node: Node<E>): Bound | null {
    let bound = this.#sufficient.get(node);
    if (bound === undefined) {
      bound = this.#look(node, "or");
      this.#sufficient.set(node, bound);
    }
    return bound;
  }

  /** @param open The junction in which a part that may be anything is left out; in the other it spoils the whole. */
  #look(node: Node<E>, open: "and" | "or"): Bound | null {
    switch (node.kind) {
      case "constant":
        return () => node.value;
      case "leaf":
        return this.#ofLeaf(node.leaf.single);
      case "not": {
        const part = open === "and" ? this.#sufficiency(node.part) : this.necessary(node.part);
        return part === null ? null : (value) => !part(value);
      }
      default:
        return this.#ofJunction(node, open);
    }
  }

  #ofLeaf(single: SingleQuestion<E> | null): Bound | null {
    if (single === null || single.term.key !== this.#key) return null;
    const { matcher } = single;
    return (value) => value !== null && matcher(value);
  }

  #ofJunction(
    node: Extract<Node<E>, { readonly kind: "and" | "or" }>,
    open: "and" | "or",
  ): Bound | null {
    const all = node.parts.map((part) =>
      open === "and" ? this.necessary(part) : this.#sufficiency(part),
    );
    const parts = all.filter((part) => part !== null);
    if (parts.length === 0 || (node.kind !== open && parts.length < all.length)) return null;
    return node.kind === "and" ? allOf(parts) : someOf(parts);
  }
}
