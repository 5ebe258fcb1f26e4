import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readSubjects } from "./read-subjects.ts";
import type { Surroundings } from "./surroundings.ts";

const POD =
  "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: a}]}\n";
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "bulwark-subjects-"));
  writeFileSync(join(folder, "good.yaml"), POD);
  writeFileSync(join(folder, "wide.yaml"), Buffer.from(`\ufeff${POD}`, "utf16le"));
  symlinkSync("loop.yaml", join(folder, "loop.yaml"));
  symlinkSync("/nowhere.yaml", join(folder, "lost.yaml"));
  symlinkSync("good.yaml", join(folder, "again.yaml"));
  execFileSync("mkfifo", [join(folder, "pipe.yaml")]);
});
afterAll(() => rmSync(folder, { recursive: true }));

const around = { env: {}, signal: new AbortController().signal } as unknown as Surroundings;

async function read(target: string): Promise<{ names: string[]; problems: string[] }> {
  const names: string[] = [];
  const problems: string[] = [];
  for await (const file of readSubjects([target], around)) {
    names.push(...file.subjects.map(({ subject }) => subject.name));
    problems.push(
      ...file.problems.map(
        ({ path = "", detail }) => `${path.slice(folder.length + 1)}: ${detail}`,
      ),
    );
  }
  return { names, problems: problems.sort() };
}

test("what cannot be read of a folder is told, and the rest is read", async () => {
  const nothing =
    "it is a pipe or a device, or a link that leads nowhere or out of the folder: name what it leads to";
  expect(await read(folder)).toEqual({
    names: ["a"],
    problems: [
      ...["loop.yaml", "lost.yaml", "pipe.yaml"].map((name) => `${name}: ${nothing}`),
      "wide.yaml: it is UTF-16: save it as UTF-8",
    ],
  });
});

test("a pipe with a name is not waited for", async () => {
  const { problems } = await read(join(folder, "pipe.yaml"));
  expect(problems).toEqual([expect.stringContaining("it is a pipe")]);
});

test("a file of blank lines takes no longer than it is long", async () => {
  writeFileSync(join(folder, "blank.yaml"), "\n".repeat(1 << 20));
  try {
    expect((await read(folder)).names).toContain("a");
  } finally {
    rmSync(join(folder, "blank.yaml"));
  }
});
