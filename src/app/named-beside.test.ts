import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { FileTableBuilder } from "../model/file-table.ts";
import { imagesNamedBeside } from "./named-beside.ts";

const root = mkdtempSync(join(tmpdir(), "bulwark-beside-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let count = 0;

const COMPOSE = "services:\n  web:\n    image: nginx:1.25\n";
const POD = "apiVersion: v1\nkind: Pod\nspec: {containers: [{image: nginx}]}\n";

/** What is told of a folder with these files, relative to it. */
async function told(files: Readonly<Record<string, string>>): Promise<string[]> {
  count += 1;
  const folder = join(root, String(count));
  const table = new FileTableBuilder();
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
    table.add({ path, kind: "file", mode: 0o644, sizeBytes: content.length, link: "" });
  }
  const isEvidence = (path: string): boolean => path.endsWith("package-lock.json");
  const named = await imagesNamedBeside(folder, table.build(), isEvidence);
  return named.map((path) => path.slice(folder.length + 1));
}

test.each<[string, Readonly<Record<string, string>>, string[]]>([
  ["a Compose file", { "compose.yaml": COMPOSE }, ["compose.yaml"]],
  ["a folder of objects, once", { "k8s/a.yml": POD, "k8s/base/b.yaml": POD }, ["k8s"]],
  ["objects at the top, one by one", { "a.yaml": POD, "b.yaml": POD }, ["a.yaml", "b.yaml"]],
  [
    "objects in a folder that is a project, one by one",
    { "api/pod.yaml": POD, "api/package-lock.json": "{}" },
    ["api/pod.yaml"],
  ],
  [
    "what is nearest first",
    { "z.yaml": POD, "docker-compose.prod.yml": COMPOSE, "a/b/compose.yaml": COMPOSE },
    ["docker-compose.prod.yml", "z.yaml", "a/b/compose.yaml"],
  ],
  ["nothing of other YAML", { "a.yaml": "a: 1\n", ".gitlab-ci.yml": "services:\n  - x\n" }, []],
  ["nothing where no image is named", { "a.yaml": "apiVersion: v1\nkind: Secret\n" }, []],
  ["nothing of templates", { "chart/a.yaml": `{{ if }}\n${POD}` }, []],
  ["nothing of other people's files", { "node_modules/x/compose.yaml": COMPOSE }, []],
  ["nothing very deep", { "1/2/3/4/5/compose.yaml": COMPOSE }, []],
])("%s is told", async (_, files, wanted) => {
  expect(await told(files)).toEqual(wanted);
});

test("of very many only some are told", async () => {
  const files = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`${i}.yaml`, POD]));
  expect(await told(files)).toHaveLength(20);
});
