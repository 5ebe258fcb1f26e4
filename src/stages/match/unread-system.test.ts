import { expect, test } from "vitest";
import type { Distribution } from "../../model/distribution.ts";
import type { Package, PackageType } from "../../model/package.ts";
import { unreadSystem } from "./unread-system.ts";

const arch: Distribution = {
  id: "arch",
  versionId: null,
  codename: null,
  name: "Arch Linux",
  like: [],
};

function packageOf(type: PackageType): Package {
  const named = { type, name: "x", version: "1" };
  return { ...named, purl: `pkg:${type}/x@1`, cataloger: "test", locations: [] };
}

test.each<[string, Distribution | null, readonly Package[], readonly string[]]>([
  ["nothing at all", arch, [], ["packages-unread"]],
  ["packages of languages only", arch, [packageOf("npm")], ["packages-unread"]],
  ["packages of the system", arch, [packageOf("npm"), packageOf("deb")], []],
  ["no system", null, [packageOf("npm")], []],
])("%s", (_, distribution, packages, codes) => {
  const platforms = [null, { os: "linux", architecture: "amd64" }];
  for (const platform of platforms) {
    const problems = unreadSystem({ distribution, packages, problems: [] }, platform);
    expect(problems.map(({ code }) => code)).toEqual(codes);
  }
});

test("an image of another operating system is not an image without a system", () => {
  const windows = { os: "windows", architecture: "amd64" };
  const none = { distribution: null, packages: [packageOf("nuget")], problems: [] };
  expect(unreadSystem(none, windows)).toEqual([
    {
      code: "packages-unread",
      detail: 'the image is of "windows", and what that system itself brings is not read',
    },
  ]);
});

test("what an inventory says itself is not said again", () => {
  const told = { code: "packages-unread" as const, detail: "not read" };
  const inventory = { distribution: arch, packages: [], problems: [told] };
  expect(unreadSystem(inventory, null)).toEqual([]);
});
