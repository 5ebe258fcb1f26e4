import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { missingPrograms } from "../../../test/lab/programs.ts";
import { describeShared, sharedPath } from "../../../test/shared.ts";
import { AppError } from "../../kit/error.ts";
import type { OpenedImage } from "../image.ts";
import { inflate } from "../layers/inflate.ts";
import { readSlice } from "../slice.ts";
import { openDockerArchive } from "./docker-archive.ts";
import { openOciArchive } from "./oci-archive.ts";
import { tarOf, type WrittenEntry } from "./test-support/tar-writer.ts";

let root = "";
let count = 0;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "bulwark-archive-"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function place(): string {
  count += 1;
  return join(root, String(count));
}
function written(bytes: Uint8Array): string {
  const path = place();
  writeFileSync(path, bytes);
  return path;
}

const sha256 = (bytes: Uint8Array | string): string =>
  createHash("sha256").update(bytes).digest("hex");

async function docker(path: string, reference: string | null = null): Promise<OpenedImage> {
  return openDockerArchive(path, { reference, platform: null, target: "docker-archive:it" });
}
async function oci(path: string, tag: string | null = null): Promise<OpenedImage> {
  return openOciArchive(path, { tag, platform: null, target: "oci-archive:it" });
}

async function complaint(opening: Promise<OpenedImage>): Promise<string> {
  try {
    const { summary } = await opening;
    return `opened ${summary.digest}`;
  } catch (error) {
    if (error instanceof AppError) return `${error.code}: ${error.message}`;
    throw error;
  }
}

/** Reads all layers as the scan does, and returns the digests of their content: by layer, or in the order of the export. */
async function diffIdsRead(image: OpenedImage): Promise<string[]> {
  const { access, layers } = image;
  const streams: AsyncIterable<Uint8Array>[] = [];
  const digests: string[] = [];
  const read = async (bytes: AsyncIterable<Uint8Array>): Promise<void> => {
    const inflation = inflate(bytes);
    for await (const _ of inflation.pieces);
    digests.push(`sha256:${inflation.digests().plain}`);
  };
  if (access.kind === "slices") {
    streams.push(...layers.map((_, i) => readSlice(access.slice(i))));
    for (const stream of streams) await read(stream);
  } else if (access.kind === "export") {
    for await (const blob of access.blobs(new AbortController().signal)) await read(blob.bytes);
  }
  return digests;
}

/** The entries of a saved image with these layers, as old `docker save` orders them. */
function saved(layers: readonly Buffer[], tags: readonly string[] | null): WrittenEntry[] {
  const config = JSON.stringify({
    architecture: "amd64",
    os: "linux",
    rootfs: { type: "layers", diff_ids: layers.map((l) => `sha256:${sha256(l)}`) },
  });
  const name = `${sha256(config)}.json`;
  const paths = layers.map((_, i) => `${i}/layer.tar`);
  return [
    ...layers.flatMap((content, i) => [
      { name: `${i}/`, type: "5" },
      { name: `${i}/VERSION`, content: "1.0" },
      { name: `${i}/layer.tar`, content },
    ]),
    { name, content: config },
    {
      name: "manifest.json",
      content: JSON.stringify([{ Config: name, RepoTags: tags, Layers: paths }]),
    },
  ];
}

const LAYER_A = tarOf([{ name: "a", content: "a" }]);
const LAYER_B = tarOf([{ name: "b", content: "b".repeat(5 << 20) }]);
const digestsOf = (layers: readonly Buffer[]): string[] =>
  layers.map((layer) => `sha256:${sha256(layer)}`);

