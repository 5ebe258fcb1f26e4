import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { missingPrograms } from "../../test/lab/programs.ts";
import type { Reading } from "./read-subjects.ts";
import { readSubjects } from "./read-subjects.ts";
import type { Surroundings } from "./surroundings.ts";

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      containers:
        - name: app
          image: nginx
          securityContext:
            privileged: true
`;
const BASE = { "base/kustomization.yaml": "resources: [web.yaml]", "base/web.yaml": DEPLOYMENT };

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bulwark-rendered-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** A program that leaves a mark where it was run, and says what it was given. */
function program(name: string, says: string): string {
  write({ [`bin/${name}`]: `#!/bin/sh\n/usr/bin/env > ${folder}/mark\n${says}\n` });
  chmodSync(join(folder, "bin", name), 0o755);
  return join(folder, "bin");
}

interface Told {
  readonly subjects: readonly string[];
  readonly problems: readonly string[];
}

async function read(
  target: string,
  env: Readonly<Record<string, string>> = { PATH: process.env["PATH"] ?? "" },
  reading: Reading = {},
): Promise<Told> {
  const subjects: string[] = [];
  const problems: string[] = [];
  const around = { env, signal: new AbortController().signal } as unknown as Surroundings;
  for await (const file of readSubjects([join(folder, target)], around, reading)) {
    const short = (path: string): string => path.slice(folder.length + 1);
    for (const { path, subject, places } of file.subjects) {
      const at = "/spec/template/spec/containers/0/securityContext/privileged";
      const place = places([at]).get(at);
      const where = place?.path === undefined ? short(path) : short(place.path);
      subjects.push(`${subject.kind} ${subject.name} ${where}:${place?.line ?? ""}`);
    }
    problems.push(...file.problems.map(({ path = "", detail }) => `${short(path)}: ${detail}`));
  }
  return { subjects, problems };
}

const withoutKubectl = missingPrograms("kubectl");
const withoutHelm = missingPrograms("helm");

describe.skipIf(withoutKubectl !== null)(
  `kustomizations, by kubectl (${withoutKubectl ?? "installed"})`,
  () => {
    test("a base is checked as its overlay leaves it, and told where it was written", async () => {
      write({ ...BASE, "prod/kustomization.yaml": "resources: [../base]\nnamePrefix: prod-" });
      expect(await read("")).toEqual({
        subjects: ["Deployment prod-web base/web.yaml:11"],
        problems: [],
      });
    });

    test("an overlay alone may be built upon what lies in the same checkout", async () => {
      const overlay = { "prod/kustomization.yaml": "resources: [../base]\nnamePrefix: prod-" };
      write({ ...BASE, ...overlay, ".git/HEAD": "ref: refs/heads/main\n" });
      expect(await read("prod")).toEqual({
        subjects: ["Deployment prod-web base/web.yaml:11"],
        problems: [],
      });
    });

    test("what the overlay says is told at the overlay, and a flaw that it mends is none", async () => {
      const patch = [
        "resources: [../base]",
        "patches:",
        "  - target: {kind: Deployment}",
        "    patch: |-",
        "      - op: replace",
        "        path: /spec/template/spec/containers/0/securityContext/privileged",
        "        value: false",
      ].join("\n");
      write({ ...BASE, "prod/kustomization.yml": patch });
      expect(await read("")).toEqual({
        subjects: ["Deployment web prod/kustomization.yml:"],
        problems: [],
      });
    });

    test("a name that leads to nothing it can run is told, and its files are looked at", async () => {
      write({ ...BASE, "base/kustomization.yaml": "resources: [web.yaml]\nnoSuchField: 1" });
      const { subjects, problems } = await read("");
      expect(subjects).toEqual(["Deployment web base/web.yaml:11"]);
      expect(problems).toEqual([expect.stringMatching(/cannot render it: .*noSuchField/)]);
    });

    test("a function that would run a program does not", async () => {
      const config = `apiVersion: v1
kind: Any
metadata:
  name: a
  annotations: {config.kubernetes.io/function: "exec: {path: ./run.sh}"}`;
      write({ ...BASE, "base/kustomization.yaml": "resources: [web.yaml]\ngenerators: [g.yaml]" });
      write({ "base/g.yaml": config, "base/run.sh": `#!/bin/sh\n/usr/bin/touch ${folder}/mark\n` });
      chmodSync(join(folder, "base/run.sh"), 0o755);
      const { problems } = await read("");
      expect(problems).toEqual([expect.stringContaining("Kustomize cannot render it")]);
      expect(existsSync(join(folder, "mark"))).toBe(false);
    });
  },
);

test.each([
  ["a repository", "resources: [github.com/org/base]", "is on the network"],
  ["a URL", "patches: [{path: 'https://example.com/p.yaml'}]", "is on the network"],
  ["a file outside", "resources: [../../outside.yaml]", "outside of what is checked"],
  ["a folder outside", "resources: [../..]", "outside of what is checked"],
  ["a link that leads out", "resources: [out]", "outside of what is checked"],
  ["what is not there", "resources: [none.yaml]", "is not there"],
  ["a chart", "helmCharts: [{name: a, repo: 'https://example.com'}]", "has Helm run"],
  ["a plugin with a URL", "transformers: [t.yaml]", "plugins name something on the network"],
])("nothing is run for a kustomization that names %s", async (_, text, why) => {
  const PATH = program("kubectl", "echo");
  write({ "in/prod/kustomization.yaml": text, "outside.yaml": DEPLOYMENT });
  write({ "in/prod/t.yaml": "kind: PatchTransformer\npath: http://localhost/x\n" });
  symlinkSync(tmpdir(), join(folder, "in/prod/out"));
  const { problems } = await read("in", { PATH });
  expect(problems).toEqual([expect.stringContaining(why)]);
  expect(existsSync(join(folder, "mark"))).toBe(false);
});

