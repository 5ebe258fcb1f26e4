// How much of what the access graph has, for people.
import type { ToldGraph } from "../app/access-graph.ts";
import { palette } from "../kit/colour.ts";
import { padLeft } from "../kit/display.ts";
import { count, grouped } from "../kit/phrase.ts";
import { problemLines } from "./access-text.ts";

const NUMBER_WIDTH = 9;

export function graphText(
  { nodes, edges, types, problems }: ToldGraph,
  screen: { readonly width: number; readonly colour: boolean },
): string {
  const colours = palette(screen.colour);
  const kinds = tally(nodes.map(({ kind }) => kind));
  const rows = (all: readonly (readonly [string, number, string])[]): string[] =>
    all.map(([name, number, means]) => {
      const told = means === "" ? "" : `  ${colours.dim(means)}`;
      return `${padLeft(grouped(number), NUMBER_WIDTH)}  ${name}${told}`;
    });
  const blocks = [
    [colours.bold(`${count(nodes.length, "node")}, ${count(edges.length, "edge")}`)],
    rows(kinds.map(([kind, number]) => [kind, number, ""])),
    rows(types.map(({ type, edges: number, does }) => [type, number, does])),
    problemLines(problems, screen, colours),
    ["next: bulwark access paths PATH… tells who comes to cluster-admin, and what ends that"],
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

/** Most first. */
function tally<T extends string>(words: readonly T[]): [T, number][] {
  const counts = new Map<T, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a);
}
