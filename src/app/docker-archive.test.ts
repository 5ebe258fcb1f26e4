// What `docker save` writes since version 25: a layout, and beside it the older manifest.json, which points into its blobs.
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { describeShared, sharedPath } from "../../test/shared.ts";
import { openDockerArchive } from "../io/archive/docker-archive.ts";
import { openOciArchive } from "../io/archive/oci-archive.ts";
import { tarBlobs } from "../io/archive/tar-blobs.ts";
import { tarOf, type WrittenEntry } from "../io/archive/test-support/tar-writer.ts";
import { openCache } from "../io/cache.ts";
import type { OpenedImage } from "../io/image.ts";
import { readSlice } from "../io/slice.ts";
import { AppError } from "../kit/error.ts";
import { layerFacts } from "./layers.ts";
import { targetOfFile } from "./recognise.ts";

const folder = mkdtempSync(join(tmpdir(), "bulwark-docker-archive-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let count = 0;
function written(bytes: Uint8Array): string {
  count += 1;
  const path = join(folder, String(count));
  writeFileSync(path, bytes);
  return path;
}

const hexOf = (bytes: Uint8Array | string): string =>
  createHash("sha256").update(bytes).digest("hex");

/** The archive's entries. `blobs` are the layers as stored; `change` alters one after it got its name. */
function saved(
  layers: readonly Buffer[],
  store: (layer: Buffer) => Buffer,
  change: (blob: Buffer, layer: number) => Buffer = (blob) => blob,
): WrittenEntry[] {
  const blobs = layers.map(store);
  const config = JSON.stringify({
    architecture: "amd64",
    os: "linux",
    rootfs: { type: "layers", diff_ids: layers.map((layer) => `sha256:${hexOf(layer)}`) },
  });
  const blobPath = (bytes: Uint8Array | string): string => `blobs/sha256/${hexOf(bytes)}`;
  const descriptor = (mediaType: string, bytes: Uint8Array | string): object => {
    return { mediaType, digest: `sha256:${hexOf(bytes)}`, size: Buffer.byteLength(bytes) };
  };
  const isPlain = blobs.every((blob, i) => blob === layers[i]);
  const layerType = `application/vnd.oci.image.layer.v1.tar${isPlain ? "" : "+gzip"}`;
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: descriptor("application/vnd.oci.image.config.v1+json", config),
    layers: blobs.map((blob) => descriptor(layerType, blob)),
  });
  const index = {
    schemaVersion: 2,
    manifests: [descriptor("application/vnd.oci.image.manifest.v1+json", manifest)],
  };
  const dockerManifest = [
    { Config: blobPath(config), RepoTags: ["web:1"], Layers: blobs.map(blobPath) },
  ];
  return [
    { name: "blobs/", type: "5" },
    { name: "blobs/sha256/", type: "5" },
    ...blobs.map((blob, i) => ({ name: blobPath(blob), content: change(blob, i) })),
    { name: blobPath(config), content: config },
    { name: blobPath(manifest), content: manifest },
    { name: "index.json", content: JSON.stringify(index) },
    { name: "manifest.json", content: JSON.stringify(dockerManifest) },
    { name: "oci-layout", content: '{"imageLayoutVersion":"1.0.0"}' },
  ];
}

const open = (path: string): Promise<OpenedImage> =>
  openDockerArchive(path, { reference: null, platform: null, target: "docker-archive:it" });

/** The paths in each layer, or what reading them ends with. */
async function read(image: OpenedImage): Promise<readonly string[] | string> {
  const { signal } = new AbortController();
  const context = { cache: openCache(null), signal, secrets: false, progress: () => undefined };
  try {
    return (await layerFacts(image, context)).map((facts) => facts?.files.paths.join(" ") ?? "");
  } catch (error) {
    return error instanceof AppError ? `${error.code}: ${error.message}` : String(error);
  }
}

const plain = (layer: Buffer): Buffer => layer;
const packed = (layer: Buffer): Buffer => gzipSync(layer);
const LAYERS = [tarOf([{ name: "a", content: "a" }]), tarOf([{ name: "b", content: "b" }])];
const [FIRST = Buffer.alloc(0), SECOND = Buffer.alloc(0)] = LAYERS;

