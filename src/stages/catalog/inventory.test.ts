import { describe, expect, test } from "vitest";
import type { FoundPackage, PackageType } from "../../model/package.ts";
import type { Cataloger, Reading } from "./contract.ts";
import { type Evidence, inventoryOf } from "./inventory.ts";
import type { PlacedReading } from "./read.ts";

function cataloger(id: string, types: readonly PackageType[]): Cataloger {
  return {
    id,
    title: id,
    needs: [],
    state: "trial",
    version: 1,
    evidence: "installed",
    types,
    wants: {},
    limitBytes: 1,
    read: () => ({ packages: [], problems: [] }),
  };
}

const catalogers = [cataloger("dpkg", ["deb"]), cataloger("npm", ["npm"])];
const lodash: FoundPackage = { type: "npm", name: "lodash", version: "4.17.21" };
const bash: FoundPackage = { type: "deb", name: "bash", version: "5.2" };

function placed(
  id: string,
  path: string,
  reading: Partial<Reading>,
  layer: number | null = 0,
): PlacedReading {
  return { cataloger: id, path, layer, reading: { packages: [], problems: [], ...reading } };
}

function inventory(readings: readonly PlacedReading[], facts: Partial<Evidence> = {}) {
  return inventoryOf({ catalogers, readings, problems: [], place: (p) => p, ...facts });
}

const owner = placed("dpkg", "var/lib/dpkg/status", {
  packages: [bash],
  owned: [{ type: "deb", name: "node-lodash", paths: ["usr/lib/lodash/package.json"] }],
});

