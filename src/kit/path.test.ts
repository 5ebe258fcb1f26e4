import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { baseName, extensionOf, normalPath, parentPath } from "./path.ts";

describe("a path of an archive", () => {
  test.each<[string, string | null]>([
    ["usr/bin/ls", "usr/bin/ls"],
    ["./usr/bin/ls", "usr/bin/ls"],
    ["./usr/", "usr"],
    ["/usr//bin/./ls/", "usr/bin/ls"],
    ["./", ""],
    [".", ""],
    ["/", ""],
    ["", ""],
    ["././a", "a"],
    ["./.hidden", ".hidden"],
    ["..", null],
    ["./../x", null],
    ["a/../b", null],
    ["a/..", null],
    ["a..b/..c", "a..b/..c"],
    ["a\0b", null],
  ])("%j is %j", (written, normal) => {
    expect(normalPath(written)).toBe(normal);
  });

  test("stays as it is once it is normal, and never leads outside", () => {
    const part = fc.constantFrom("a", "b.c", ".", "..", "", ".x", "\0", "…");
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const normal = normalPath(parts.join("/"));
        if (normal === null) return parts.some((p) => p === ".." || p === "\0");
        return normalPath(normal) === normal && !/(^|\/)(\.{0,2})(\/|$)/.test(`${normal}x`);
      }),
    );
  });

  test.each([
    ["a/b.TAR.gz", "b.TAR.gz", "a", "gz"],
    [".profile", ".profile", "", ""],
    ["a/b", "b", "a", ""],
    ["a.b/c", "c", "a.b", ""],
  ])("%s has a name, a folder and an extension", (path, base, parent, extension) => {
    expect([baseName(path), parentPath(path), extensionOf(path)]).toEqual([
      base,
      parent,
      extension,
    ]);
  });
});
