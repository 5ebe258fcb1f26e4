import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { describeShared, sharedPath } from "../../../test/shared.ts";
import { zipOf } from "../../formats/test-support/zip-writer.ts";
import { AppError } from "../../kit/error.ts";
import { exportStore } from "../store/export-store.ts";
import { importStore } from "../store/import-store.ts";
import { defaultStoreFolder, openStore, readManifest } from "../store/open.ts";
import { buildStore } from "./build-store.ts";
import { buildOrder, osvRecord, writeFeed } from "./test-support/small-feed.ts";

let base: string;
let store: string;
const signal = new AbortController().signal;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "bulwark-store-"));
  store = join(base, "db");
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

function feed(...records: readonly object[]): string {
  return writeFeed(join(base, `feed-${records.length}-${Math.random()}`), records);
}

async function codeOf(action: Promise<unknown>): Promise<string> {
  const error: unknown = await action.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return error instanceof AppError ? error.code : `not an AppError: ${String(error)}`;
}

describe("a store answers", () => {
  test("with what was built into it", async () => {
    const long = Array.from({ length: 9 }, (_, i) => `CVE-2026-100${i}`);
    const records = [
      osvRecord("GHSA-1", "x", {
        aliases: ["CVE-2026-0001"],
        severity: [{ type: "CVSS_V3", score: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H" }],
        references: [{ type: "WEB", url: "https://example.com/a" }],
      }),
      osvRecord("PYSEC-1", "y", { aliases: ["GHSA-1"], summary: "" }),
      osvRecord("ALSA-1", "z", {
        related: long,
        summary: "Moderate: z update",
        affected: [{ package: { ecosystem: "AlmaLinux:9", name: "z" }, versions: ["1", "2"] }],
      }),
      {
        catalogVersion: "1",
        vulnerabilities: [
          { cveID: "CVE-2026-0001", dateAdded: "2026-01-01", dueDate: "2026-01-09" },
          { cveID: "CVE-2020-9999", dateAdded: "2020-01-01", vulnerabilityName: "Lone" },
        ],
      },
    ];
    const folder = feed(...records);
    const epss = "#model_version:v4,score_date:2026-01-01T00:00:00Z\ncve,epss,percentile\n";
    writeFileSync(join(folder, "epss.csv.gz"), gzipSync(`${epss}CVE-2026-0001,0.5,0.9\n`));
    const { problems } = await buildStore(buildOrder(folder, store));
    const { source, data, close } = await openStore(store, new Date("2026-01-03T03:04:05Z"));
    expect({
      problems,
      x: source.affected("npm", "x"),
      z: source.affected("AlmaLinux:9", "z"),
      none: source.affected("npm", "nothing"),
      has: ["npm", "AlmaLinux:9", "AlmaLinux:8", "PyPI"].map((e) => source.hasEcosystem(e)),
      cve: source.vulnerability("CVE-2026-0001"),
      byAliases: ["GHSA-1", "PYSEC-1"].map((id) => source.vulnerability(id)?.id),
      update: source.vulnerability("ALSA-1")?.severity,
      lone: source.vulnerability("CVE-2020-9999")?.summary,
      unknown: source.vulnerability("CVE-1999-0001"),
      data: { ...data },
    }).toEqual({
      problems: [],
      x: [
        {
          advisory: "GHSA-1",
          vulnerabilities: ["CVE-2026-0001"],
          ranges: [{ introduced: "0", fixed: "1.2.3" }],
          source: "osv",
        },
      ],
      z: [
        {
          advisory: "ALSA-1",
          vulnerabilities: long,
          ranges: [],
          versions: ["1", "2"],
          severity: "medium",
          source: "osv",
        },
      ],
      none: [],
      has: [true, true, false, false],
      cve: {
        id: "CVE-2026-0001",
        aliases: ["GHSA-1", "PYSEC-1"],
        summary: "flaw GHSA-1",
        severity: "critical",
        cvss: [
          {
            version: "3.1",
            vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
            score: 9.8,
          },
        ],
        epss: { probability: 0.5, percentile: 0.9, date: "2026-01-01" },
        knownExploited: { addedAt: "2026-01-01", dueAt: "2026-01-09", ransomware: false },
        publishedAt: null,
        modifiedAt: "2026-01-02T03:04:05Z",
        references: ["https://example.com/a"],
      },
      byAliases: ["CVE-2026-0001", "CVE-2026-0001"],
      update: "medium",
      lone: "Lone",
      unknown: null,
      data: {
        kind: "full",
        builtAt: "2026-01-02T03:04:05.000Z",
        ageHours: 24,
        ecosystems: ["AlmaLinux:9", "npm"],
        advisories: 3,
      },
    });
    close();
  });

  test("whatever the names, and from a folder that may only be read", async () => {
    const names = ["__proto__", "constructor", "ü\u{1f600}", "a".repeat(400), "@s/x"];
    await buildStore(buildOrder(feed(...names.map((n, i) => osvRecord(`G-${i}`, n))), store));
    for (const entry of readdirSync(store, { recursive: true }))
      chmodSync(join(store, String(entry)), 0o555);
    chmodSync(store, 0o555);
    const { source, close } = await openStore(store);
    expect(names.map((n) => source.affected("npm", n).map((s) => s.advisory))).toEqual(
      names.map((_, i) => [`G-${i}`]),
    );
    close();
    chmodSync(store, 0o755);
  });
});

describe("a build", () => {
  test("reads zip, gzip and tar, and names what it cannot use", async () => {
    const folder = feed(osvRecord("GHSA-1", "x"));
    const zip = [
      { name: "a.json", content: JSON.stringify(osvRecord("GHSA-2", "x")) },
      { name: "b.json", content: "{broken" },
    ];
    writeFileSync(join(folder, "all.zip"), zipOf(zip));
    writeFileSync(join(folder, "readme.md"), "hello");
    writeFileSync(join(folder, "modified_id.csv"), "2026-01-01,GHSA-1");
    writeFileSync(join(folder, "cut.zip"), zipOf(zip).subarray(0, 60));
    const packed = writeFeed(join(base, "packed"), [osvRecord("GHSA-3", "x")]);
    execFileSync("tar", ["czf", join(folder, "t.tar.gz"), "-C", packed, "."]);
    const { problems } = await buildStore(buildOrder(folder, store));
    const { source, close } = await openStore(store);
    expect({
      found: source.affected("npm", "x").map((s) => s.advisory),
      problems: problems.map((p) => [p.path.slice(folder.length + 1), p.detail.slice(0, 16)]),
    }).toEqual({
      found: ["GHSA-1", "GHSA-2", "GHSA-3"],
      problems: [
        ["all.zip!b.json", "it is not JSON ("],
        ["cut.zip", "it has no end re"],
        ["readme.md", "it is of no form"],
      ],
    });
    close();
  });

  test("of the same files gives the same bytes", async () => {
    const folder = feed(osvRecord("GHSA-1", "x"), osvRecord("GHSA-2", "y"));
    const first = (await buildStore(buildOrder(folder, store))).manifest;
    const second = (await buildStore(buildOrder(folder, join(base, "other")))).manifest;
    expect(second.tables.map((t) => t.sha256)).toEqual(first.tables.map((t) => t.sha256));
  });

  test("of nothing of use fails, and leaves the old store", async () => {
    await buildStore(buildOrder(feed(osvRecord("GHSA-1", "x")), store));
    const empty = join(base, "empty");
    mkdirSync(empty);
    writeFileSync(join(empty, "x"), "x");
    expect([
      await codeOf(buildStore(buildOrder(empty, store))),
      await codeOf(buildStore(buildOrder(join(base, "absent"), store))),
      (await openStore(store)).source.affected("npm", "x").length,
    ]).toEqual(["feed-invalid", "not-found", 1]);
  });

  test("where no folder can be made says so", async () => {
    const file = join(base, "file");
    writeFileSync(file, "");
    const from = feed(osvRecord("GHSA-1", "x"));
    const folders = [join(file, "db"), "/proc/bulwark/db"];
    expect(
      await Promise.all(folders.map((folder) => codeOf(buildStore(buildOrder(from, folder))))),
    ).toEqual(["output-unwritable", "output-unwritable"]);
  });

  test("that is interrupted leaves the old store, and nothing of itself", async () => {
    await buildStore(buildOrder(feed(osvRecord("GHSA-1", "x")), store));
    const before = readdirSync(store).sort();
    const interruption = new AbortController();
    const order = buildOrder(feed(osvRecord("GHSA-2", "x")), store, {
      signal: interruption.signal,
      onProgress: ({ step }) => {
        if (step === "writing") interruption.abort(new AppError("interrupted", "interrupted"));
      },
    });
    expect([await codeOf(buildStore(order)), readdirSync(store).sort()]).toEqual([
      "interrupted",
      before,
    ]);
  });

  test("replaces the old store, whose readers go on with what they opened", async () => {
    await buildStore(buildOrder(feed(osvRecord("GHSA-1", "x")), store));
    const old = await openStore(store);
    await buildStore(buildOrder(feed(osvRecord("GHSA-2", "x")), store));
    const young = await openStore(store);
    expect([old, young].map((s) => s.source.affected("npm", "x")[0]?.advisory)).toEqual([
      "GHSA-1",
      "GHSA-2",
    ]);
    expect(readdirSync(store).length).toBe(2);
    old.close();
    young.close();
  });

  test("beside others at the same time leaves one whole store", async () => {
    const folders = Array.from({ length: 6 }, (_, i) => feed(osvRecord(`GHSA-${i}`, "x")));
    await Promise.all(folders.map((folder) => buildStore(buildOrder(folder, store))));
    const { source, close } = await openStore(store);
    expect(source.affected("npm", "x").length).toBe(1);
    close();
  });

  const isRoot = process.getuid?.() === 0 && process.platform === "linux";
  test.skipIf(!isRoot)(
    "on a full disk says so and leaves the old store (needs root)",
    async (context) => {
      mkdirSync(store);
      try {
        execFileSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", store], {
          stdio: "ignore",
        });
      } catch {
        return context.skip("may not mount a tmpfs here");
      }
      try {
        await buildStore(buildOrder(feed(osvRecord("GHSA-1", "x")), store));
        const many = Array.from({ length: 800 }, (_, i) =>
          osvRecord(`GHSA-${i}`, `${i}-${"n".repeat(450)}`),
        );
        expect([
          await codeOf(buildStore(buildOrder(feed(...many), store))),
          (await openStore(store)).source.affected("npm", "x").length,
          readdirSync(store).length,
        ]).toEqual(["disk-full", 1, 2]);
      } finally {
        execFileSync("umount", ["-l", store]);
      }
    },
  );
});