describe("a Docker archive", () => {
  test.each([
    ["plain", (bytes: Buffer) => bytes, "slices"],
    ["compressed", (bytes: Buffer) => gzipSync(bytes), "export"],
  ])("that is %s gives its layers", async (_, pack, access) => {
    const image = await docker(written(pack(tarOf(saved([LAYER_A, LAYER_B], ["web:1"])))));
    expect([image.access.kind, image.summary.digestKind, image.summary.reference]).toEqual([
      access,
      "image-id",
      "docker.io/library/web:1",
    ]);
    expect(await diffIdsRead(image)).toEqual(digestsOf([LAYER_A, LAYER_B]));
  });

  test("may link to layers that it has written already", async () => {
    const entries = saved([LAYER_A, LAYER_A, LAYER_A], null).map((entry) => {
      if (entry.name === "1/layer.tar")
        return { name: entry.name, type: "2", link: "../0/layer.tar" };
      if (entry.name === "2/layer.tar") return { name: entry.name, type: "1", link: "1/layer.tar" };
      return entry;
    });
    const image = await docker(written(tarOf(entries)));
    expect(await diffIdsRead(image)).toEqual(digestsOf([LAYER_A, LAYER_A, LAYER_A]));
  });

  test("may have compressed layers", async () => {
    const entries = saved([LAYER_A], null).map((entry) =>
      entry.name === "0/layer.tar" ? { ...entry, content: gzipSync(LAYER_A) } : entry,
    );
    expect(await diffIdsRead(await docker(written(tarOf(entries))))).toEqual(digestsOf([LAYER_A]));
  });

  test("with several images wants to know which, and finds it by any of its names", async () => {
    const [web, api] = [saved([LAYER_A], ["web:1", "web:latest"]), saved([LAYER_B], null)];
    const lists = [web, api].flatMap((entries) => {
      const manifest = entries.find((entry) => entry.name === "manifest.json");
      return JSON.parse(String(manifest?.content)) as { Config: string; Layers: string[] }[];
    });
    const moved = api.map((entry) => ({ ...entry, name: entry.name.replace(/^0\//, "9/") }));
    const manifest = lists.map((image, i) =>
      i === 1 ? { ...image, Layers: ["9/layer.tar"] } : image,
    );
    const others = [...web, ...moved].filter((entry) => entry.name !== "manifest.json");
    const path = written(
      tarOf([...others, { name: "manifest.json", content: JSON.stringify(manifest) }]),
    );
    const [webId, apiId] = lists.map((image) => image.Config.replace(".json", ""));
    expect(await complaint(docker(path))).toBe(
      `usage: cannot choose an image of archive ${JSON.stringify(path)}: it holds web:1, web:latest, ${apiId?.slice(0, 12)}`,
    );
    for (const name of [
      "web:1",
      "web",
      "docker.io/library/web:latest",
      webId?.slice(0, 12),
      `sha256:${webId}`,
    ])
      expect(await complaint(docker(path, name))).toBe(`opened sha256:${webId}`);
    expect(await complaint(docker(path, apiId))).toBe(`opened sha256:${apiId}`);
    expect(await complaint(docker(path, "web:2"))).toContain(
      'not-found: cannot find image "web:2"',
    );
  });

  test("for another platform than was asked for is refused", async () => {
    const path = written(tarOf(saved([LAYER_A], null)));
    const opening = openDockerArchive(path, {
      reference: null,
      platform: { os: "linux", architecture: "arm64" },
      target: "it",
    });
    expect(await complaint(opening)).toContain("platform-not-found");
  });
});

describe("a bad archive is refused with its name and its state:", () => {
  const good = tarOf(saved([LAYER_A, LAYER_B], ["web:1"]));
  const without = (name: string): Buffer =>
    tarOf(saved([LAYER_A], null).filter((entry) => !entry.name.endsWith(name)));
  const withManifest = (manifest: unknown): Buffer =>
    tarOf([
      ...saved([LAYER_A], null).slice(0, -1),
      { name: "manifest.json", content: JSON.stringify(manifest) },
    ]);
  test.each([
    ["empty", Buffer.alloc(0), /^archive-invalid: cannot read archive "[^"]+": it is empty$/],
    ["a line", Buffer.from("hello"), /^archive-invalid: .*: it is no tar archive$/],
    ["text", Buffer.from("hello ".repeat(200)), /^archive-invalid: .*: it is no tar archive$/],
    ["zeros", Buffer.alloc(10_240), /^archive-invalid: .* it is no Docker archive$/],
    ["cut in a layer", good.subarray(0, 100_000), /^archive-invalid: .*: it is cut$/],
    ["cut in a header", good.subarray(0, 700), /^archive-invalid: .* it is cut$/],
    [
      "cut between two entries",
      good.subarray(0, 512),
      /^archive-invalid: .* it is no Docker archive$/,
    ],
    ["compressed and cut", gzipSync(good).subarray(0, 4000), /^archive-invalid: .* unexpected end/],
    ["damaged compression", flipped(gzipSync(good), 3000), /^archive-invalid: cannot read archive/],
    [
      "xz",
      Buffer.from("\xfd7zXZ\0\0\0", "latin1"),
      /^archive-invalid: .* in a way that we do not read$/,
    ],
    [
      "without a layer",
      without("layer.tar"),
      /^archive-invalid: .* layer "0\/layer.tar" is missing$/,
    ],
    [
      "without a manifest",
      without("manifest.json"),
      /^archive-invalid: .* it is no Docker archive$/,
    ],
    ["without its configuration", without(`.json`), /^archive-invalid:/],
    [
      "a manifest of another kind",
      withManifest({}),
      /^archive-invalid: cannot read manifest.json of archive .* it is not an array$/,
    ],
    ["no images", withManifest([]), /^archive-invalid: .* it holds no image$/],
    [
      "names that lead outside",
      withManifest([{ Config: "../../etc/passwd", RepoTags: null, Layers: ["/etc/shadow"] }]),
      /^archive-invalid: .* configuration "..\/..\/etc\/passwd" is missing$/,
    ],
    [
      "a link loop",
      tarOf([
        ...saved([LAYER_A], null).filter((entry) => entry.name !== "0/layer.tar"),
        { name: "0/layer.tar", type: "2", link: "../1/layer.tar" },
        { name: "1/layer.tar", type: "2", link: "../0/layer.tar" },
      ]),
      /^archive-invalid: .* layer "0\/layer.tar" is missing$/,
    ],
    [
      "a configuration under another digest",
      tarOf(
        saved([LAYER_A], null).map((entry) =>
          entry.name.length > 60
            ? { ...entry, content: String(entry.content).replace("amd64", "arm64") }
            : entry,
        ),
      ),
      /^digest-mismatch: cannot trust configuration "\w+.json" of archive/,
    ],
    [
      "fewer layers than configured",
      tarOf(
        saved([LAYER_A, LAYER_A], null).map((entry) =>
          entry.name === "manifest.json"
            ? { ...entry, content: String(entry.content).replace(',"1/layer.tar"', "") }
            : entry,
        ),
      ),
      /^archive-invalid: .* manifest.json has 1 layers and its configuration 2$/,
    ],
  ])("%s", async (_, bytes, wanted) => {
    expect(await complaint(docker(written(bytes)))).toMatch(wanted);
  });

  test("a folder, and nothing", async () => {
    expect(await complaint(docker(root))).toContain("it is a folder");
    expect(await complaint(oci(join(root, "absent")))).toContain("not-found: cannot open archive");
  });

  test("more entries than any image has", async () => {
    const one = tarOf([{ name: "x", type: "5" }]).subarray(0, 512);
    const many = Buffer.concat(Array.from({ length: 100_001 }, () => one));
    expect(await complaint(docker(written(many)))).toContain("limit-exceeded: cannot read archive");
  });

  test("the other kind, with the way to read it", async () => {
    const path = written(tarOf(saved([LAYER_A], null)));
    const error = await oci(path).catch((e: unknown) => e);
    expect(error).toMatchObject({
      code: "archive-invalid",
      hint: `it is what docker save writes: docker-archive:${path}`,
    });
  });

  test("any bytes, without any other failure", async () => {
    const path = place();
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 3000 }),
        fc.nat(),
        fc.nat(),
        async (noise, at, cut) => {
          const start = at % good.length;
          const bytes = Buffer.concat([
            good.subarray(0, start),
            noise,
            good.subarray(start + (cut % 2000)),
          ]);
          writeFileSync(path, bytes);
          await complaint(docker(path));
          await complaint(oci(path));
        },
      ),
      { numRuns: 40 },
    );
  });
});

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.fill(0xff, at, at + 16);
  return copy;
}

