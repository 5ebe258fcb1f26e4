import { describe, expect, test } from "vitest";
import { parseDigest } from "./digest.ts";
import { type FileIndex, rowsBelow, throughLinks } from "./file-index.ts";
import { FileTableBuilder } from "./file-table.ts";

function indexOf(
  paths: readonly string[],
  links: Readonly<Record<string, string>> = {},
): FileIndex {
  const builder = new FileTableBuilder();
  for (const path of paths) {
    const link = links[path] ?? "";
    const kind = link === "" ? "file" : "symlink";
    builder.add({ path, kind, mode: 0o644, sizeBytes: 1, link });
  }
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

describe("through the links above it", () => {
  const linked = indexOf(["a", "bin", "etc/alt/x", "loop", "opt/lib", "usr/bin", "usr/bin/ls"], {
    a: "opt/lib/../lib",
    bin: "usr/bin",
    "etc/alt/x": "/bin",
    loop: "./loop",
    "opt/lib": "../usr",
  });

  test.each([
    ["bin/ls", "usr/bin/ls"],
    ["bin", "bin"],
    ["usr/bin/ls", "usr/bin/ls"],
    ["etc/alt/x/ls", "usr/bin/ls"],
    ["opt/lib/bin/ls", "usr/bin/ls"],
    ["a/ls", "lib/ls"],
    ["not/there", "not/there"],
    ["loop/x", null],
    ["", ""],
  ])("%j is %j", (path, wanted) => {
    expect(throughLinks(linked, path)).toBe(wanted);
  });
});