describe("a damaged store is refused", () => {
  const table = (): string => join(store, readManifest(store).tables[0]?.file ?? "");
  const overwrite = (at: number): void => {
    const bytes = readFileSync(table());
    bytes[at < 0 ? bytes.length + at : at] = 0x7f;
    writeFileSync(table(), bytes);
  };
  test.each<[string, string, () => void]>([
    ["no folder", "store-missing", () => rmSync(store, { recursive: true })],
    ["no manifest", "store-missing", () => unlinkSync(join(store, "store.json"))],
    ["half a manifest", "store-invalid", () => truncateSync(join(store, "store.json"), 100)],
    ["an empty manifest", "store-invalid", () => writeFileSync(join(store, "store.json"), "")],
    [
      "a manifest that leads elsewhere",
      "store-invalid",
      () => {
        const path = join(store, "store.json");
        writeFileSync(path, readFileSync(path, "utf8").replace(/gen-[0-9a-f]+/, ".."));
      },
    ],
    [
      "another schema",
      "store-invalid",
      () => {
        const path = join(store, "store.json");
        writeFileSync(path, readFileSync(path, "utf8").replace("store/v2", "store/v9"));
      },
    ],
    ["no table", "store-invalid", () => unlinkSync(table())],
    ["a cut table", "store-invalid", () => truncateSync(table(), statSync(table()).size - 9)],
    ["an empty table", "store-invalid", () => truncateSync(table(), 0)],
    ["a changed block", "store-invalid", () => overwrite(20)],
    ["a changed index", "store-invalid", () => overwrite(-40)],
    ["a changed footer", "store-invalid", () => overwrite(-3)],
  ])("%s", async (_, code, damage) => {
    await buildStore(buildOrder(feed(osvRecord("GHSA-1", "x")), store));
    damage();
    const look = async (): Promise<unknown> => (await openStore(store)).source.affected("npm", "x");
    expect(await codeOf(look())).toBe(code);
  });

  test("at every place at which a byte may change", async () => {
    await buildStore(buildOrder(feed(osvRecord("GHSA-1", "x")), store));
    const whole = readFileSync(table());
    const wanted = JSON.stringify((await openStore(store)).source.affected("npm", "x"));
    for (let at = 0; at < whole.length; at += 3) {
      const bytes = Buffer.from(whole);
      bytes[at] = (bytes[at] ?? 0) ^ 0x55;
      writeFileSync(table(), bytes);
      const answer = await openStore(store)
        .then((s) => JSON.stringify(s.source.affected("npm", "x")))
        .catch((error: unknown) => (error instanceof AppError ? error.code : String(error)));
      expect([wanted, "store-invalid"]).toContain(answer);
    }
  });
});

