import { expect, test } from "vitest";
import { type FileTable, FileTableBuilder } from "../../model/file-table.ts";
import { squash } from "./squash.ts";

/** A layer; a value that is not empty makes a link. */
function layer(entries: readonly (readonly [path: string, link: string])[]): FileTable {
  const table = new FileTableBuilder();
  for (const [path, link] of entries)
    table.add({ path, kind: link === "" ? "file" : "symlink", mode: 0, sizeBytes: 0, link });
  return table.build();
}

test("a layer writes through the links of lower ones, and `..` counts from where a link led", () => {
  const { rows } = squash([
    layer([
      ["usr/lib/x", ""],
      ["lib", "usr/lib"],
      ["share", "lib/../share"],
    ]),
    layer([
      ["lib/y", ""],
      ["share/doc", ""],
    ]),
  ]);
  expect([...rows.keys()].filter((path) => /[xyc]$/.test(path)).sort()).toEqual([
    "usr/lib/x",
    "usr/lib/y",
    "usr/share/doc",
  ]);
});

test("paths and links of a hundred thousand folders take neither the stack nor long", () => {
  const deep = "x/".repeat(100_000);
  const hostile = layer([
    ["l", "a/".repeat(400_000)],
    [`${deep}link`, "l"],
    [`${deep}file`, ""],
    ["l/y", ""],
  ]);
  const { rows } = squash([hostile, hostile]);
  expect([...rows.keys()].filter((path) => path.length < 10)).toEqual(["l/y", "l"]);
});
