import { describe, expect, test } from "vitest";
import { parseDigest } from "../../model/digest.ts";
import type { InUseRecord } from "../../model/in-use.ts";
import type { Package } from "../../model/package.ts";
import { useOf } from "./in-use.ts";

const [mine, index, other] = ["1", "2", "3"].map((n) => parseDigest(`sha256:${n.repeat(64)}`));
if (mine === undefined || index === undefined) throw new Error("digests");
const artifact = { digest: mine, indexDigest: index };

const record: InUseRecord = {
  digest: mine,
  container: "web",
  how: "snapshot",
  owners: new Set(["deb/libssl3"]),
  files: new Set(["usr/bin/api", "opt/app.jar"]),
};

function package_(type: Package["type"], name: string, ...paths: string[]): Package {
  const locations = paths.map((path) => ({ path, layer: 0 }));
  return { type, name, version: "1", purl: `pkg:${type}/${name}@1`, cataloger: "x", locations };
}

describe("a package is in use", () => {
  const used = { inUse: true, users: ["web"] };
  test.each([
    ["by its owner", package_("deb", "libssl3", "var/lib/dpkg/status"), used],
    ["not by its source", package_("deb", "openssl", "var/lib/dpkg/status"), {}],
    ["not by its name in another ecosystem", package_("npm", "libssl3", "x/package.json"), {}],
    ["by the program that it is in", package_("golang", "example.org/x", "usr/bin/api"), used],
    [
      "by the archive that it is in",
      package_("maven", "a:b", "opt/app.jar!BOOT-INF/lib/b.jar"),
      used,
    ],
    ["or nothing is known of it", package_("npm", "x", "app/node_modules/x/package.json"), {}],
  ])("%s", (_, found, said) => expect(useOf(artifact, [record])?.(found)).toEqual(said));

  test("in the images that were looked at, by digest or index", () => {
    const found = package_("deb", "libssl3");
    expect(useOf(artifact, [{ ...record, digest: index }])?.(found)).toEqual(used);
    expect(useOf(artifact, [{ ...record, digest: other ?? mine }])).toBeNull();
    expect(useOf({ digest: null, indexDigest: null }, [record])).toBeNull();
    expect(useOf(artifact, [record, { ...record, container: "api" }])?.(found)).toEqual({
      inUse: true,
      users: ["web", "api"],
    });
  });
});