describe("an exported store", () => {
  test("is imported with the same bytes, in place of an older one", async () => {
    await buildStore(buildOrder(feed(osvRecord("GHSA-1", "x")), store));
    const file = join(base, "db.tgz");
    await exportStore(store, file, signal);
    const other = join(base, "other");
    await buildStore(buildOrder(feed(osvRecord("GHSA-2", "x")), other));
    await importStore(file, other, signal);
    expect([
      readManifest(other).tables.map((t) => t.sha256),
      (await openStore(other)).source.affected("npm", "x")[0]?.advisory,
      execFileSync("tar", ["tzf", file]).toString().split("\n")[0],
    ]).toEqual([readManifest(store).tables.map((t) => t.sha256), "GHSA-1", "store.json"]);
  });

  test.each<[string, string, (file: string) => void]>([
    ["cut", "store-invalid", (file) => truncateSync(file, statSync(file).size - 40)],
    ["empty", "store-invalid", (file) => writeFileSync(file, "")],
    ["absent", "not-found", (file) => unlinkSync(file)],
    ["another file", "store-invalid", (file) => writeFileSync(file, "hello".repeat(500))],
    [
      "changed inside",
      "digest-mismatch",
      (file) => {
        const folder = join(base, "unpacked");
        mkdirSync(folder);
        execFileSync("tar", ["xzf", file, "-C", folder]);
        const [path = ""] = readdirSync(folder, { recursive: true })
          .map(String)
          .filter((n) => n.endsWith(".table"));
        const bytes = readFileSync(join(folder, path));
        bytes[9] = (bytes[9] ?? 0) ^ 1;
        writeFileSync(join(folder, path), bytes);
        execFileSync("tar", ["czf", file, "-C", folder, "store.json", "store.json.sha256", path]);
      },
    ],
  ])("that is %s is refused, and the store in use stays", async (_, code, damage) => {
    await buildStore(buildOrder(feed(osvRecord("GHSA-1", "x")), store));
    const file = join(base, "db.tgz");
    await exportStore(store, file, signal);
    damage(file);
    const before = readdirSync(store).sort();
    expect([await codeOf(importStore(file, store, signal)), readdirSync(store).sort()]).toEqual([
      code,
      before,
    ]);
  });

  test("is not made of a damaged store, and leaves no half file", async () => {
    await buildStore(buildOrder(feed(osvRecord("GHSA-1", "x")), store));
    const table = join(store, readManifest(store).tables[0]?.file ?? "");
    const bytes = readFileSync(table);
    bytes[9] = 0x7f;
    writeFileSync(table, bytes);
    const file = join(base, "db.tgz");
    expect([await codeOf(exportStore(store, file, signal)), existsSync(file)]).toEqual([
      "store-invalid",
      false,
    ]);
  });
});

