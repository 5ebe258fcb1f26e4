import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readSubjects } from "./read-subjects.ts";
import type { Surroundings } from "./surroundings.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "bulwark-pipelines-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const surroundings = { env: {}, signal: new AbortController().signal } as unknown as Surroundings;

function put(name: string, text: string): void {
  mkdirSync(join(folder, name, ".."), { recursive: true });
  writeFileSync(join(folder, name), text);
}

async function seen(target: string): Promise<{ kinds: string[]; problems: string[] }> {
  const kinds: string[] = [];
  const problems: string[] = [];
  for await (const file of readSubjects([join(folder, target)], surroundings)) {
    for (const { subject, path, editable } of file.subjects) {
      const name = path.slice(folder.length + 1);
      kinds.push(`${name} ${subject.kind} ${editable === undefined ? "read" : "editable"}`);
    }
    problems.push(...file.problems.map(({ detail }) => detail));
  }
  return { kinds: kinds.sort(), problems };
}

test("finds pipelines by where they lie, by what they say, and by being included", async () => {
  put("a/.github/workflows/ci.yml", "on: push\njobs: {}\n");
  put("a/.github/workflows/notes.yml", "nothing: here\n");
  put("a/tools/action.yml", "runs: {using: composite, steps: []}\n");
  put("a/values.yml", "replicas: 2\n");
  put("a/.gitlab-ci.yml", "include: [/ci/build.yml, 'ci/*.yml', {local: .gitlab/x.yml}]\n");
  put("a/ci/build.yml", "include: more.yml\nbuild: {script: make}\n");
  put("a/ci/deploy.yml", "deploy: {script: make deploy}\n");
  put("a/ci/below/not.yml", "not: {script: make not}\n");
  put("a/more.yml", "test: {script: make test}\n");
  put("a/.gitlab/x.yml", "x: {script: x}\n");
  expect(await seen("a")).toEqual({
    kinds: [
      ".github/workflows/ci.yml workflow editable",
      ".gitlab-ci.yml pipeline editable",
      ".gitlab/x.yml pipeline editable",
      "ci/build.yml pipeline read",
      "ci/deploy.yml pipeline read",
      "more.yml pipeline read",
      "tools/action.yml action editable",
    ].map((line) => `a/${line}`),
    problems: [],
  });
});

test("says which includes it could not follow", async () => {
  put("v/.gitlab-ci.yml", "include: ['ci/$KIND.yml', '**.yml']\n");
  for (let i = 0; i < 201; i += 1) put(`v/parts/${i}.yml`, "x: {script: x}\n");
  const { kinds, problems } = await seen("v");
  expect(kinds).toHaveLength(201);
  expect(problems.join()).toMatch(/"ci\/\$KIND\.yml" depends on a variable.*only 200 files/);
});

test("does not follow an include out of the folder, and says so", async () => {
  put("outside.yml", "x: {script: x}\n");
  put("b/.gitlab-ci.yml", "include: ../outside.yml\n");
  put("c/.gitlab-ci.yml", "include: link.yml\n");
  symlinkSync(join(folder, "outside.yml"), join(folder, "c/link.yml"));
  put("d/.gitlab-ci.yml", "include: gone.yml\n");
  const reasons = await Promise.all(
    ["b", "c", "d"].map(async (name) => (await seen(name)).problems),
  );
  expect(reasons.map((all) => all.join().replace(/^.*: /, ""))).toEqual([
    "it lies outside of the folder of the pipeline that includes it",
    "it lies outside of the folder of the pipeline that includes it",
    expect.stringMatching(/no such file/),
  ]);
});
