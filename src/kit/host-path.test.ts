import { describe, expect, test } from "vitest";
import { cleanPath, isWithin, reaches } from "./host-path.ts";

describe("a path", () => {
  test.each([
    ["/a//b/", "/a/b"],
    ["/a/./b/../c", "/a/c"],
    ["/../../etc", "/etc"],
    ["/", "/"],
    ["", ""],
    ["./a/..", ""],
    ["../a", "../a"],
    ["~/.ssh/", "~/.ssh"],
  ])("%j is %j", (path, wanted) => {
    expect(cleanPath(path)).toBe(wanted);
  });
});

test("reaches what lies below it, and lies within what is above it", () => {
  expect([
    reaches("/", "/etc"),
    reaches("/run", "/run/docker.sock"),
    reaches("/ru", "/run/x"),
  ]).toEqual([true, true, false]);
  expect([isWithin("/etc/ssl", "/etc"), isWithin("/etcetera", "/etc"), isWithin("a", "")]).toEqual([
    true,
    false,
    false,
  ]);
});
