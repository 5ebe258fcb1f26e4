// What is cached of a layer must not outlive what was searched for: whatever decides what is found changes the cache's key.
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Plugin } from "esbuild";
import { expect, test } from "vitest";
import { tarOf } from "../src/io/archive/test-support/tar-writer.ts";
import { secretsDigest } from "./secrets-digest.js";

/** Changes one file as an edit of its code would. */
function edited(file: RegExp, from: string, to: string): Plugin {
  return {
    name: "edited",
    setup: (build) => {
      build.onLoad({ filter: file }, async ({ path }) => {
        const text = await readFile(path, "utf8");
        if (!text.includes(from)) throw new Error(`${path} has no ${JSON.stringify(from)}`);
        return { contents: text.replace(from, to), loader: "ts" };
      });
    },
  };
}

test("the same code has the same key", async () => {
  expect(await secretsDigest()).toBe(await secretsDigest());
});

test.each([
  ["a kind's look", /mail[/\\]kinds\.data\.ts$/, "SG.<base64url:22>", "SG.<base64url:23>"],
  ["a checksum", /shared[/\\]checks\.ts$/, "0xedb88320", "0xedb88321"],
  ["a key that everybody has", /published\.data\.ts$/, "4b08c56d286d3837", "4b08c56d286d3838"],
  ["what is a placeholder", /placeholder\.ts$/, '"changeme"', '"changeyou"'],
  ["how many places are listed", /secrets[/\\]reader\.ts$/, "10_000", "10_001"],
  ["how deep archives are opened", /packed-secrets\.ts$/, "DEPTH_MAX = 5", "DEPTH_MAX = 6"],
  ["how ZIP archives are read", /formats[/\\]zip\.ts$/, "RATIO_MAX = 1032", "RATIO_MAX = 1033"],
])("%s changes it", async (_, file, from, to) => {
  expect(await secretsDigest([edited(file, from, to)])).not.toBe(await secretsDigest());
});

test("the program keeps what it found in a layer under it, and not what it knows without searching", async () => {
  const root = mkdtempSync(join(tmpdir(), "bulwark-key-"));
  const after: string[] = [];
  try {
    const hex = (bytes: Uint8Array | string): string =>
      createHash("sha256").update(bytes).digest("hex");
    const layer = tarOf([{ name: "a", content: "x" }]);
    const rootfs = { type: "layers", diff_ids: [`sha256:${hex(layer)}`] };
    const config = JSON.stringify({ architecture: "amd64", os: "linux", config: {}, rootfs });
    const manifest = [{ Config: "c.json", RepoTags: ["a:1"], Layers: ["l/layer.tar"] }];
    const image = join(root, "a.tar");
    writeFileSync(
      image,
      tarOf([
        { name: "c.json", content: config },
        { name: "l/layer.tar", content: layer },
        { name: "manifest.json", content: JSON.stringify(manifest) },
      ]),
    );
    mkdirSync("node_modules/.cache/bulwark", { recursive: true });
    const built = realpathSync("node_modules/.cache/bulwark");
    const folder = mkdtempSync(join(built, "digest-"));
    after.push(folder);
    execFileSync(process.execPath, ["tools/build.js", folder]);
    const start = `const { main } = await import(${JSON.stringify(pathToFileURL(join(folder, "main.js")).href)}); process.exitCode = await main(process.argv.slice(1));`;
    const cachedBy = (...args: readonly string[]): string[] => {
      const env = { PATH: process.env["PATH"], HOME: root, BULWARK_CACHE_DIR: join(root, "cache") };
      const command = [
        "--input-type=module",
        "-e",
        start,
        "--",
        "scan",
        image,
        "--offline",
        ...args,
      ];
      const { status, stderr } = spawnSync(process.execPath, command, { env, encoding: "utf8" });
      expect([status, stderr]).toEqual([0, expect.anything()]);
      return readdirSync(join(root, "cache/layers")).filter((name) => name.startsWith(hex(layer)));
    };
    const without = cachedBy();
    const [added, ...others] = cachedBy("--secrets").filter((name) => !without.includes(name));
    expect([without.length, others]).toEqual([1, []]);
    expect(added).toBe(`${without[0]}-${await secretsDigest()}`);
  } finally {
    for (const folder of [root, ...after]) rmSync(folder, { recursive: true, force: true });
  }
}, 60_000);
