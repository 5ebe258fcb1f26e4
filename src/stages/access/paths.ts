// Ways through the access graph: who comes to a target, how, and the few changes that end most of it.
import type { AccessGraph } from "./build.ts";
import { fewestEdges } from "./cut.ts";
import type { Cause, Graph, GraphEdge, GraphNode, Ways } from "./graph.ts";

/** A shortest way. */
export interface AccessPath {
  readonly from: GraphNode;
  readonly edges: readonly GraphEdge[];
}

/** A change, and what it ends. */
export interface Cut {
  readonly cause: Cause;
  /** How many of those who came to the target do not any more, after this change and those before it. */
  readonly ends: number;
}

export interface FoundPaths {
  /** One for each source that comes there, the shortest first. */
  readonly paths: readonly AccessPath[];
  readonly cuts: readonly Cut[];
  /** Who still comes there after all of them. */
  readonly left: number;
}

const CUTS_MAX = 20;
/** So many changes are tried before one is chosen. */
const TRIED_MAX = 6;

/** The shortest way from each source to any target, and the changes that end most of them, one after the other. */
export function pathsTo(
  { graph }: AccessGraph,
  sources: readonly number[],
  targets: readonly number[],
): FoundPaths {
  const isTarget = new Set(targets);
  const asked = [...new Set(sources)].filter((source) => !isTarget.has(source));
  const ways = graph.waysTo(targets);
  const coming = asked.filter((source) => ways.leadsFrom(source));
  const paths = coming.map((source) => pathFrom(graph, ways, source));
  paths.sort((a, b) => a.edges.length - b.edges.length || (a.from.name < b.from.name ? -1 : 1));
  const cutter = new Cutter(graph, targets, coming, ways);
  const fewest = fewestChanges(graph, coming, targets);
  const cuts: Cut[] = [];
  while (cuts.length < CUTS_MAX) {
    const cut = cutter.next(fewest);
    if (cut === null) break;
    cuts.push(cut);
  }
  return { paths, cuts, left: cutter.left };
}

/** null where there are too many; then those that stand in the way of most are tried one by one. */
function fewestChanges(
  graph: Graph,
  coming: readonly number[],
  targets: readonly number[],
): Cause[] | null {
  // Whoever comes there by what nobody can end is there already.
  const lost = graph.waysTo(targets, (edge) => (graph.edges[edge]?.cause?.fix ?? "") === "");
  const ends = new Set([...graph.nodes.keys()].filter((node) => lost.leadsFrom(node)));
  const sources = coming.filter((source) => !ends.has(source));
  const edges = fewestEdges(graph, sources, ends);
  if (edges === null || edges.length > CUTS_MAX) return null;
  const causes = new Map<string, Cause>();
  for (const edge of edges) {
    const cause = graph.edges[edge]?.cause;
    if (cause != null) causes.set(cause.fix, cause);
  }
  return [...causes.values()];
}

function pathFrom(graph: Graph, ways: Ways, source: number): AccessPath {
  const from = graph.nodes[source];
  if (from === undefined) throw new RangeError("no such node");
  const edges = ways.from(source).flatMap((edge) => graph.edges[edge] ?? []);
  return { from, edges };
}

class Cutter {
  readonly #graph: Graph;
  readonly #targets: readonly number[];
  readonly #closed = new Set<string>();
  #coming: readonly number[];
  #ways: Ways;

  constructor(graph: Graph, targets: readonly number[], coming: readonly number[], ways: Ways) {
    this.#graph = graph;
    this.#targets = targets;
    this.#coming = coming;
    this.#ways = ways;
  }

  get left(): number {
    return this.#coming.length;
  }

  /**
   * The change that ends most; null when none ends anything.
   *
   * @param among Changes that end everything together, so that also one that ends nothing by itself is worth it; null to try those
   *   that stand in the way of most.
   */
  next(among: readonly Cause[] | null): Cut | null {
    let best: { cause: Cause; coming: readonly number[]; ways: Ways } | null = null;
    const open = among?.filter(({ fix }) => !this.#closed.has(fix));
    for (const cause of open ?? this.#candidates()) {
      const ways = this.#without(cause.fix);
      const coming = this.#coming.filter((source) => ways.leadsFrom(source));
      if (best === null || coming.length < best.coming.length) best = { cause, coming, ways };
    }
    if (best === null || this.#coming.length === 0) return null;
    if (among === null && best.coming.length === this.#coming.length) return null;
    const ends = this.#coming.length - best.coming.length;
    this.#closed.add(best.cause.fix);
    this.#coming = best.coming;
    this.#ways = best.ways;
    return { cause: best.cause, ends };
  }

  #candidates(): Cause[] {
    const used = new Map<string, { cause: Cause; count: number }>();
    for (const source of this.#coming)
      for (const edge of this.#ways.from(source)) {
        const cause = this.#graph.edges[edge]?.cause;
        if (cause == null || cause.fix === "") continue;
        const known = used.get(cause.fix);
        if (known === undefined) used.set(cause.fix, { cause, count: 1 });
        else known.count += 1;
      }
    return [...used.values()]
      .sort((a, b) => b.count - a.count)
      .slice(0, TRIED_MAX)
      .map(({ cause }) => cause);
  }

  #without(fix: string): Ways {
    return this.#graph.waysTo(this.#targets, (edge) => {
      const own = this.#graph.edges[edge]?.cause?.fix ?? "";
      return own === "" || (own !== fix && !this.#closed.has(own));
    });
  }
}
