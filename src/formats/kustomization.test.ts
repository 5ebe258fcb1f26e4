import { expect, test } from "vitest";
import { isRemoteName, readKustomization } from "./kustomization.ts";

const read = (text: string): ReturnType<typeof readKustomization> =>
  readKustomization(Buffer.from(text), "kustomization.yaml");

test.each([
  ["https://example.com/base?ref=v1", true],
  ["git::https://example.com/base", true],
  ["git@github.com:org/base", true],
  ["github.com/org/base", true],
  ["GitHub.com/org/base", true],
  ["ssh://host/base", true],
  ["file:///etc/passwd", true],
  ["example.com/org/base.git/prod", true],
  ["org/base//prod", true],
  ["../base", false],
  ["web.yaml", false],
  ["github.yaml", false],
  ["a/.gitkeep", false],
])("%j is on the network: %s", (name, isRemote) => {
  expect(isRemoteName(name)).toBe(isRemote);
});

test("all that is named is told, whatever the capitals of the field", () => {
  const text = `
RESOURCES: [a.yaml]
resources: [b.yaml, ../base]
Components: [../part]
patches: [{path: p.yaml, Path: q.yaml}, {patch: "- op: add"}]
patchesStrategicMerge: [s.yaml, "kind: Pod\\nname: a"]
configMapGenerator: [{name: a, files: [x.txt, key=y.txt], envs: [e.env], env: f.env}]
openapi: {path: schema.json}
transformers: [t.yaml]
`;
  expect(read(text)).toEqual({
    isComponent: false,
    resources: ["a.yaml", "b.yaml", "../base", "../part"],
    files: ["s.yaml", "p.yaml", "q.yaml", "schema.json", "x.txt", "y.txt", "e.env", "f.env"],
    plugins: ["t.yaml"],
    wantsHelm: false,
  });
  expect(read("helmCharts: [{name: a}]")?.wantsHelm).toBe(true);
  expect(read("kind: Component")?.isComponent).toBe(true);
});

test("what Flux calls so is another thing, and what is no YAML is an error", () => {
  expect(read("apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization")).toBeNull();
  expect(() => read("a: [")).toThrow(/kustomization\.yaml/);
});
