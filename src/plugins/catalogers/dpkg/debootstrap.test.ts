// The measure is dpkg itself: what `dpkg-query -W` says of real root file systems.
import { execFileSync } from "node:child_process";
import { existsSync, lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { LAB_TIMEOUT_MS, labRootfs, type Suite } from "../../../../test/lab/debootstrap.ts";
import type { VisibleReading } from "../../../stages/catalog/contract.ts";
import { dpkg } from "./cataloger.ts";

/** Regular files only, as in a layer; links to folders are not followed. */
function evidence(root: string): string[] {
  const copyrights = readdirSync(join(root, "usr/share/doc"))
    .filter((name) => lstatSync(join(root, "usr/share/doc", name)).isDirectory())
    .map((name) => `usr/share/doc/${name}/copyright`)
    .filter((path) => existsSync(join(root, path)));
  const info = readdirSync(join(root, "var/lib/dpkg/info")).map(
    (name) => `var/lib/dpkg/info/${name}`,
  );
  return [...copyrights, ...info, "var/lib/dpkg/status"]
    .filter((path) => dpkg.wants.test?.(path))
    .sort();
}

function catalog(root: string): { joined: readonly VisibleReading[]; tookMs: number } {
  const files = evidence(root).map((path) => ({ path, bytes: readFileSync(join(root, path)) }));
  const before = performance.now();
  const readings = files.map((file) => ({ path: file.path, reading: dpkg.read(file) }));
  const joined = dpkg.join?.(readings) ?? readings;
  return { joined, tookMs: performance.now() - before };
}

function queried(root: string): string[] {
  const fields = ["Package", "Version", "Architecture", "source:Package", "source:Version"];
  const format = `${fields.map((field) => `$\{${field}}`).join(" ")}\n`;
  const admin = `--admindir=${join(root, "var/lib/dpkg")}`;
  return execFileSync("dpkg-query", [admin, "-W", "-f", format], { encoding: "utf8" })
    .trim()
    .split("\n")
    .sort();
}

describe.each<Suite>(["bullseye", "bookworm", "trixie"])("%s", (suite) => {
  test(
    "packages, versions, architectures and sources equal those of dpkg-query",
    async ({ skip }) => {
      const { root, reason } = await labRootfs(suite);
      if (root === null) return skip(reason);
      const { joined, tookMs } = catalog(root);
      const packages = joined.flatMap(({ reading }) => reading.packages);
      const lines = packages.map((p) => {
        const source = p.source ?? p;
        return [p.name, p.version, p.architecture, source.name, source.version].join(" ");
      });
      expect(lines.sort()).toEqual(queried(root));
      expect(joined.flatMap(({ reading }) => reading.problems)).toEqual([]);
      expect(tookMs).toBeLessThan(1_000);
      // Nearly all packages of a minimal system declare their licences in a way that can be read.
      const licensed = packages.filter((p) => (p.licenses ?? []).length > 0);
      expect(licensed.length).toBeGreaterThan(packages.length * 0.9);
    },
    LAB_TIMEOUT_MS,
  );

  test(
    "the owner of a file is the one that dpkg names",
    async ({ skip }) => {
      const { root, reason } = await labRootfs(suite);
      if (root === null) return skip(reason);
      const owners = new Map<string, string>();
      for (const { name, paths } of catalog(root).joined.flatMap(
        ({ reading }) => reading.owned ?? [],
      ))
        for (const path of paths) owners.set(path, name);
      expect(owners.get("usr/bin/dpkg")).toBe("dpkg");
      expect(owners.get("usr/share/doc/tzdata/copyright")).toBe("tzdata");
      expect(owners.get("etc/debian_version")).toBe("base-files");
      expect(owners.has("etc/hostname")).toBe(false);
    },
    LAB_TIMEOUT_MS,
  );
});
