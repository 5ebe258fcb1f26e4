// What will be done in a cluster, for people.
import type { ClusterPlan, StepVerb } from "../app/admit-apply.ts";
import { palette } from "../kit/colour.ts";
import { padRight, visible } from "../kit/display.ts";

/** The cluster first, then a line for each object. */
export function planText({ cluster, steps }: ClusterPlan, colour: boolean): string {
  const { label, server } = cluster;
  const width = Math.max(0, ...steps.map(({ kind }) => kind.length));
  const lines = steps.map(({ verb, kind, object, why }) => {
    const reason = why === "" ? "" : `: ${visible(why)}`;
    return `${painted(verb, colour)} ${padRight(kind, width)} ${visible(object)}${reason}`;
  });
  if (lines.length === 0) lines.push("there is nothing of this installation");
  return `${visible(label)}, ${visible(server)}\n${lines.map((line) => `  ${line}\n`).join("")}`;
}

const VERB_WIDTH = 6;

function painted(verb: StepVerb, colour: boolean): string {
  const { green, yellow, red, dim } = palette(colour);
  const paint = { create: green, change: yellow, remove: red, keep: dim, leave: dim }[verb];
  return paint(padRight(verb, VERB_WIDTH));
}