describe("an inventory", () => {
  test("leaves what lies in a system package's files to that package", () => {
    const path = "usr/lib/lodash/package.json";
    const damaged = { code: "file-damaged" as const, detail: "cut" };
    const made = inventory([
      owner,
      placed("npm", path, { packages: [lodash], problems: [damaged] }),
    ]);
    expect([
      made.inventory.packages.map((p) => p.name),
      made.inventory.problems,
      made.owners.get(path),
    ]).toEqual([["bash"], [], "deb/node-lodash"]);
  });

  test("leaves nothing to packages of a system whose database is gone", () => {
    const path = "usr/lib/lodash/package.json";
    const made = inventory([
      placed("dpkg", "var/lib/dpkg/info/node-lodash.list", {
        owned: [{ type: "deb", name: "node-lodash", paths: [path] }],
      }),
      placed("npm", path, { packages: [lodash] }),
    ]);
    expect([made.inventory.packages.map((p) => p.name), made.owners.size]).toEqual([["lodash"], 0]);
  });

  test("keeps what nobody owns, with its problems and where they are", () => {
    const { inventory: made } = inventory([
      owner,
      placed(
        "npm",
        "app/x.json",
        {
          packages: [lodash],
          problems: [{ code: "file-damaged", detail: "cut", path: "inside" }],
        },
        1,
      ),
    ]);
    expect([made.packages.map((p) => p.purl), made.problems]).toEqual([
      ["pkg:deb/bash@5.2", "pkg:npm/lodash@4.17.21"],
      [
        {
          code: "file-damaged",
          detail: "cut",
          path: "app/x.json!inside",
          layer: 1,
          cataloger: "npm",
        },
      ],
    ]);
  });

  test("follows the links of folders to the owner", () => {
    const { inventory: made } = inventory(
      [owner, placed("npm", "lib/lodash/package.json", { packages: [lodash] })],
      { place: (path) => path.replace(/^lib\//, "usr/lib/") },
    );
    expect(made.packages.map((p) => p.name)).toEqual(["bash"]);
  });

  test("names every place of a package once", () => {
    const { inventory: made } = inventory([
      placed("npm", "b/package.json", { packages: [lodash] }, 1),
      placed("npm", "a/package.json", { packages: [lodash, { ...lodash, inside: "x" }] }),
    ]);
    expect(made.packages.map((p) => p.locations)).toEqual([
      [
        { path: "a/package.json", layer: 0 },
        { path: "a/package.json!x", layer: 0 },
        { path: "b/package.json", layer: 1 },
      ],
    ]);
  });

  test.each<[string, boolean | undefined, boolean | undefined, boolean | undefined]>([
    ["a development package and then a product's, it is the product's", true, undefined, false],
    [
      "a product's package and then a development one, it is the product's",
      undefined,
      true,
      undefined,
    ],
    ["a development package twice, it stays one", true, true, true],
  ])("of what is %s", (_, first, second, wanted) => {
    const lodashAs = (development: boolean | undefined): FoundPackage =>
      development === undefined ? lodash : { ...lodash, development };
    const { inventory: made } = inventory([
      placed("npm", "a/package-lock.json", { packages: [lodashAs(first)] }, null),
      placed("npm", "b/package-lock.json", { packages: [lodashAs(second)] }, null),
    ]);
    expect(made.packages.map((p) => p.development)).toEqual([wanted]);
  });

  test("joins the readings of a cataloger that asks for it", () => {
    const joining: Cataloger = {
      ...cataloger("npm", ["npm"]),
      join: (readings) =>
        readings.map(({ path }) => ({ path, reading: { packages: [lodash], problems: [] } })),
    };
    const { inventory: made } = inventory([placed("npm", "a", {})], { catalogers: [joining] });
    expect(made.packages.map((p) => p.name)).toEqual(["lodash"]);
  });
});

describe("a file that a layer above the owner's wrote anew", () => {
  const path = "usr/lib/node_modules/npm/package.json";
  const npm = (version: string): Partial<Reading> => ({
    packages: [{ type: "npm", name: "npm", version }],
  });
  const owning = { owned: [{ type: "deb" as const, name: "npm", paths: [path] }] };
  const system = (...names: string[]): Partial<Reading> => ({
    packages: names.map((name): FoundPackage => ({ type: "deb", name, version: "9.2" })),
  });
  const status = (layer: number, ...names: string[]): PlacedReading =>
    placed("dpkg", "var/lib/dpkg/status", system(...names), layer);
  const list = placed("dpkg", "var/lib/dpkg/info/npm.list", owning, 0);
  /** As apk and rpm keep it: packages and their files in one database. */
  const database = (layer: number, ...names: string[]): PlacedReading =>
    placed("dpkg", "lib/apk/db/installed", { ...system(...names), ...owning }, layer);

  /** What is visible, and what is hidden below it. */
  function others(visible: readonly PlacedReading[], hidden: readonly PlacedReading[]): string[] {
    const { inventory: made } = inventory(visible, { history: [...hidden, ...visible] });
    return made.packages.filter((p) => p.type === "npm").map((p) => p.version);
  }

  const brought = placed("npm", path, npm("9.2.0"), 0);
  const replaced = placed("npm", path, npm("10.1.0"), 1);

  test.each<[string, readonly PlacedReading[], readonly PlacedReading[], readonly string[]]>([
    ["is the package's no more", [status(0, "npm"), list, replaced], [brought], ["10.1.0"]],
    [
      "is not its own because more was installed later",
      [status(2, "bash", "npm"), list, replaced],
      [brought, status(0, "npm")],
      ["10.1.0"],
    ],
    [
      "is not its own where one database has packages and files, written anew later",
      [database(2, "bash", "npm"), replaced],
      [brought, database(0, "npm")],
      ["10.1.0"],
    ],
    [
      "is the package's when that was installed again with it",
      [status(1, "npm"), placed("dpkg", "var/lib/dpkg/info/npm.list", owning, 1), replaced],
      [brought, status(0, "bash"), list],
      [],
    ],
    [
      "is the package's when it is the same again",
      [status(0, "npm"), list, placed("npm", path, npm("9.2.0"), 1)],
      [brought],
      [],
    ],
    ["is the package's in its own layer", [database(3, "npm"), { ...replaced, layer: 3 }], [], []],
  ])("%s", (_, visible, hidden, found) => {
    expect(others(visible, hidden)).toEqual(found);
  });
});
