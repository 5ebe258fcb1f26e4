// A graph of paths as a picture that a person can read: what comes first on the left, what it ends at on the right, one box for
// each thing and one line for each step. As SVG by ourselves, or as DOT for who lays it out otherwise.
// @see https://www.w3.org/TR/SVG2/, https://graphviz.org/doc/info/lang.html
import { columns, cut } from "../kit/display.ts";

export interface PictureNode {
  readonly id: string;
  readonly label: string;
  /** Which of {@link COLOURS} it has. */
  readonly look: "source" | "step" | "target";
  /** Names of those for which it stands; absent for what stands for itself. */
  readonly members?: readonly string[];
}

export interface PictureEdge {
  readonly from: string;
  readonly to: string;
  readonly label: string;
  /** Whether something of it is supposed: it is drawn in dashes. */
  readonly isSupposed: boolean;
}

export interface Picture {
  readonly title: string;
  readonly nodes: readonly PictureNode[];
  readonly edges: readonly PictureEdge[];
  /** What is left out, in a sentence; `""` when nothing is. */
  readonly note: string;
}

const COLOURS = {
  source: { fill: "#fff4e5", stroke: "#b45309" },
  step: { fill: "#f3f4f6", stroke: "#4b5563" },
  target: { fill: "#fee2e2", stroke: "#b91c1c" },
} as const;

/** Text of DOT. */
export function dotOf({ title, nodes, edges }: Picture): string {
  const lines = nodes.map(({ id, label, look }) => {
    const { fill, stroke } = COLOURS[look];
    return `  ${quoted(id)} [label=${quoted(label)}, fillcolor=${quoted(fill)}, color=${quoted(stroke)}];`;
  });
  const arrows = edges.map(({ from, to, label, isSupposed }) => {
    const style = isSupposed ? ", style=dashed" : "";
    return `  ${quoted(from)} -> ${quoted(to)} [label=${quoted(label)}${style}];`;
  });
  return [
    `digraph ${quoted(title)} {`,
    "  rankdir=LR;",
    '  node [shape=box, style="rounded,filled", fontname="sans-serif"];',
    '  edge [fontname="sans-serif", fontsize=10];',
    ...lines,
    ...arrows,
    "}",
    "",
  ].join("\n");
}

function quoted(text: string): string {
  return `"${plain(text).replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

/** Control characters mean something to whoever shows the file. */
function plain(text: string): string {
  return text.replaceAll(/\p{C}/gu, "\ufffd");
}

const BOX = { width: 250, height: 44, gapX: 150, gapY: 18 };
const MARGIN = 32;
const HEAD = 56;
const LABEL_MAX = 34;
const BOLD_MAX = 29;
const EDGE_LABEL_MAX = 24;

interface Placed extends PictureNode {
  readonly x: number;
  readonly y: number;
}

/** Text of SVG, laid out in columns by the longest way to an end. */
export function svgOf(picture: Picture): string {
  const { title, note, edges } = picture;
  const placed = layout(picture);
  const byId = new Map(placed.map((node) => [node.id, node]));
  const width = Math.max(480, ...placed.map(({ x }) => x + BOX.width)) + MARGIN;
  const height = Math.max(0, ...placed.map(({ y }) => y + BOX.height)) + MARGIN + 24;
  const lines = edges.flatMap((edge) => {
    const [from, to] = [byId.get(edge.from), byId.get(edge.to)];
    return from === undefined || to === undefined ? [] : [lineOf(edge, from, to)];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" role="img">`,
    `<title>${escaped(title)}</title>`,
    '<defs><marker id="end" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z" fill="#6b7280"/></marker></defs>',
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    `<text x="${MARGIN}" y="34" font-size="17" font-weight="600" fill="#111827">${escaped(title)}</text>`,
    ...lines.map(({ path }) => path),
    ...placed.map(boxOf),
    ...lines.map(({ label }) => label),
    `<text x="${MARGIN}" y="${height - 14}" font-size="12" fill="#6b7280">${escaped(note === "" ? "dashed: something of it is supposed" : `${note}; dashed: something of it is supposed`)}</text>`,
    "</svg>",
    "",
  ].join("\n");
}

