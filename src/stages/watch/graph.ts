// Conditions of many rules as one graph for one kind of event: equal parts are one node, so that each is answered once an event.
import type { CheckExpression, Expression } from "../../formats/falco/condition.ts";
import type { CompilerContext } from "./contract.ts";
import { hasEvent, namedEvents, truthOfNumber } from "./event-set.ts";
import { CompileFault } from "./fault.ts";
import { existenceOf, jointLeaf, type Leaf, leafOf } from "./leaf.ts";
import { readTerm } from "./term.ts";

/** A part of a condition, once a graph. */
export type Node<E> =
  | {
      readonly kind: "constant";
      readonly value: boolean;
      readonly id: number;
      readonly cost: number;
    }
  | { readonly kind: "leaf"; readonly leaf: Leaf<E>; readonly id: number; readonly cost: number }
  | { readonly kind: "not"; readonly part: Node<E>; readonly id: number; readonly cost: number }
  | {
      readonly kind: "and" | "or";
      readonly parts: readonly Node<E>[];
      readonly id: number;
      readonly cost: number;
    };

interface GivenPart<E> {
  readonly node: Node<E>;
  readonly isMacro: boolean;
}

/** Compiles checks, each once, whatever graphs they stand in. */
export class LeafMaker<E> {
  readonly context: CompilerContext<E>;
  readonly #leaves = new Map<Expression, Leaf<E>>();

  constructor(context: CompilerContext<E>) {
    this.context = context;
  }

  /** @throws CompileFault, with the macro in which it is. */
  leaf(check: Extract<Expression, { kind: "check" | "exists" }>): Leaf<E> {
    const before = this.#leaves.get(check);
    if (before !== undefined) return before;
    const leaf =
      check.kind === "check"
        ? leafOf(check, this.context)
        : existenceOf(readTerm(check.left, this.context.fields));
    this.#leaves.set(check, leaf);
    return leaf;
  }
}

/** The graph of one kind of event. */
export class Graph<E> {
  readonly #event: string | null;
  readonly #maker: LeafMaker<E>;
  readonly #nodes = new Map<string, Node<E>>();
  readonly #seen = new Map<Expression, Node<E>>();

  /** @param event The name of the kind, for which checks of `evt.type` are answered here; null for any kind. */
  constructor(event: string | null, maker: LeafMaker<E>) {
    this.#event = event;
    this.#maker = maker;
  }

  /** @throws CompileFault */
  node(expression: Expression): Node<E> {
    const before = this.#seen.get(expression);
    if (before !== undefined) return before;
    const node = this.#make(expression);
    this.#seen.set(expression, node);
    return node;
  }

  #make(expression: Expression): Node<E> {
    switch (expression.kind) {
      case "and":
      case "or":
        return this.#junction(
          expression.kind,
          expression.parts.map((part) => ({
            node: this.node(part),
            isMacro: part.kind === "macro",
          })),
        );
      case "not":
        return this.#not(this.node(expression.part));
      case "macro": {
        const { body, name, at } = expression;
        if (body === null) throw new CompileFault(at, `there is no macro ${name}`);
        return this.node(body.expression);
      }
      case "exists":
        return this.#seenLeaf(this.#maker.leaf(expression));
      case "check":
        return this.#check(expression);
    }
  }

  #check(check: CheckExpression): Node<E> {
    const leaf = this.#maker.leaf(check);
    const truth = truthOfNumber(check);
    if (truth !== null) return this.#constant(truth);
    const named = this.#event === null ? null : namedEvents(check);
    if (named !== null && this.#event !== null) return this.#constant(hasEvent(named, this.#event));
    return this.#seenLeaf(leaf);
  }

  /** A check of what such an event never has is false. */
  #seenLeaf(leaf: Leaf<E>): Node<E> {
    const isAbsent = this.#event !== null && (leaf.isAbsent?.(this.#event) ?? false);
    return isAbsent ? this.#constant(false) : this.#leaf(leaf);
  }

  /** Parts of the same kind are parts of this one, unless they are a macro: those are shared with other conditions as a whole. */
  #junction(kind: "and" | "or", given: readonly GivenPart<E>[]): Node<E> {
    const absorbing = kind === "or";
    const parts = new Set<Node<E>>();
    for (const { node: part, isMacro } of given) {
      if (part.kind === "constant" && part.value === absorbing) return part;
      if (part.kind === "constant") continue;
      for (const one of part.kind === kind && !isMacro ? part.parts : [part]) parts.add(one);
    }
    const joined = kind === "or" ? this.#jointLeaves([...parts]) : this.#jointNegations([...parts]);
    const [only] = joined;
    if (only === undefined) return this.#constant(!absorbing);
    if (joined.length === 1) return only;
    const cost = joined.reduce((sum, part) => sum + part.cost, 0) / 2;
    const key = `${kind} ${[...joined]
      .map(({ id }) => id)
      .sort((a, b) => a - b)
      .join()}`;
    return this.#intern(key, (id) => ({ kind, parts: joined, id, cost }));
  }

  /** `a = x or a in (y, z)` is one look. */
  #jointLeaves(parts: readonly Node<E>[]): readonly Node<E>[] {
    const groups = new Map<string, Leaf<E>[]>();
    for (const part of parts) {
      if (part.kind !== "leaf" || part.leaf.joint === null) continue;
      const { group } = part.leaf.joint;
      groups.set(group, [...(groups.get(group) ?? []), part.leaf]);
    }
    const isAlone = (part: Node<E>): boolean => {
      const group = part.kind === "leaf" ? part.leaf.joint?.group : undefined;
      return group === undefined || groups.get(group)?.length === 1;
    };
    const joined = [...groups.values()].filter((leaves) => leaves.length > 1);
    const made = joined.map((leaves) => jointLeaf(leaves, this.#maker.context));
    return [
      ...parts.filter(isAlone),
      ...made.filter((leaf) => leaf !== null).map((leaf) => this.#leaf(leaf)),
    ];
  }

  /** `not a and not b` is `not (a or b)`, whose checks may be joined. */
  #jointNegations(parts: readonly Node<E>[]): readonly Node<E>[] {
    const negated = parts.filter((part) => part.kind === "not").map(({ part }) => part);
    if (negated.length < 2) return parts;
    const rest = parts.filter((part) => part.kind !== "not");
    return [
      ...rest,
      this.#not(
        this.#junction(
          "or",
          negated.map((node) => ({ node, isMacro: true })),
        ),
      ),
    ];
  }

  #not(part: Node<E>): Node<E> {
    if (part.kind === "constant") return this.#constant(!part.value);
    if (part.kind === "not") return part.part;
    return this.#intern(`not ${part.id}`, (id) => ({ kind: "not", part, id, cost: part.cost }));
  }

  #constant(value: boolean): Node<E> {
    return this.#intern(`constant ${value}`, (id) => ({ kind: "constant", value, id, cost: 0 }));
  }

  #leaf(leaf: Leaf<E>): Node<E> {
    return this.#intern(`leaf ${leaf.key}`, (id) => ({ kind: "leaf", leaf, id, cost: leaf.cost }));
  }

  #intern(key: string, make: (id: number) => Node<E>): Node<E> {
    const before = this.#nodes.get(key);
    if (before !== undefined) return before;
    const node = make(this.#nodes.size);
    this.#nodes.set(key, node);
    return node;
  }
}
