import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { scan } from "../../test/make-scan.ts";
import { imageSettings } from "../formats/image-settings.ts";
import { tarOf } from "../io/archive/test-support/tar-writer.ts";
import { openCache } from "../io/cache.ts";
import type { ImageLayer, LayerAccess, OpenedImage } from "../io/image.ts";
import { AppError } from "../kit/error.ts";
import { type Digest, parseDigest } from "../model/digest.ts";
import { layerFacts } from "./layers.ts";

const folder = mkdtempSync(join(tmpdir(), "bulwark-layers-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const digestOf = (bytes: Uint8Array): Digest =>
  parseDigest(`sha256:${createHash("sha256").update(bytes).digest("hex")}`);
const plain = [tarOf([{ name: "a", content: "x" }]), tarOf([{ name: "b", content: "y" }])];
const whole = plain.map((bytes) => gzipSync(bytes));
const layers: readonly ImageLayer[] = plain.map((bytes, i) => ({
  digest: digestOf(whole[i] ?? bytes),
  diffId: digestOf(bytes),
  sizeBytes: null,
  unreadable: null,
}));

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

type Kind = LayerAccess["kind"];
const ACCESS: Readonly<Record<Kind, (blobs: readonly Buffer[]) => LayerAccess>> = {
  slices: (blobs) => {
    const path = join(folder, "blobs");
    writeFileSync(path, Buffer.concat(blobs));
    const offset = (layer: number): number => Buffer.concat(blobs.slice(0, layer)).length;
    const size = (layer: number): number => blobs[layer]?.length ?? 0;
    return {
      kind: "slices",
      slice: (layer) => ({ path, offset: offset(layer), sizeBytes: size(layer) }),
    };
  },
  streams: (blobs) => ({
    kind: "streams",
    open: (layer) => once(blobs[layer] ?? Buffer.alloc(0)),
  }),
  export: (blobs) => ({
    kind: "export",
    async *blobs() {
      for (const [i, bytes] of blobs.entries()) yield { name: `${i}.tar`, bytes: once(bytes) };
    },
  }),
};

/** What reading these bytes as the layers of one image ends with. */
async function read(kind: Kind, blobs: readonly Buffer[], given = layers): Promise<string> {
  const image: OpenedImage = {
    summary: { ...scan().artifact, target: "team/api:1" },
    settings: imageSettings(undefined),
    history: [],
    layers: given,
    access: ACCESS[kind](blobs),
  };
  const { signal } = new AbortController();
  const context = { cache: openCache(null), signal, secrets: false, progress: () => undefined };
  try {
    return (await layerFacts(image, context)).map((facts) => facts?.files.paths.join()).join();
  } catch (error) {
    return error instanceof AppError ? `${error.code}: ${error.message}` : String(error);
  }
}

const [first = Buffer.alloc(0), second = Buffer.alloc(0)] = whole;
const cut = second.subarray(0, second.length - 20);
const other = gzipSync(tarOf([{ name: "b", content: "changed" }]));
const named = `layer 2 of 2 (${layers[1]?.digest}) of "team/api:1"`;

describe.each(["slices", "streams"] as const)("layers as %s", (kind) => {
  test("are read", async () => {
    expect(await read(kind, whole)).toBe("a,b");
  });

  test("that are cut are named by number, digest and image", async () => {
    expect(await read(kind, [first, cut])).toBe(
      `archive-invalid: cannot read ${named}: cannot decompress: unexpected end of file`,
    );
  });

  test("that were changed are, too", async () => {
    expect(await read(kind, [first, other])).toBe(
      `digest-mismatch: cannot trust ${named}: its bytes have the digest ${digestOf(other)}`,
    );
  });

  test("whose content is not what the configuration says are, too", async () => {
    const wrong = { ...layers[1], diffId: digestOf(Buffer.from("z")) } as ImageLayer;
    expect(await read(kind, whole, [layers[0] as ImageLayer, wrong])).toBe(
      `digest-mismatch: cannot trust ${named}: its content has the digest ${digestOf(plain[1] ?? first)}, and the configuration says ${wrong.diffId}`,
    );
  });
});

describe("layers of an export", () => {
  test("are read", async () => {
    expect(await read("export", whole)).toBe("a,b");
  });

  test("that are cut are named by their names in it", async () => {
    expect(await read("export", [first, cut])).toBe(
      'archive-invalid: cannot read layer "1.tar" of "team/api:1": cannot decompress: unexpected end of file',
    );
  });

  test("that are missing are named by number, digest and image", async () => {
    expect(await read("export", [first, other])).toBe(
      `digest-mismatch: cannot read ${named}: nothing in the archive has the digest ${layers[1]?.diffId} that the configuration names`,
    );
  });
});
