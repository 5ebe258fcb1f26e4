import { describe, expect, test } from "vitest";
import { parseDigest } from "./digest.ts";
import { type FileIndex, rowsBelow } from "./file-index.ts";
import { FileTableBuilder } from "./file-table.ts";

function indexOf(paths: readonly string[]): FileIndex {
  const builder = new FileTableBuilder();
  for (const path of paths)
    builder.add({ path, kind: "file", mode: 0o644, sizeBytes: 1, link: "" });
  return {
    digest: parseDigest(`sha256:${"0".repeat(64)}`),
    files: builder.build(),
    layers: paths.map((_, i) => i),
    owners: new Map([[0, "deb/bash"]]),
  };
}

const index = indexOf(["bin", "bin-x", "bin.d", "bin/a", "bin/b/c", "bin0", "etc/x"].sort());
const paths = (path: string): string[] => rowsBelow(index, path).map((row) => row.path);

describe("rows at and below a path", () => {
  test.each([
    ["bin", ["bin", "bin/a", "bin/b/c"]],
    ["bin/b", ["bin/b/c"]],
    ["bin/a", ["bin/a"]],
    ["bin-", []],
    ["etc", ["etc/x"]],
    ["zzz", []],
    ["", ["bin", "bin-x", "bin.d", "bin/a", "bin/b/c", "bin0", "etc/x"]],
  ])("%j", (path, found) => {
    expect(paths(path)).toEqual(found);
  });

  test("name layer and owner", () => {
    const [row] = rowsBelow(index, "bin");
    expect([row?.layer, row?.owner, rowsBelow(index, "etc")[0]?.owner]).toEqual([
      0,
      "deb/bash",
      null,
    ]);
  });
});
