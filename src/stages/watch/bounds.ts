// What a condition comes to when something of an event is known and all else may be anything.
import { allOf, someOf } from "./closures.ts";
import type { Node } from "./graph.ts";
import type { Leaf } from "./leaf.ts";

/** Of what is known. */
export type Bound<K> = (known: K) => boolean;

/** Bounds of many conditions in one number. */
export interface Screen<K> {
  /** Conditions that it may close, a bit each. */
  readonly closes: number;
  /** Which conditions are left open. */
  open(known: K): number;
}

/** Of conditions in their order; those without a bound are always open. */
export function screenOf<K>(bounds: readonly (Bound<K> | null)[]): Screen<K> {
  const given = bounds.flatMap((bound, i) => (bound === null ? [] : [{ bound, bit: 1 << i }]));
  const others = bounds.reduce((bits, bound, i) => (bound === null ? bits | (1 << i) : bits), 0);
  return {
    closes: given.reduce((bits, { bit }) => bits | bit, 0),
    open: (known) => {
      let open = others;
      for (const { bound, bit } of given) if (bound(known)) open |= bit;
      return open;
    },
  };
}

/** Bounds of many conditions that share parts. */
export class Bounds<E, K> {
  readonly #ofLeaf: (leaf: Leaf<E>) => Bound<K> | null;
  readonly #necessary = new Map<Node<E>, Bound<K> | null>();
  readonly #sufficient = new Map<Node<E>, Bound<K> | null>();

  /** @param ofLeaf The answer of a check by what is known; null when that does not say it. */
  constructor(ofLeaf: (leaf: Leaf<E>) => Bound<K> | null) {
    this.#ofLeaf = ofLeaf;
  }

  /** Without it, a condition is false whatever else holds; null when there is no such thing. */
  necessary(node: Node<E>): Bound<K> | null {
    let bound = this.#necessary.get(node);
    if (bound === undefined) {
      bound = this.#look(node, "and");
      this.#necessary.set(node, bound);
    }
    return bound;
  }

  /** With it, a condition is true whatever else holds. */
  #sufficiency(node: Node<E>): Bound<K> | null {
    let bound = this.#sufficient.get(node);
    if (bound === undefined) {
      bound = this.#look(node, "or");
      this.#sufficient.set(node, bound);
    }
    return bound;
  }

  /** @param open The junction in which a part that may be anything is left out; in the other it spoils the whole. */
  #look(node: Node<E>, open: "and" | "or"): Bound<K> | null {
    switch (node.kind) {
      case "constant":
        return () => node.value;
      case "leaf":
        return this.#ofLeaf(node.leaf);
      case "not": {
        const part = open === "and" ? this.#sufficiency(node.part) : this.necessary(node.part);
        return part === null ? null : (known) => !part(known);
      }
      default:
        return this.#ofJunction(node, open);
    }
  }

  #ofJunction(
    node: Extract<Node<E>, { readonly kind: "and" | "or" }>,
    open: "and" | "or",
  ): Bound<K> | null {
    const all = node.parts.map((part) =>
      open === "and" ? this.necessary(part) : this.#sufficiency(part),
    );
    const parts = all.filter((part) => part !== null);
    if (parts.length === 0 || (node.kind !== open && parts.length < all.length)) return null;
    return node.kind === "and" ? allOf(parts) : someOf(parts);
  }
}
