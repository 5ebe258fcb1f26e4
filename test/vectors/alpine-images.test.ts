// Two real images against Alpine's own list of fixes, from the package database to the findings.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { purlOf } from "../../src/model/purl.ts";
import { apk } from "../../src/plugins/catalogers/apk/cataloger.ts";
import { schemes } from "../../src/plugins/schemes/index.ts";
import { matchPackages } from "../../src/stages/match/match.ts";
import { describeShared, sharedPath } from "../shared.ts";
import { memorySource } from "./memory-source.ts";

interface Expected {
  readonly id: string;
  readonly package: string;
  readonly installed: string;
  readonly fixed: string;
}

const DATABASE = "lib/apk/db/installed";

/** The image is `docker save`'s, with one layer. */
function installedOf(image: string): Uint8Array {
  const path = sharedPath(`data/goldens/images/${image}`);
  const names = execFileSync("tar", ["-tzf", path], { encoding: "utf8" }).split("\n");
  const layer = names.find((name) => name.endsWith("/layer.tar")) ?? "";
  const bytes = execFileSync("tar", ["-xOzf", path, layer], { maxBuffer: 1 << 28 });
  return execFileSync("tar", ["-xO", DATABASE], { input: bytes, maxBuffer: 1 << 28 });
}

describeShared("an Alpine image", () => {
  test.each([
    ["alpine-310.tar.gz", "v3.10"],
    ["alpine-311.tar.gz", "v3.11"],
  ])("%s has what the list of %s says, with the fix", (image, release) => {
    const versionId = `${release.slice(1)}.0`;
    const distribution = { id: "alpine", versionId, codename: null, name: "Alpine", like: [] };
    const { packages } = apk.read({ path: DATABASE, bytes: installedOf(image) });
    const { findings, problems } = matchPackages({
      packages: packages.map((found) => ({
        ...found,
        purl: purlOf(found, distribution),
        cataloger: "apk",
        locations: [{ path: DATABASE, layer: 0 }],
      })),
      distribution,
      source: memorySource(
        ["main", "community"].map((list) =>
          sharedPath(`data/native/alpine-secdb/${release}/${list}.json`),
        ),
      ),
      schemes,
      artifactName: image,
      complete: true,
      today: "2026-11-25",
    });
    const found = findings.map(
      (f): Expected => ({
        id: f.vulnerability.id,
        package: f.package.name,
        installed: f.package.version,
        fixed: f.fix.version ?? "",
      }),
    );
    const golden = sharedPath(`data/goldens/images/expected-${release}-by-secdb.json`);
    const key = (e: Expected): string => `${e.id} ${e.package} ${e.installed} -> ${e.fixed}`;
    const expected = JSON.parse(readFileSync(golden, "utf8")) as readonly Expected[];
    expect(found.map(key).sort()).toEqual(expected.map(key).sort());
    expect(problems).toEqual([]);
  });
});