test("where nothing renders it, a kustomization is told once and its files are looked at", async () => {
  write(BASE);
  expect(await read("", {})).toEqual({
    subjects: ["Deployment web base/web.yaml:11"],
    problems: [
      expect.stringMatching(/neither kustomize nor kubectl is installed: .*kubectl kustomize/),
    ],
  });
});

test("a program gets nothing of the user's surroundings, and no other program", async () => {
  const PATH = program("kustomize", "echo kind: List");
  write(BASE);
  await read("base", { PATH, TOKEN: "secret", HTTPS_PROXY: "http://proxy.example" });
  const said = readFileSync(join(folder, "mark"), "utf8");
  expect(said).not.toMatch(/secret|proxy\.example/);
  expect(said).toMatch(/^HTTPS_PROXY=http:\/\/127\.0\.0\.1:9$/m);
  expect(said).not.toContain(`PATH=${PATH}`);
});

const TEMPLATE = `{{- if .Values.enabled }}
${DEPLOYMENT.replace("privileged: true", "privileged: {{ .Values.privileged }}")}{{- end }}
`;
const CHART = {
  "chart/Chart.yaml": "apiVersion: v2\nname: other\nversion: 0.1.0\n",
  "chart/values.yaml": "enabled: true\nprivileged: false\n",
  "chart/templates/web.yaml": TEMPLATE,
  "chart/templates/more.yaml": TEMPLATE,
};

test("where helm is not installed a chart is told once, with what to do", async () => {
  write(CHART);
  const byHand = `helm template ${JSON.stringify(join(folder, "chart"))} > rendered.yaml`;
  expect(await read("", {})).toEqual({
    subjects: [],
    problems: [
      `chart/Chart.yaml: it is a chart, and helm is not installed: render it first: ${byHand}`,
    ],
  });
});

test.each([["v3.8.1+g5cb9af4"], ["v3.11.0"], ["v2.17.0"], ["none"]])(
  "helm %s, which looks names up for templates, renders nothing",
  async (version) => {
    write(CHART);
    const PATH = program("helm", `echo ${version}; [ "$1" = version ] || echo "${DEPLOYMENT}"`);
    const { subjects, problems } = await read("chart", { PATH });
    expect(subjects).toEqual([]);
    expect(problems).toEqual([expect.stringContaining("asks the network for names")]);
  },
);

test.each([
  ["a schema elsewhere", { "chart/values.schema.json": '{"$ref": "https://example.com/s"}' }],
  ["a schema by escapes", { "chart/values.schema.json": '{"\\u0024ref": "file:///etc/x"}' }],
  ["one in a part", { "chart/charts/a/values.schema.json": '{"a": {"$ref": "b.json"}}' }],
])("helm is not run for a chart with %s", async (_, files) => {
  write({ ...CHART, ...files });
  const PATH = program("helm", "echo v4.0.0");
  const { problems } = await read("chart", { PATH });
  expect(problems).toEqual([expect.stringContaining("refers to another schema")]);
  expect(existsSync(join(folder, "mark"))).toBe(false);
});

test("helm is not run for a chart with a link that leads out of it", async () => {
  write(CHART);
  symlinkSync("/etc/hostname", join(folder, "chart/templates/host.txt"));
  const { problems } = await read("chart", { PATH: program("helm", "echo v4.0.0") });
  expect(problems).toEqual([expect.stringContaining('"templates/host.txt" is a link')]);
  expect(existsSync(join(folder, "mark"))).toBe(false);
});

describe.skipIf(withoutHelm !== null)(`charts, by helm (${withoutHelm ?? "installed"})`, () => {
  test("what templates make is told at their lines, with the values that were named", async () => {
    write({ ...CHART, "more.yaml": "privileged: true" });
    const values = [join(folder, "more.yaml")];
    const { subjects, problems } = await read("chart", undefined, { values });
    expect(problems).toEqual([]);
    expect(subjects).toEqual([
      "Deployment web chart/templates/more.yaml:12",
      "Deployment web chart/templates/web.yaml:12",
    ]);
  });

  test("a part that is not there is told in Helm's words; a library is nothing by itself", async () => {
    const needs = "dependencies: [{name: a, version: 1.0.0, repository: 'https://example.com'}]\n";
    write({ ...CHART, "chart/Chart.yaml": `${CHART["chart/Chart.yaml"]}${needs}` });
    write({ "lib/Chart.yaml": "apiVersion: v2\nname: lib\nversion: 0.1.0\ntype: library\n" });
    const { problems } = await read("");
    expect(problems).toEqual([expect.stringMatching(/^chart\/Chart.yaml: .*missing in charts/)]);
  });

  test("a template that does not come to an end is ended", { timeout: 60_000 }, async () => {
    const endless = '{{ range until 2000000000 }}{{ repeat 100 "a" }}{{ end }}';
    write({ ...CHART, "chart/templates/web.yaml": endless });
    const { problems } = await read("chart");
    expect(problems).toEqual([expect.stringContaining("Helm cannot render the chart")]);
  });
});