describe.each([
  ["plain, as engines with their own store write them", plain],
  ["compressed, as engines with containerd's store write them", packed],
])("an archive of a layout whose layers are %s", (_, store) => {
  test.each([
    ["as it is", (bytes: Buffer) => bytes],
    ["compressed", (bytes: Buffer) => gzipSync(bytes)],
  ])("is read %s", async (__, pack) => {
    const path = written(pack(tarOf(saved(LAYERS, store))));
    const image = await open(path);
    expect([
      (await targetOfFile(path, readFileSync(path))).kind,
      image.summary.reference,
      image.summary.layers.map((layer) => layer.digest),
      await read(image),
    ]).toEqual([
      "docker-archive",
      "docker.io/library/web:1",
      LAYERS.map((layer) => `sha256:${hexOf(store(layer))}`),
      ["a", "b"],
    ]);
  });

  test("is the same image as a layout", async () => {
    const path = written(tarOf(saved(LAYERS, store)));
    const layout = await openOciArchive(path, { tag: null, platform: null, target: "it" });
    const image = await open(path);
    expect([layout.layers, await read(layout)]).toEqual([image.layers, ["a", "b"]]);
  });

  test("is refused when a layer was changed", async () => {
    const other = store(tarOf([{ name: "b", content: "!" }]));
    const change = (blob: Buffer, layer: number): Buffer => (layer === 1 ? other : blob);
    const path = written(tarOf(saved(LAYERS, store, change)));
    expect(await read(await open(path))).toBe(
      `digest-mismatch: cannot trust layer 2 of 2 (sha256:${hexOf(store(SECOND))}) of "docker-archive:it": its bytes have the digest sha256:${hexOf(other)}`,
    );
  });

  test("is read when it goes by once, as an engine exports it", async () => {
    const bytes = tarOf(saved(LAYERS, store));
    const image = await open(written(bytes));
    async function* pieces(): AsyncGenerator<Buffer> {
      for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000);
    }
    const access = { kind: "export", blobs: () => tarBlobs(pieces(), null) } as const;
    const layers = image.layers.map((layer) => ({ ...layer, digest: null }));
    expect(await read({ ...image, layers, access })).toEqual(["a", "b"]);
  });

  test("may have one layer twice", async () => {
    const image = await open(written(tarOf(saved([FIRST, SECOND, FIRST], store))));
    expect(await read(image)).toEqual(["a", "b", "a"]);
  });
});

test("a layer that holds something else than the configuration says is refused, though it has its name's digest", async () => {
  const entries = saved(LAYERS, packed);
  const other = gzipSync(tarOf([{ name: "c", content: "c" }]));
  const swapped = entries.map((entry) => {
    const isManifest = entry.name === "manifest.json";
    const content = String(entry.content).replace(hexOf(packed(SECOND)), hexOf(other));
    return isManifest ? { ...entry, content } : entry;
  });
  const path = written(
    tarOf([...swapped, { name: `blobs/sha256/${hexOf(other)}`, content: other }]),
  );
  expect(await read(await open(path))).toMatch(
    /^digest-mismatch: cannot trust layer 2 of 2 .*: its content has the digest sha256:\w+, and the configuration says sha256:\w+$/,
  );
});

describeShared("a real image", () => {
  test.each([
    ["plain", plain],
    ["compressed", packed],
  ])("holds the same when it is saved in the new form, %s", async (_, store) => {
    const old = written(
      gunzipSync(readFileSync(sharedPath("data/goldens/images/alpine-311.tar.gz"))),
    );
    const image = await open(old);
    if (image.access.kind !== "slices") throw new Error("it is plain");
    const layers: Buffer[] = [];
    for (const i of image.layers.keys()) {
      const pieces: Uint8Array[] = [];
      for await (const piece of readSlice(image.access.slice(i))) pieces.push(Buffer.from(piece));
      layers.push(Buffer.concat(pieces));
    }
    const renewed = await open(written(tarOf(saved(layers, store))));
    const paths = await read(image);
    expect([await read(renewed), paths[0]?.includes("lib/apk/db/installed")]).toEqual([
      paths,
      true,
    ]);
  });
});
