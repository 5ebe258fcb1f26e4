import { expect, test } from "vitest";
import { helmDocuments, TemplateLines } from "./helm-manifest.ts";

test("documents have the template that Helm names first, and none that they name themselves", () => {
  const text =
    "---\n# Source: a/templates/x.yaml\nkind: Pod\n# Source: a/templates/y.yaml\n---\nkind: Job\n---\n\n";
  expect(helmDocuments(text)).toEqual([
    {
      source: "a/templates/x.yaml",
      text: "# Source: a/templates/x.yaml\nkind: Pod\n# Source: a/templates/y.yaml",
    },
    { source: null, text: "kind: Job" },
  ]);
});

test.each([
  ["  privileged: true", 1],
  ["    image: nginx:1", 2],
  ["- name: web", null],
  ["- name: app", 4],
  ["tag: a", null],
  ["", null],
])("the line of %j", (rendered, line) => {
  const template =
    "privileged: true\nimage: {{ .Values.image }}\n- name: {{ .Chart.Name }}\n- name: app\n{{ end }}";
  expect(new TemplateLines(template).lineOf(rendered)).toBe(line);
});
