// Makes images for the benchmarks: OCI layouts out of folders, each folder a layer. Kept beside the system's temporary files.
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  createReadStream,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createGunzip } from "node:zlib";
import { labRootfs } from "../test/lab/debootstrap.ts";

export const BENCH: string = join(tmpdir(), "bulwark-bench");

export interface BenchImage {
  readonly layout: string;
  readonly blobs: readonly string[];
  readonly compressedBytes: number;
}

/** Real packages with many and with large files. */
const NODE_PACKAGES = [
  "esbuild@0.24.0",
  "webpack@5.97.1",
  "typescript@5.7.2",
  "aws-sdk@2.1692.0",
  "monaco-editor@0.52.2",
  "date-fns@4.1.0",
  "lodash@4.17.21",
];

/** Debian bookworm and a real node_modules: over 140 MB compressed, in two layers. Made once. */
export async function realImage(): Promise<BenchImage> {
  const { root, reason } = await labRootfs("bookworm");
  if (root === null) throw new Error(`no root file system: ${reason}`);
  const app = join(BENCH, "app");
  if (!existsSync(join(app, "srv/node_modules"))) {
    mkdirSync(join(app, "srv"), { recursive: true });
    const args = [
      "install",
      "--ignore-scripts",
      "--no-audit",
      "--no-fund",
      "--prefix",
      join(app, "srv"),
    ];
    execFileSync("npm", [...args, ...NODE_PACKAGES], { stdio: "inherit" });
  }
  return image("real", [root, app]);
}

/** An OCI layout of these folders, one layer each, from the bottom. */
export async function image(name: string, folders: readonly string[]): Promise<BenchImage> {
  const layout = join(BENCH, `${name}.oci`);
  const blobFolder = join(layout, "blobs/sha256");
  const list = join(layout, "blobs.json");
  if (!existsSync(list)) {
    rmSync(layout, { recursive: true, force: true });
    mkdirSync(blobFolder, { recursive: true });
    const layers = [];
    for (const folder of folders) layers.push(await layerOf(folder, blobFolder));
    writeLayout(layout, layers);
    writeFileSync(list, JSON.stringify(layers.map((l) => l.digest)));
  }
  const digests = JSON.parse(readFileSync(list, "utf8")) as string[];
  const blobs = digests.map((digest) => join(blobFolder, digest));
  return { layout, blobs, compressedBytes: blobs.reduce((sum, b) => sum + statSync(b).size, 0) };
}

interface Layer {
  readonly digest: string;
  readonly diffId: string;
  readonly size: number;
}

async function layerOf(folder: string, blobFolder: string): Promise<Layer> {
  const partial = join(blobFolder, "partial");
  const packed = spawnSync("sh", [
    "-c",
    'tar --numeric-owner -C "$1" -cf - . | gzip -6 -n >"$2"',
    "sh",
    folder,
    partial,
  ]);
  if (packed.status !== 0) throw new Error(`cannot pack ${folder}: ${packed.stderr}`);
  const digest = await sha256(createReadStream(partial));
  const diffId = await sha256(createReadStream(partial).pipe(createGunzip()));
  renameSync(partial, join(blobFolder, digest));
  return { digest, diffId, size: statSync(join(blobFolder, digest)).size };
}

async function sha256(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of stream) hash.update(piece);
  return hash.digest("hex");
}

function writeLayout(layout: string, layers: readonly Layer[]): void {
  const put = (value: unknown): { digest: string; size: number } => {
    const bytes = Buffer.from(JSON.stringify(value));
    const digest = createHash("sha256").update(bytes).digest("hex");
    writeFileSync(join(layout, "blobs/sha256", digest), bytes);
    return { digest: `sha256:${digest}`, size: bytes.length };
  };
  const config = put({
    architecture: process.arch === "x64" ? "amd64" : process.arch,
    os: "linux",
    config: {},
    rootfs: { type: "layers", diff_ids: layers.map((l) => `sha256:${l.diffId}`) },
    history: layers.map((_, i) => ({ created_by: `bench layer ${i}` })),
  });
  const manifest = put({
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: { mediaType: "application/vnd.oci.image.config.v1+json", ...config },
    layers: layers.map(({ digest, size }) => ({
      mediaType: "application/vnd.oci.image.layer.v1.tar+gzip",
      digest: `sha256:${digest}`,
      size,
    })),
  });
  const index = {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.index.v1+json",
    manifests: [
      {
        mediaType: "application/vnd.oci.image.manifest.v1+json",
        ...manifest,
        annotations: { "org.opencontainers.image.ref.name": "latest" },
      },
    ],
  };
  writeFileSync(join(layout, "index.json"), JSON.stringify(index));
  writeFileSync(join(layout, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
}