test.each([
  [{ BULWARK_DB: "/a" }, "/a"],
  [{ XDG_DATA_HOME: "/d" }, "/d/bulwark/db"],
  [{ XDG_DATA_HOME: "relative", HOME: "/h" }, "/h/.local/share/bulwark/db"],
])("the usual place with %j is %s", (env, wanted) => {
  expect(defaultStoreFolder(env)).toBe(wanted);
});

describeShared("a store of publishers' data", () => {
  test("knows what is in them, from every side", { timeout: 120_000 }, async () => {
    const from = ["osv/Debian", "osv/npm", "osv/crates.io", "native/kev", "native/epss"];
    const paths = [...from, "native/alpine-secdb/v3.17", "native/debian/DSA.list.gz"];
    const order = { ...buildOrder("", store), from: paths.map((p) => sharedPath(`data/${p}`)) };
    const now = new Date("2026-11-25T00:00:00Z");
    const { problems, manifest } = await buildStore({ ...order, now });
    const { source, close } = await openStore(store);
    expect({
      problems: problems.map((p) => p.path.split("/").at(-1)),
      tables: manifest.tables.map((t) => t.name),
      currentAt: manifest.currentAt.slice(0, 10),
      krb5: source.affected("Debian:12", "krb5").find((s) => s.advisory === "DEBIAN-CVE-2022-42898")
        ?.ranges,
      absent: source.affected("Debian:12", "no-such-package"),
      openssl: source.affected("Alpine:v3.17", "openssl").length > 10,
      log4shell: source.vulnerability("CVE-2021-44228")?.knownExploited?.ransomware,
      coa: source.affected("npm", "coa").map((s) => s.versions?.length),
    }).toEqual({
      problems: ["schema.json"],
      tables: [
        ...["Alpine", "Debian", "Maven", "NuGet", "Packagist", "PyPI", "RubyGems", "crates.io"],
        ...["known-exploited", "npm"],
      ],
      currentAt: "2026-09-10",
      krb5: [{ introduced: "0", fixed: "1.20.1-1" }],
      absent: [],
      openssl: true,
      log4shell: true,
      coa: [6],
    });
    close();
  });
});
