import { expect, test } from "vitest";
import { FileTableBuilder } from "../../model/file-table.ts";
import type { Inventory } from "../../model/inventory.ts";
import { squash } from "./squash.ts";
import { unknownPrograms } from "./unknown-programs.ts";

const EMPTY: Inventory = { distribution: null, packages: [], problems: [] };
type Files = Readonly<Record<string, number>>;

/** What is said of layers of files with these modes. */
function said(layers: readonly Files[], inventory: Partial<Inventory> = {}): string[] {
  const tables = layers.map((files) => {
    const table = new FileTableBuilder();
    for (const [path, mode] of Object.entries(files)) {
      const kind = path.includes(".wh.") ? ("whiteout" as const) : ("file" as const);
      table.add({ path: path.replace(".wh.", ""), kind, mode, sizeBytes: 1, link: "" });
    }
    return table.build();
  });
  const problems = unknownPrograms({ ...EMPTY, ...inventory }, squash(tables), tables);
  return problems.map(({ code, path, detail }) => `${code} ${path ?? ""}: ${detail}`);
}

test("one program that is all there is", () => {
  expect(said([{ "etc/passwd": 0o644 }, { app: 0o755 }])).toEqual([
    "nothing-recognised app: it is all there is, and does not tell what it was made of",
  ]);
});

test("several programs, by their names", () => {
  const files = Object.fromEntries(["b", "a", "c", "d", "e", "f", "g"].map((n) => [n, 0o755]));
  expect(said([files])).toEqual([
    "nothing-recognised : none of the 7 programs in it tells what it was made of: a, b, c, d, e and 2 more",
  ]);
});

test("a program beside one that hides what it is", () => {
  const problems = [{ code: "program-opaque", detail: "it is packed" } as const];
  expect(said([{ app: 0o755 }], { problems })).toHaveLength(1);
});

test.each<[string, readonly Files[], Partial<Inventory>]>([
  ["nothing of data alone", [{ "data.csv": 0o644 }], {}],
  ["nothing of a program that was taken away", [{ app: 0o755 }, { ".wh.app": 0 }], {}],
  [
    "nothing where it is open already",
    [{ app: 0o755 }],
    { problems: [{ code: "file-damaged", detail: "it is cut" }] },
  ],
  [
    "nothing of a system, which has its own problem",
    [{ app: 0o755 }],
    { distribution: { id: "arch", name: "Arch Linux", version: null, like: [] } as never },
  ],
  ["nothing beside packages", [{ app: 0o755 }], { packages: [{} as never] }],
])("%s", (_, layers, inventory) => {
  expect(said(layers, inventory)).toEqual([]);
});
