// The fewest changes that end every way from some nodes to others: a minimum cut, by augmenting paths.
// @see Ford and Fulkerson, "Maximal flow through a network", 1956
import type { Graph } from "./graph.ts";

/** More disjoint ways than that, and no few changes end them. */
const WAYS_MAX = 100;

/**
 * @param ends Where no way may lead any more.
 * @returns The edges of the cut that is nearest to the ends; null when it has more than {@link WAYS_MAX}, or some way has no edge that
 *   anybody can end.
 */
export function fewestEdges(
  graph: Graph,
  sources: readonly number[],
  ends: ReadonlySet<number>,
): number[] | null {
  const flow = new Flow(graph, sources, ends);
  for (let ways = 0; flow.augment(); ways += 1) if (ways >= WAYS_MAX) return null;
  return flow.isBounded ? flow.cut() : null;
}

const NOT_SEEN = -1;
const SOURCE = -2;

class Flow {
  readonly #graph: Graph;
  readonly #sources: readonly number[];
  readonly #ends: ReadonlySet<number>;
  readonly #flow: Uint8Array;
  readonly #isFixable: Uint8Array;
  isBounded = true;

  constructor(graph: Graph, sources: readonly number[], ends: ReadonlySet<number>) {
    this.#graph = graph;
    this.#sources = sources;
    this.#ends = ends;
    this.#flow = new Uint8Array(graph.edges.length);
    this.#isFixable = Uint8Array.from(graph.edges, ({ cause }) =>
      (cause?.fix ?? "") === "" ? 0 : 1,
    );
  }

  /** Finds one more way, and takes it. @returns Whether there was one. */
  augment(): boolean {
    const by = new Int32Array(this.#graph.nodes.length).fill(NOT_SEEN);
    const queue = new Int32Array(this.#graph.nodes.length);
    let tail = 0;
    for (const source of this.#sources)
      if (by[source] === NOT_SEEN) {
        by[source] = SOURCE;
        queue[tail++] = source;
      }
    for (let head = 0; head < tail; head += 1) {
      const node = queue[head] ?? 0;
      if (this.#ends.has(node)) return this.#take(by, node);
      for (const [edge, next] of this.#onward(node))
        if (by[next] === NOT_SEEN) {
          by[next] = edge;
          queue[tail++] = next;
        }
    }
    return false;
  }

  /** Edges that take more, and those along which some can be given back. */
  *#onward(node: number): Generator<readonly [edge: number, next: number]> {
    const { edges, outgoing, incoming } = this.#graph;
    for (let i = outgoing.starts[node] ?? 0; i < (outgoing.starts[node + 1] ?? 0); i += 1) {
      const edge = outgoing.edges[i] ?? 0;
      if (this.#isOpen(edge)) yield [edge, edges[edge]?.to ?? 0];
    }
    for (let i = incoming.starts[node] ?? 0; i < (incoming.starts[node + 1] ?? 0); i += 1) {
      const edge = incoming.edges[i] ?? 0;
      if ((this.#flow[edge] ?? 0) > 0) yield [edge, edges[edge]?.from ?? 0];
    }
  }

  #isOpen(edge: number): boolean {
    return this.#isFixable[edge] === 0 || this.#flow[edge] === 0;
  }

  #take(by: Int32Array, end: number): boolean {
    let isFixable = false;
    for (let node = end; ; ) {
      const number = by[node] ?? SOURCE;
      const edge = this.#graph.edges[number];
      if (number === SOURCE || edge === undefined) break;
      const isForward = edge.to === node;
      this.#flow[number] = (this.#flow[number] ?? 0) + (isForward ? 1 : -1);
      if (this.#isFixable[number] === 1) isFixable = true;
      node = isForward ? edge.from : edge.to;
    }
    if (!isFixable) this.isBounded = false;
    return isFixable;
  }

  /** Full edges into the nodes from which an end can still be come to. */
  cut(): number[] {
    const { nodes, edges } = this.#graph;
    const comes = new Uint8Array(nodes.length);
    const pending = [...this.#ends];
    for (const end of pending) comes[end] = 1;
    for (let node = pending.pop(); node !== undefined; node = pending.pop())
      for (const before of this.#backward(node)) {
        if (comes[before] === 1) continue;
        comes[before] = 1;
        pending.push(before);
      }
    return [...edges.keys()].filter((number) => {
      const { from = 0, to = 0 } = edges[number] ?? {};
      return comes[to] === 1 && comes[from] !== 1 && !this.#isOpen(number);
    });
  }

  /** Nodes from which one more way could come here. */
  *#backward(node: number): Generator<number> {
    const { edges, incoming, outgoing } = this.#graph;
    for (let i = incoming.starts[node] ?? 0; i < (incoming.starts[node + 1] ?? 0); i += 1) {
      const edge = incoming.edges[i] ?? 0;
      if (this.#isOpen(edge)) yield edges[edge]?.from ?? 0;
    }
    for (let i = outgoing.starts[node] ?? 0; i < (outgoing.starts[node + 1] ?? 0); i += 1) {
      const edge = outgoing.edges[i] ?? 0;
      if ((this.#flow[edge] ?? 0) > 0) yield edges[edge]?.to ?? 0;
    }
  }
}
