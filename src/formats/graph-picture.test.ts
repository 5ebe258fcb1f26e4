import { expect, test } from "vitest";
import { dotOf, type Picture, svgOf } from "./graph-picture.ts";

const HOSTILE = `a"b\\c<script>&\u001b[31m\u202e`;
const picture: Picture = {
  title: HOSTILE,
  nodes: [
    { id: "a", label: HOSTILE, look: "source" },
    { id: "b", label: "ServiceAccount a-namespace-with-a-long-name/and-an-account", look: "step" },
    { id: "c", label: "cluster-admin", look: "target" },
  ],
  edges: [
    { from: "a", to: "b", label: HOSTILE, isSupposed: true },
    { from: "b", to: "c", label: "ROLE_BIND", isSupposed: false },
    { from: "b", to: "a", label: "BACK", isSupposed: false },
    { from: "a", to: "gone", label: "LOST", isSupposed: false },
  ],
  note: "",
};

test("names cannot write markup, nor speak to whoever shows the file", () => {
  const [svg, dot] = [svgOf(picture), dotOf(picture)];
  for (const text of [svg, dot])
    expect([text.includes("\u001b"), text.includes("\u202e")]).toEqual([false, false]);
  expect(svg).not.toContain("<script");
  expect(svg).toContain("a&quot;b\\c&lt;script&gt;&amp;");
  expect(dot).toContain('"a\\"b\\\\c<script>&');
});

test("columns lead from left to right, circles end, and what leads nowhere is left out", () => {
  const svg = svgOf(picture);
  const xs = ["a", "ServiceAccount", "cluster-admin"].map((label) =>
    Number(new RegExp(`<g><title>${label}.*?<rect x="(\\d+)"`, "s").exec(svg)?.[1]),
  );
  expect([...xs].sort((a, b) => a - b)).toEqual(xs);
  expect(svg.match(/marker-end/g)).toHaveLength(3);
  expect(svg.match(/stroke-dasharray/g)).toHaveLength(1);
});

test("a picture of nothing is one", () => {
  expect(svgOf({ title: "none", nodes: [], edges: [], note: "" })).toMatch(
    /^<svg [\s\S]*<\/svg>\n$/,
  );
  expect(dotOf({ title: "none", nodes: [], edges: [], note: "" })).toMatch(
    /^digraph "none" \{[\s\S]*\}\n$/,
  );
});