function boxOf({ label, look, members, x, y }: Placed): string {
  const { fill, stroke } = COLOURS[look];
  const [first = "", second = ""] =
    members === undefined
      ? twoLines(label)
      : [cut(members.join(", "), BOLD_MAX), cut(label, BOLD_MAX)];
  const all = members === undefined ? label : `${label}: ${members.join(", ")}`;
  const text = (line: string, dy: number, weight: number): string =>
    line === ""
      ? ""
      : `<text x="${x + 12}" y="${y + dy}" font-size="12.5" font-weight="${weight}" fill="#111827">${escaped(line)}</text>`;
  return [
    `<g><title>${escaped(all)}</title>`,
    `<rect x="${x}" y="${y}" width="${BOX.width}" height="${BOX.height}" rx="8" fill="${fill}" stroke="${stroke}"/>`,
    second === "" ? text(first, 27, 500) : text(first, 18, 400) + text(second, 34, 600),
    "</g>",
  ].join("");
}

/** `ServiceAccount` above `shop/web`. */
function twoLines(label: string): string[] {
  const space = label.indexOf(" ");
  if (columns(label) <= LABEL_MAX || space === -1) return [cut(label, LABEL_MAX)];
  if (space > BOLD_MAX || !/^[A-Z]/.test(label)) return [cut(label, LABEL_MAX)];
  return [label.slice(0, space), cut(label.slice(space + 1), BOLD_MAX)];
}

function lineOf(
  { label, isSupposed }: PictureEdge,
  from: Placed,
  to: Placed,
): { path: string; label: string } {
  const [x1, y1] = [from.x + BOX.width, from.y + BOX.height / 2];
  const [x2, y2] = [to.x, to.y + BOX.height / 2];
  const bend = Math.max(40, Math.abs(x2 - x1) / 2);
  const dashes = isSupposed ? ' stroke-dasharray="5 4"' : "";
  const path = `<path d="M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2 - 2} ${y2}" fill="none" stroke="#9ca3af" stroke-width="1.4"${dashes} marker-end="url(#end)"/>`;
  const [x, y] = [x1 + 8, y1 - 5];
  const text = `<text x="${x}" y="${y}" font-size="10.5" fill="#374151" stroke="#ffffff" stroke-width="3" paint-order="stroke">${escaped(cut(label, EDGE_LABEL_MAX))}</text>`;
  return { path, label: y1 === y2 || from.x !== to.x ? text : "" };
}

/** Columns by the longest way to an end; within a column in the order of what they lead to. */
function layout({ nodes, edges }: Picture): Placed[] {
  const next = new Map<string, string[]>();
  for (const { from, to } of edges) next.set(from, [...(next.get(from) ?? []), to]);
  const depth = new Map<string, number>();
  const depthOf = (id: string, above: ReadonlySet<string>): number => {
    const known = depth.get(id);
    if (known !== undefined) return known;
    const below = (next.get(id) ?? []).filter((to) => !above.has(to));
    const inside = new Set([...above, id]);
    const found = Math.max(0, ...below.map((to) => depthOf(to, inside) + 1));
    depth.set(id, found);
    return found;
  };
  for (const { id } of nodes) depthOf(id, new Set([id]));
  const last = Math.max(0, ...depth.values());
  const byColumn = new Map<number, PictureNode[]>();
  for (const node of nodes) {
    const column = last - (depth.get(node.id) ?? 0);
    byColumn.set(column, [...(byColumn.get(column) ?? []), node]);
  }
  const placed = new Map<string, Placed>();
  for (let column = last; column >= 0; column -= 1) {
    const own = (byColumn.get(column) ?? []).map((node) => {
      const ys = (next.get(node.id) ?? []).flatMap((to) => placed.get(to)?.y ?? []);
      const wanted = ys.length === 0 ? 0 : ys.reduce((sum, y) => sum + y, 0) / ys.length;
      return { node, wanted };
    });
    own.sort((a, b) => a.wanted - b.wanted);
    const step = BOX.height + BOX.gapY;
    let free = HEAD;
    for (const { node, wanted } of own) {
      const y = Math.round(Math.max(free, wanted));
      placed.set(node.id, { ...node, x: MARGIN + column * (BOX.width + BOX.gapX), y });
      free = y + step;
    }
  }
  return [...placed.values()];
}

function escaped(text: string): string {
  return plain(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
