// From nodes to functions. A part that several conditions share is answered once an event, and remembered until the next.
import type { Node } from "./graph.ts";
import type { Test } from "./leaf.ts";

/** Which event is being asked about: it goes up by one each event. */
export interface Turn {
  now: number;
}

/** A check that is cheaper than this is asked again rather than remembered. */
const REMEMBERED_COST_MIN = 2;

/** Functions of the conditions of one kind of event. */
export class Closures<E> {
  readonly #turn: Turn;
  readonly #uses = new Map<Node<E>, number>();
  readonly #made = new Map<Node<E>, Test<E>>();

  /** @param roots All conditions that will be asked for, so that it is known what they share. */
  constructor(turn: Turn, roots: readonly Node<E>[]) {
    this.#turn = turn;
    for (const root of roots) this.#count(root);
  }

  of(node: Node<E>): Test<E> {
    const before = this.#made.get(node);
    if (before !== undefined) return before;
    const test = this.#make(node);
    const isShared = (this.#uses.get(node) ?? 0) > 1 && isDear(node);
    const made = isShared ? remembered(test, this.#turn) : test;
    this.#made.set(node, made);
    return made;
  }

  #count(node: Node<E>): void {
    const uses = (this.#uses.get(node) ?? 0) + 1;
    this.#uses.set(node, uses);
    // Parts of a shared part are asked by it alone.
    if (uses > 1) return;
    if (node.kind === "not") this.#count(node.part);
    if (node.kind === "and" || node.kind === "or") for (const part of node.parts) this.#count(part);
  }

  /** What is cheap is asked first; all parts are mere questions, so that their order changes nothing. */
  #ordered(parts: readonly Node<E>[]): Test<E>[] {
    const sorted = [...parts].sort((a, b) => this.#costOf(a) - this.#costOf(b) || a.id - b.id);
    return sorted.map((part) => this.of(part));
  }

  /** The price of a shared part is paid once for all. */
  #costOf(node: Node<E>): number {
    return node.cost / (this.#uses.get(node) ?? 1);
  }

  #make(node: Node<E>): Test<E> {
    switch (node.kind) {
      case "constant":
        return node.value ? () => true : () => false;
      case "leaf":
        return node.leaf.test;
      case "not": {
        const test = this.of(node.part);
        return (event) => !test(event);
      }
      case "and":
        return allOf(this.#ordered(node.parts));
      case "or":
        return someOf(this.#ordered(node.parts));
    }
  }
}

function isDear<E>({ kind, cost }: Node<E>): boolean {
  return kind === "and" || kind === "or" || cost >= REMEMBERED_COST_MIN;
}

function remembered<E>(test: Test<E>, turn: Turn): Test<E> {
  let at = -1;
  let answer = false;
  return (event) => {
    if (at === turn.now) return answer;
    answer = test(event);
    at = turn.now;
    return answer;
  };
}

export function allOf<E>(tests: readonly Test<E>[]): Test<E> {
  const [a, b, c, ...rest] = tests;
  if (a === undefined) return () => true;
  if (b === undefined) return a;
  if (c === undefined) return (event) => a(event) && b(event);
  if (rest.length === 0) return (event) => a(event) && b(event) && c(event);
  const behind = allOf(rest);
  return (event) => a(event) && b(event) && c(event) && behind(event);
}

export function someOf<E>(tests: readonly Test<E>[]): Test<E> {
  const [a, b, c, ...rest] = tests;
  if (a === undefined) return () => false;
  if (b === undefined) return a;
  if (c === undefined) return (event) => a(event) || b(event);
  if (rest.length === 0) return (event) => a(event) || b(event) || c(event);
  const behind = someOf(rest);
  return (event) => a(event) || b(event) || c(event) || behind(event);
}
