import { expect, test } from "vitest";
import { dotOf, type Picture, svgOf } from "./graph-picture.ts";
import { folded } from "./picture-fold.ts";

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

/** Pods, each with an account of its own, all of which have one of the roles. */
function fleet(pods: number): Picture {
  const numbers = Array.from({ length: pods }, (_, i) => i);
  const node = (id: string, label: string, look: "source" | "step" | "target") => {
    return { id, label, look } as const;
  };
  return {
    title: "fleet",
    nodes: [
      ...numbers.flatMap((i) => [
        node(`p${i}`, `Pod shop/p${i}`, "source"),
        node(`a${i}`, `ServiceAccount shop/a${i}`, "step"),
      ]),
      node("r0", "ClusterRole r0", "step"),
      node("r1", "ClusterRole r1", "step"),
      node("end", "cluster-admin", "target"),
    ],
    edges: [
      ...numbers.flatMap((i) => [
        { from: `p${i}`, to: `a${i}`, label: "IDENTITY_ASSUME", isSupposed: false },
        { from: `a${i}`, to: `r${i % 2}`, label: "PERMISSION_DISCOVER", isSupposed: false },
      ]),
      { from: "r0", to: "end", label: "ROLE_BIND", isSupposed: false },
      { from: "r1", to: "end", label: "ROLE_BIND", isSupposed: false },
    ],
    note: "",
  };
}

test("what leads on in the same way is one box, with all of its names", () => {
  const { nodes, edges } = folded(fleet(200));
  expect(nodes.map(({ label }) => label)).toEqual([
    "100 × Pod",
    "100 × ServiceAccount",
    "100 × Pod",
    "100 × ServiceAccount",
    "ClusterRole r0",
    "ClusterRole r1",
    "cluster-admin",
  ]);
  expect(edges).toHaveLength(6);
  expect(nodes[0]?.members).toContain("shop/p198");
  expect(svgOf(folded(fleet(200)))).toContain("<title>100 × Pod: shop/p0, ");
});

test("a few are drawn each by itself", () => {
  expect(folded(fleet(6))).toEqual(fleet(6));
});
