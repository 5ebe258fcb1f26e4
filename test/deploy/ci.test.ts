// The snippets for pipelines are copied as they are: each must be readable, pinned, allowed no more than it needs, and must
// call commands that exist, with options that exist.
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { unpinned } from "../../src/app/pin.ts";
import { parseArguments } from "../../src/cli/arguments.ts";
import { commands } from "../../src/cli/commands.ts";
import { githubWorkflow } from "./github-workflow.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

/** Everything with commands in it: the snippets, the hooks, and the page that explains them. */
const files = [
  ...readdirSync(join(ROOT, "deploy/ci")).map((name) => `deploy/ci/${name}`),
  ".pre-commit-hooks.yaml",
  "docs/guide/ci.md",
];

/** The arguments of each call of the program, as a shell would split them. */
function callsIn(text: string): string[][] {
  const lines = text.replaceAll(/\\\n\s*/g, "").split("\n");
  return lines.flatMap((line) => {
    const said = /(?:^[\s-]*(?:(?:run|entry): |\$ )?|&& )bulwark ([a-z].*)$/.exec(line)?.[1];
    return said === undefined ? [] : [shellWords(said.replace(/ +#.*$/, ""))];
  });
}

function shellWords(line: string): string[] {
  const words = line.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? [];
  return words.map((word) => word.replaceAll(/["']/g, ""));
}

test.each(files)("%s calls commands and options that exist", async (path) => {
  for (const [name, ...args] of callsIn(read(path))) {
    const entry = commands.find((command) => command.name === name);
    expect(entry?.name).toBe(name);
    if (entry !== undefined) parseArguments(await entry.load(), args);
  }
});

test.each(files.filter((path) => path.endsWith(".yaml")))("%s is YAML without a doubt", (path) => {
  const documents = parseAllDocuments(read(path));
  const complaints = [...documents].flatMap((d) => [...d.errors, ...d.warnings]);
  expect(complaints.map(({ message }) => message)).toEqual([]);
});

test("calls are found at all", () => {
  const found = files.flatMap((path) => callsIn(read(path)).map(([name]) => name));
  expect(found.filter((name) => name === "gate").length).toBeGreaterThanOrEqual(6);
  const text = "    - bulwark a 'b c' \"$D\"/e # f\nbulwark: no\n  cd x && bulwark x \\\n   y\n";
  expect(callsIn(text)).toEqual([
    ["a", "b c", "$D/e"],
    ["x", "y"],
  ]);
});

test("every image and action is pinned", async () => {
  const { exitCode, files: looked } = await unpinned([join(ROOT, "deploy/ci")]);
  const kinds = looked.map(({ kind, places }) => [kind, places.length]);
  expect([exitCode, kinds]).toEqual([
    0,
    [
      ["workflow", 6],
      ["gitlab", 1],
    ],
  ]);
  expect(read("deploy/ci/Jenkinsfile")).toMatch(/ image '[^']+@sha256:[0-9a-f]{64}'/);
});

test("what runs the repository's files may only read, and what may write runs none of them", () => {
  const { permissions, jobs } = githubWorkflow();
  const rights = Object.entries(jobs).map(([name, job]) => [
    name,
    job.permissions,
    job.steps.some(({ uses }) => uses?.startsWith("actions/checkout@") === true),
  ]);
  expect([permissions, rights]).toEqual([
    {},
    [
      ["gate", { contents: "read" }, true],
      ["tell", { actions: "read", "security-events": "write", "pull-requests": "write" }, false],
    ],
  ]);
  const text = read("deploy/ci/github-workflow.yaml");
  expect(text).toContain("persist-credentials: false");
  expect(text).not.toContain("pull_request_target");
});

test("no script has texts of strangers in it, which would be run", () => {
  const scripts = Object.values(githubWorkflow().jobs).flatMap(({ steps }) =>
    steps.flatMap(({ run }) => (run === undefined ? [] : [run])),
  );
  expect([scripts.length > 6, scripts.filter((script) => script.includes("${{"))]).toEqual([
    true,
    [],
  ]);
});
