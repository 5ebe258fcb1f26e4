// Paths as a picture: every thing once, what leads on in the same way together, and no more than can be read.
import {
  dotOf,
  type Picture,
  type PictureEdge,
  type PictureNode,
  svgOf,
} from "../formats/graph-picture.ts";
import { folded } from "../formats/picture-fold.ts";
import { count } from "../kit/phrase.ts";
import type { AccessPaths, ToldGraph, ToldPath } from "./access-graph.ts";

const NODES_MAX = 60;
/** Everything is tangled sooner than ways to one end. */
const GRAPH_NODES_MAX = 40;

/** Paths as a text of DOT or SVG. */
export function pathsPicture(paths: AccessPaths, format: "dot" | "svg"): string {
  return (format === "dot" ? dotOf : svgOf)(pictureOf(paths));
}

/** Everything, for programs that can lay it out. */
export function graphDot({ nodes, edges }: ToldGraph): string {
  return dotOf({
    title: "access",
    nodes: nodes.map(({ id, name }) => ({ id: String(id), label: name, look: "step" })),
    edges: edges.map(({ from, to, type, supposed }) => ({
      from: String(from),
      to: String(to),
      label: type,
      isSupposed: supposed !== "",
    })),
    note: "",
  });
}

/** The whole graph as a text of SVG; null where nobody could read it. */
export function graphSvg({ nodes, edges }: ToldGraph): string | null {
  const picture = folded({
    title: `Access: ${count(nodes.length, "thing")}, ${count(edges.length, "step")}`,
    nodes: nodes.map(({ id, name }) => ({ id: String(id), label: name, look: "step" })),
    edges: edges.map(({ from, to, type, supposed }) => ({
      from: String(from),
      to: String(to),
      label: type === "CONTAINS" ? "" : type,
      isSupposed: supposed !== "",
    })),
    note: "",
  });
  return picture.nodes.length > GRAPH_NODES_MAX ? null : svgOf(picture);
}

/** The shortest paths first, for as long as there is room. */
function pictureOf(paths: AccessPaths): Picture {
  let shown = Math.min(paths.paths.length, PATHS_MAX);
  for (;;) {
    const picture = folded(pictureOfFirst(paths, shown));
    if (picture.nodes.length <= NODES_MAX || shown <= 1) return picture;
    shown = Math.floor(shown * SMALLER);
  }
}

const PATHS_MAX = 5000;
const SMALLER = 0.8;

function pictureOfFirst({ paths, to, from }: AccessPaths, shown: number): Picture {
  const nodes = new Map<string, PictureNode>();
  const edges = new Map<string, PictureEdge>();
  for (const path of paths.slice(0, shown)) {
    const own = partsOf(path);
    for (const node of own.nodes)
      if (!nodes.has(node.id) || node.look === "source") nodes.set(node.id, node);
    for (const edge of own.edges) edges.set(`${edge.from} ${edge.to} ${edge.label}`, edge);
  }
  const left = paths.length - shown;
  return {
    title: `Ways ${from === null ? "" : `from ${from} `}to ${to}: ${count(paths.length, "source")}`,
    nodes: [...nodes.values()],
    edges: [...edges.values()],
    note: left === 0 ? "" : `${count(left, "source")} with longer ways left out`,
  };
}

function partsOf({ from, steps }: ToldPath): { nodes: PictureNode[]; edges: PictureEdge[] } {
  const nodes: PictureNode[] = [{ ...named(from), look: "source" }];
  const edges: PictureEdge[] = [];
  let at = named(from).id;
  for (const [number, { type, to, supposed }] of steps.entries()) {
    // A pod and its container are one thing to look at.
    if (type === "CONTAINER_ATTACH" && number < steps.length - 1) continue;
    const node = named(to);
    const isLast = number === steps.length - 1;
    nodes.push({ ...node, look: isLast ? "target" : "step" });
    const label = type === "CONTAINS" ? "" : type;
    edges.push({ from: at, to: node.id, label, isSupposed: supposed !== "" });
    at = node.id;
  }
  return { nodes, edges };
}

function named({ kind, name }: ToldPath["from"]): { id: string; label: string } {
  return { id: `${kind} ${name}`, label: name };
}