describeShared("archives that docker save wrote", () => {
  const hindrance = missingPrograms("skopeo");
  test("are opened as they are, compressed as a whole", async () => {
    const image = await docker(sharedPath("data/goldens/images/alpine-310.tar.gz"));
    expect(image.summary).toMatchObject({
      digest: "sha256:af341ccd2df8b0e2d67cf8dd32e087bfda4e5756ebd1c76bbf3efa0dc246590e",
      platform: { os: "linux", architecture: "amd64" },
      createdAt: "2020-01-23T16:53:06.686519038Z",
    });
    expect(await diffIdsRead(image)).toEqual(image.layers.map((layer) => layer.diffId));
  });

  test.skipIf(hindrance !== null)(
    `and those of skopeo made from them hold the same image (${hindrance ?? "skopeo"})`,
    async () => {
      const plain = written(
        gunzipSync(readFileSync(sharedPath("data/goldens/images/alpine-311.tar.gz"))),
      );
      const wanted = await docker(plain);
      const [ociFile, dockerFile, packed] = [place(), place(), place()];
      execFileSync("skopeo", [
        "copy",
        "--insecure-policy",
        `docker-archive:${plain}`,
        `oci-archive:${ociFile}:3.11`,
      ]);
      execFileSync("skopeo", [
        "copy",
        "--insecure-policy",
        `docker-archive:${plain}`,
        `docker-archive:${dockerFile}:alpine:3.11`,
      ]);
      writeFileSync(packed, gzipSync(readFileSync(ociFile)));
      const diffIds = wanted.layers.map((layer) => layer.diffId);
      for (const opening of [
        oci(ociFile),
        oci(ociFile, "3.11"),
        oci(packed),
        docker(dockerFile, "alpine:3.11"),
      ]) {
        const image = await opening;
        expect([image.layers.map((l) => l.diffId), await diffIdsRead(image)]).toEqual([
          diffIds,
          diffIds,
        ]);
      }
      const said = execFileSync("skopeo", ["inspect", `oci-archive:${ociFile}`]).toString();
      expect((await oci(ociFile)).summary.digest).toBe(
        (JSON.parse(said) as { Digest: string }).Digest,
      );
      expect((await docker(dockerFile)).summary.digest).toBe(wanted.summary.digest);
    },
  );
});
