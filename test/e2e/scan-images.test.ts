// One path through the whole program, and what hostile, damaged or unlucky surroundings make of it: each ends with a clear
// message, the right exit code, and nothing lost or half-written.
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { tarOf, type WrittenEntry } from "../../src/io/archive/test-support/tar-writer.ts";
import { LayoutWriter, named } from "../../src/io/layout/test-support/layout-writer.ts";
import type { ScanResult } from "../../src/model/scan.ts";
import { BUNDLE_TIMEOUT_MS, type Bundle, buildBundle, type Ended, start } from "../lab/bundle.ts";

let bundle: Bundle;
let folder = "";

beforeAll(() => {
  bundle = buildBundle("e2e");
}, BUNDLE_TIMEOUT_MS);
afterAll(() => bundle.remove());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bulwark-e2e-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function bulwark(...args: string[]): Promise<Ended> {
  return start(bundle.program, args, { folder }).ended;
}

const STATUS = `Package: bash
Status: install ok installed
Architecture: amd64
Version: 5.2.15-2+b2
Source: bash (5.2.15-2)

`;
const BASE: readonly WrittenEntry[] = [
  { name: "etc/os-release", content: 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian 12"\n' },
  { name: "var/lib/dpkg/status", content: STATUS },
];
const LODASH: WrittenEntry = {
  name: "app/node_modules/lodash/package.json",
  content: '{"name": "lodash", "version": "4.17.20", "license": "MIT"}',
};

/** A layout in `image/`, one gzipped layer for each list of entries. */
function layout(...layers: readonly (readonly WrittenEntry[])[]): LayoutWriter {
  const writer = new LayoutWriter(join(folder, "image"));
  const plain = layers.map((entries) => tarOf(entries));
  const image = writer.image(
    [],
    {
      rootfs: {
        type: "layers",
        diff_ids: plain.map((bytes) => writer.blob("x", bytes).digest),
      },
      history: layers.map((_, i) => ({ created_by: `RUN step ${i}` })),
    },
    {
      layers: plain.map((bytes) =>
        writer.blob("application/vnd.oci.image.layer.v1.tar+gzip", gzipSync(bytes)),
      ),
    },
  );
  writer.finish([named(image.manifest, "latest")]);
  return writer;
}

function parsed({ stdout }: Ended): ScanResult {
  return JSON.parse(stdout) as ScanResult;
}

describe("a scan", () => {
  test("says what is in an image, in which layer, and keeps its file index", async () => {
    layout(BASE, [LODASH]);
    const ended = await bulwark("scan", "oci:image", "--format", "json");
    const { packages, distribution, artifact, problems } = parsed(ended);
    expect([
      ended.exit,
      distribution?.id,
      packages.map((p) => [p.purl, p.locations[0]?.layer]),
      artifact.layers.map((layer) => layer.createdBy),
      problems.map((p) => p.code),
    ]).toEqual([
      0,
      "debian",
      [
        [
          "pkg:deb/debian/bash@5.2.15-2%2Bb2?arch=amd64&distro=debian-12&upstream=bash%405.2.15-2",
          0,
        ],
        ["pkg:npm/lodash@4.17.20", 1],
      ],
      ["RUN step 0", "RUN step 1"],
      ["data-partial"],
    ]);
    const files = await bulwark("files", "oci:image", "app");
    expect(files.stdout).toMatch(/layer 2 .* app\/node_modules\/lodash\/package\.json/);
  });

  test("counts only what is still there in the end", async () => {
    layout(
      [...BASE, LODASH],
      [{ name: "app/node_modules/.wh.lodash" }, { name: "var/lib/dpkg/status", content: "" }],
    );
    const ended = await bulwark("scan", "oci:image", "--format", "json");
    expect(parsed(ended).packages).toEqual([]);
  });

  test("is as good from the cache as without it", async () => {
    layout(BASE, [LODASH]);
    const facts = (e: Ended): unknown => ({ ...parsed(e), scannedAt: "" });
    const cold = await bulwark("scan", "oci:image", "--format", "json");
    const warm = await bulwark("scan", "oci:image", "--format", "json");
    const uncached = await bulwark("scan", "oci:image", "--format", "json", "--no-cache");
    expect([facts(warm), facts(uncached)]).toEqual([facts(cold), facts(cold)]);
  });

  test("survives a cache that was cut or changed", async () => {
    layout(BASE, [LODASH]);
    const cold = parsed(await bulwark("scan", "oci:image", "--format", "json"));
    const cache = join(folder, ".home/.cache/bulwark");
    for (const kind of readdirSync(cache)) {
      for (const name of readdirSync(join(cache, kind))) {
        const path = join(cache, kind, name);
        const bytes = readFileSync(path);
        writeFileSync(path, bytes.subarray(0, bytes.length >> 1));
      }
    }
    const after = parsed(await bulwark("scan", "oci:image", "--format", "json"));
    expect(after.packages).toEqual(cold.packages);
  });

  test("may run twice at once", async () => {
    layout(BASE, [LODASH]);
    const runs = await Promise.all(
      [1, 2, 3].map(() => bulwark("scan", "oci:image", "--format", "json")),
    );
    expect(runs.map((run) => [run.exit, parsed(run).packages.length])).toEqual([
      [0, 2],
      [0, 2],
      [0, 2],
    ]);
  });

  test("goes on where nothing can be kept, and says so", async () => {
    layout(BASE);
    writeFileSync(join(folder, "occupied"), "");
    const env = {
      BULWARK_CACHE_DIR: join(folder, "occupied/c"),
      BULWARK_DATA_DIR: join(folder, "occupied/d"),
    };
    const args = ["scan", "oci:image", "--format", "json"];
    const ended = await start(bundle.program, args, { folder, env }).ended;
    expect([
      ended.exit,
      parsed(ended)
        .problems.map((p) => p.code)
        .sort(),
    ]).toEqual([0, ["cache-unusable", "data-partial", "record-unwritable"]]);
  });

  test("of several targets keeps what worked beside what failed", async () => {
    layout(BASE);
    const ended = await bulwark("scan", "oci:missing", "oci:image", "--format", "json");
    expect([ended.exit, parsed(ended).packages.length, /\(not-found\)/.test(ended.stderr)]).toEqual(
      [1, 1, true],
    );
  });
});

test("an image of one static program is not clean: nobody knows what it was made of", async () => {
  layout([{ name: "app", mode: 0o755, content: STATIC }]);
  const json = await bulwark("scan", "oci:image", "--format", "json", "--fail-on", "critical");
  const { problems, verdict } = parsed(json);
  const again = await bulwark("scan", "oci:image", "--fail-on", "critical");
  expect([
    json.exit,
    again.exit,
    verdict.outcome,
    problems.filter((p) => p.code === "nothing-recognised").map((p) => p.path),
  ]).toEqual([4, 4, "undecided", ["app"]]);
});

/** An ELF file as far as its header. */
const STATIC = `\u007fELF\u0002\u0001\u0001${"\0".repeat(60)}`;

describe("a damaged image", () => {
  const gzip = "application/vnd.oci.image.layer.v1.tar+gzip";

  test.each<[string, (writer: LayoutWriter) => void, RegExp]>([
    [
      "whose layer was changed",
      (w) => change(w, (bytes) => gzipSync(Buffer.concat([tarOf([LODASH]), bytes.subarray(0, 0)]))),
      /bulwark: error: cannot trust layer 1 of 1,? \(?sha256:[0-9a-f]{64}\)? of (layout "image"|"oci:image"): .*\(digest-mismatch\)/,
    ],
    [
      "whose layer was cut",
      (w) => change(w, (bytes) => bytes.subarray(0, bytes.length - 40)),
      /cannot (read|trust) layer 1 of 1,? \(?sha256:[0-9a-f]{64}\)? of (layout "image"|"oci:image"): .*\((archive-invalid|digest-mismatch)\)/,
    ],
    ["whose layer is gone", (w) => rmSync(layerPath(w)), /\((archive-invalid|not-found)\)/],
    [
      "whose index is no JSON",
      (w) => writeFileSync(join(w.folder, "index.json"), "{"),
      /\(archive-invalid\)/,
    ],
    [
      "whose index is missing",
      (w) => rmSync(join(w.folder, "index.json")),
      /\((archive-invalid|not-found)\)/,
    ],
  ])("%s is refused with exit 1", async (_, damage, message) => {
    const writer = layout(BASE);
    damage(writer);
    const ended = await bulwark("scan", "oci:image", "--fail-on", "low");
    expect([ended.exit, ended.stdout]).toEqual([1, ""]);
    expect(ended.stderr).toMatch(message);
  });

  test("with a decompression bomb is refused in bounded memory", async () => {
    const writer = new LayoutWriter(join(folder, "image"));
    // A tar header that claims 8 GiB, and zeros that compress a thousandfold.
    const zeros = gzipSync(Buffer.alloc(64 << 20));
    const bomb = Buffer.concat(Array.from({ length: 80 }, () => zeros));
    const layer = writer.blob(gzip, bomb);
    const config = { rootfs: { type: "layers", diff_ids: [layer.digest] } };
    const image = writer.image([], config, { layers: [layer] });
    writer.finish([named(image.manifest, "latest")]);
    const ended = await bulwark("scan", "oci:image");
    expect([
      ended.exit,
      /\((limit-exceeded|archive-invalid|digest-mismatch)\)/.test(ended.stderr),
    ]).toEqual([1, true]);
  });

  test("with paths that lead outside tells of them and leaves a threshold undecided", async () => {
    layout([
      ...BASE,
      { name: "../../etc/passwd", content: "x" },
      { name: "ok/../../x", content: "y" },
      { name: "a", type: "2", link: "b" },
      { name: "b", type: "2", link: "a" },
    ]);
    const ended = await bulwark("scan", "oci:image", "--format", "json", "--fail-on", "critical");
    const codes = parsed(ended).problems.map((p) => p.code);
    expect([ended.exit, codes.filter((c) => c === "entry-refused").length]).toEqual([4, 2]);
  });

  test("with a broken package database is scanned, and said to be incomplete", async () => {
    layout([
      { name: "etc/os-release", content: "ID=debian\nVERSION_ID=12\n" },
      { name: "var/lib/dpkg/status", content: `${STATUS}Package: cu` },
    ]);
    const ended = await bulwark("scan", "oci:image", "--format", "json", "--fail-on", "low");
    const { packages, problems, verdict } = parsed(ended);
    expect([
      ended.exit,
      packages.map((p) => p.name),
      problems.some((p) => p.code === "file-damaged" && p.path === "var/lib/dpkg/status"),
      verdict.outcome,
    ]).toEqual([4, ["bash"], true, "undecided"]);
  });
});

describe("interruption and a full disk", () => {
  test("SIGINT ends with 130 and leaves nothing half-written", async () => {
    const noise = Buffer.alloc(48 << 20, "bulwark-e2e ");
    layout([...BASE, { name: "big", content: noise }], [{ name: "big2", content: noise }]);
    let ended: Ended = { exit: 255, stdout: "", stderr: "" };
    // Before Node runs our first line a signal simply ends it; how long that takes depends on the machine.
    for (const waitMs of [100, 300, 600, 1200, 2500]) {
      rmSync(join(folder, ".home"), { recursive: true, force: true });
      const args = ["scan", "oci:image", "-o", "report.txt"];
      const running = start(bundle.program, args, { folder });
      await sleep(waitMs);
      running.child.kill("SIGINT");
      ended = await running.ended;
      if (ended.exit !== 255) break;
    }
    const { exit, stderr } = ended;
    const left = readdirSync(folder, { recursive: true }).map(String);
    // A very fast machine may have ended by itself; then the report is whole.
    if (exit === 0) expect(left).toContain("report.txt");
    else expect([exit, /interrupted/.test(stderr)]).toEqual([130, true]);
    expect(left.filter((name) => name.endsWith(".part"))).toEqual([]);
  });

  test.skipIf(process.getuid?.() !== 0)(
    "a full disk fails the report and keeps the old one (needs root)",
    async () => {
      layout(BASE);
      const small = join(folder, "small");
      mkdirSync(small);
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=8k", "tmpfs", small]);
      try {
        writeFileSync(join(small, "r.json"), "old");
        const ended = await bulwark("scan", "oci:image", "-f", "html", "-o", "small/r.json");
        expect([ended.exit, readFileSync(join(small, "r.json"), "utf8")]).toEqual([1, "old"]);
        expect(ended.stderr).toMatch(/no space is left \(disk-full\)/);
        expect(readdirSync(small)).toEqual(["r.json"]);
      } finally {
        execFileSync("umount", [small]);
      }
    },
  );

  test("a report that cannot be written is an error that names the file", async () => {
    layout(BASE);
    mkdirSync(join(folder, "report"));
    const ended = await bulwark("scan", "oci:image", "-o", "report");
    expect([
      ended.exit,
      /cannot write report "report".*\(output-unwritable\)/.test(ended.stderr),
    ]).toEqual([1, true]);
    chmodSync(join(folder, "report"), 0o700);
  });
});

function layerPath(writer: LayoutWriter): string {
  const index = JSON.parse(readFileSync(join(writer.folder, "index.json"), "utf8"));
  const manifest = JSON.parse(readFileSync(writer.pathOf(index.manifests[0].digest), "utf8"));
  return writer.pathOf(manifest.layers[0].digest);
}

function change(writer: LayoutWriter, to: (bytes: Buffer) => Buffer): void {
  const path = layerPath(writer);
  writeFileSync(path, to(readFileSync(path)));
}
