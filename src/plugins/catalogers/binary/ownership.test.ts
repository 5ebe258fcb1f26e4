// A program of a system package is that package's, and is not reported a second time; a copy of it elsewhere is.
import { lstatSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { LAB_TIMEOUT_MS, labRootfs } from "../../../../test/lab/debootstrap.ts";
import { baseName, parentPath } from "../../../kit/path.ts";
import { inventoryOf } from "../../../stages/catalog/inventory.ts";
import { type PlacedReading, readFile } from "../../../stages/catalog/read.ts";
import { selectionOf } from "../../../stages/catalog/select.ts";
import { dpkg } from "../dpkg/cataloger.ts";
import { binary } from "./cataloger.ts";

const catalogers = [binary, dpkg];

function readingsBelow(
  root: string,
  folder: string,
  as = (path: string): string => path,
): PlacedReading[] {
  const selection = selectionOf(catalogers);
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .map((name) => `${folder}/${name}`)
    .filter((path) => lstatSync(join(root, path)).isFile())
    .flatMap((path) => {
      const bytes = readFileSync(join(root, path));
      const elf = bytes[0] === 0x7f ? selection.byElf(path) : [];
      return readFile({ path: as(path), bytes }, [...selection.byName(path), ...elf]);
    })
    .map((reading) => ({ ...reading, layer: 0 }));
}

test(
  "on a real system only the copy that no package owns is reported",
  async ({ skip }) => {
    const { root, reason } = await labRootfs("bookworm");
    if (root === null) return skip(reason);
    const owned = ["usr/bin", "usr/lib", "var/lib/dpkg"].flatMap((f) => readingsBelow(root, f));
    const programs = owned.filter(({ cataloger }) => cataloger === "binary");
    expect(programs.length).toBeGreaterThan(5);
    const copies = readingsBelow(root, "usr/bin", (path) => `opt/copy/${baseName(path)}`).filter(
      ({ path }) => path === "opt/copy/bash",
    );
    const { inventory } = inventoryOf({
      catalogers,
      readings: [...owned, ...copies],
      problems: [],
      // Where /bin is a link into /usr, dpkg's lists may still say /bin.
      place: (path) => `${placeOfFolder(root, parentPath(path))}/${baseName(path)}`,
    });
    const others = inventory.packages.filter((p) => p.type !== "deb");
    expect(others.map((p) => [p.name, p.locations.map((l) => l.path)])).toEqual([
      ["bash", ["opt/copy/bash"]],
    ]);
  },
  LAB_TIMEOUT_MS,
);

function placeOfFolder(root: string, folder: string): string {
  try {
    return realpathSync(join(root, folder)).slice(root.length + 1);
  } catch {
    return folder;
  }
}
