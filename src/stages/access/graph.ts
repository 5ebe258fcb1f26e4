// A graph of who can become whom: nodes by key, edges each with what it takes, where that is written and what ends it. Edges lie
// in typed arrays, so that a cluster of 25,000 pods is searched in milliseconds.
import type { ClusterObject } from "../../model/cluster-object.ts";
import type { Edit } from "../../model/edit.ts";
import type { Host } from "../../model/host.ts";
import type { Pointer, Workload } from "../../model/workload.ts";
import type { EdgeType } from "./edge-types.data.ts";

export const NODE_KINDS = [
  "internet",
  "network",
  "endpoint",
  "pod",
  "container",
  "volume",
  "identity",
  "role",
  "set",
  "node",
  "secrets",
  "cloud identity",
  "cluster-admin",
] as const;

export type NodeKind = (typeof NODE_KINDS)[number];

export interface GraphNode {
  readonly id: number;
  readonly kind: NodeKind;
  /** For people: `ServiceAccount shop/web`. */
  readonly name: string;
  /** null for what no object says by itself. */
  readonly of: ClusterObject | Workload | null;
}

/** Where an edge is written: an object, and a place in it. */
export interface Evidence {
  readonly of: ClusterObject | Workload | Host;
  readonly at: Pointer;
}

/** What several edges have in common, so that they end together. */
export interface Cause {
  /** A sentence part, after "to end it": `take create pods/exec out of Role shop/ops`. */
  readonly fix: string;
  /** The same as changes of the object in {@link evidence}; absent where somebody has to decide how. */
  readonly edits?: readonly Edit[];
  /** null where what must change is not among the objects. */
  readonly evidence: Evidence | null;
  /** What is supposed because nothing tells it; `""` when all of it is told. */
  readonly supposed: string;
}

export interface GraphEdge {
  readonly from: number;
  readonly to: number;
  readonly toNode: GraphNode;
  readonly type: EdgeType;
  /** null for what holds by how Kubernetes is made, and nobody can end. */
  readonly cause: Cause | null;
}

/** Gathers nodes and edges; then it is closed, and can be searched. */
export class GraphBuilder {
  readonly #nodes: GraphNode[] = [];
  readonly #byKey = new Map<string, number>();
  readonly #edges: GraphEdge[] = [];

  /** The node of a key, made when it is not there yet. */
  node(kind: NodeKind, key: string, name: string = key, of: GraphNode["of"] = null): number {
    const full = `${kind} ${key}`;
    const known = this.#byKey.get(full);
    if (known !== undefined) return known;
    const id = this.fresh(kind, name, of);
    this.#byKey.set(full, id);
    return id;
  }

  /** A node that nobody will ask for by a key. */
  fresh(kind: NodeKind, name: string, of: GraphNode["of"]): number {
    const id = this.#nodes.length;
    this.#nodes.push({ id, kind, name, of });
    return id;
  }

  find(kind: NodeKind, key: string): number | null {
    return this.#byKey.get(`${kind} ${key}`) ?? null;
  }

  nameOf(node: number): string {
    return this.#nodes[node]?.name ?? "";
  }

  /** The object or workload of a node. */
  nodeOf(node: number): GraphNode["of"] {
    return this.#nodes[node]?.of ?? null;
  }

  edge(from: number, to: number, type: EdgeType, cause: Cause | null = null): void {
    const toNode = this.#nodes[to];
    if (from !== to && toNode !== undefined) this.#edges.push({ from, to, toNode, type, cause });
  }

  build(): Graph {
    return new Graph(this.#nodes, this.#edges);
  }
}

/** Edges of each node beside each other: those of node `n` are `edges[starts[n]]` to before `edges[starts[n + 1]]`. */
export interface Adjacency {
  readonly starts: Int32Array;
  readonly edges: Int32Array;
}

export class Graph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** By the node to which they lead. */
  readonly incoming: Adjacency;
  /** By the node from which they come. */
  readonly outgoing: Adjacency;

  constructor(nodes: readonly GraphNode[], edges: readonly GraphEdge[]) {
    this.nodes = nodes;
    this.edges = edges;
    this.incoming = adjacency(nodes.length, edges, ({ to }) => to);
    this.outgoing = adjacency(nodes.length, edges, ({ from }) => from);
  }

  /**
   * The shortest way from every node to any of some targets.
   *
   * @param isOpen Whether an edge may be gone.
   */
  waysTo(targets: readonly number[], isOpen: (edge: number) => boolean = () => true): Ways {
    const { starts, edges } = this.incoming;
    const next = new Int32Array(this.nodes.length).fill(NOWHERE);
    const queue = new Int32Array(this.nodes.length);
    let tail = 0;
    for (const target of targets)
      if (next[target] === NOWHERE) {
        next[target] = ARRIVED;
        queue[tail++] = target;
      }
    for (let head = 0; head < tail; head += 1) {
      const to = queue[head] ?? 0;
      for (let i = starts[to] ?? 0; i < (starts[to + 1] ?? 0); i += 1) {
        const edge = edges[i] ?? 0;
        const from = this.edges[edge]?.from ?? 0;
        if (next[from] !== NOWHERE || !isOpen(edge)) continue;
        next[from] = edge;
        queue[tail++] = from;
      }
    }
    return new Ways(this, next);
  }
}

const NOWHERE = -1;
const ARRIVED = -2;

/** Shortest ways from every node. */
export class Ways {
  readonly #graph: Graph;
  readonly #next: Int32Array;

  constructor(graph: Graph, next: Int32Array) {
    this.#graph = graph;
    this.#next = next;
  }

  leadsFrom(node: number): boolean {
    return this.#next[node] !== NOWHERE;
  }

  /** The edges of the way, by their numbers; empty for a target itself, and where there is none. */
  from(node: number): number[] {
    const way: number[] = [];
    for (let at = node; ; ) {
      const edge = this.#next[at] ?? NOWHERE;
      if (edge < 0) return way;
      way.push(edge);
      at = this.#graph.edges[edge]?.to ?? 0;
    }
  }
}

function adjacency(
  nodes: number,
  all: readonly GraphEdge[],
  nodeOf: (edge: GraphEdge) => number,
): Adjacency {
  const starts = new Int32Array(nodes + 1);
  for (const edge of all) starts[nodeOf(edge) + 1] = (starts[nodeOf(edge) + 1] ?? 0) + 1;
  for (let node = 0; node < nodes; node += 1)
    starts[node + 1] = (starts[node + 1] ?? 0) + (starts[node] ?? 0);
  const at = starts.slice(0, nodes);
  const edges = new Int32Array(all.length);
  for (const [number, edge] of all.entries()) {
    const node = nodeOf(edge);
    const place = at[node] ?? 0;
    edges[place] = number;
    at[node] = place + 1;
  }
  return { starts, edges };
}
