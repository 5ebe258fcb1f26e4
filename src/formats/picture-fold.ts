// Draws together what leads on in the same way: a hundred accounts with one role are one box, or nobody could read the picture.
import type { Picture, PictureEdge, PictureNode } from "./graph-picture.ts";

/** Fewer are drawn each by itself: their names say more than their number. */
const FOLDED_MIN = 4;
const NAMES_MAX = 200;

/** From the ends backwards, as long as there is something to fold. */
export function folded(picture: Picture): Picture {
  let now = picture;
  for (;;) {
    const next = foldedOnce(now);
    if (next === null) return now;
    now = next;
  }
}

function foldedOnce({ nodes, edges, ...rest }: Picture): Picture | null {
  const into = new Map<string, PictureNode>();
  for (const group of alike(nodes, edges)) {
    if (group.length < FOLDED_MIN) continue;
    const one = together(group);
    for (const { id } of group) into.set(id, one);
  }
  if (into.size === 0) return null;
  return {
    ...rest,
    nodes: [...new Set(nodes.map((node) => into.get(node.id) ?? node))],
    edges: distinct(
      edges.map((edge) => ({
        ...edge,
        from: into.get(edge.from)?.id ?? edge.from,
        to: into.get(edge.to)?.id ?? edge.to,
      })),
    ),
  };
}

/** Things of one kind and look from which the same steps lead to the same. */
function alike(nodes: readonly PictureNode[], edges: readonly PictureEdge[]): PictureNode[][] {
  const leads = new Map<string, Set<string>>();
  for (const { from, to, label, isSupposed } of edges) {
    const known = leads.get(from) ?? new Set();
    leads.set(from, known.add(JSON.stringify([to, label, isSupposed])));
  }
  const groups = new Map<string, PictureNode[]>();
  for (const node of nodes) {
    const own = leads.get(node.id);
    // What leads nowhere is an end, and what stands for many is done.
    if (own === undefined || node.members !== undefined) continue;
    const key = JSON.stringify([node.look, kindOf(node), [...own].sort()]);
    groups.set(key, [...(groups.get(key) ?? []), node]);
  }
  return [...groups.values()];
}

function together(group: readonly PictureNode[]): PictureNode {
  const [first] = group;
  const kind = first === undefined ? "" : kindOf(first);
  const names = group.map(({ label }) => label.slice(kind.length).trim()).sort();
  return {
    id: `together ${first?.id ?? ""}`,
    label: `${group.length} × ${kind}`,
    look: first?.look ?? "step",
    members: names.slice(0, NAMES_MAX),
  };
}

/** `ServiceAccount`, the first word of a name; all of what has no kind. */
function kindOf({ label }: PictureNode): string {
  return /^[A-Z]\w*(?= )/.exec(label)?.[0] ?? label;
}

function distinct(edges: readonly PictureEdge[]): PictureEdge[] {
  return [...new Map(edges.map((edge) => [JSON.stringify(edge), edge])).values()];
}
