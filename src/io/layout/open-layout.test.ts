import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { missingPrograms } from "../../../test/lab/programs.ts";
import { AppError } from "../../kit/error.ts";
import type { OpenedImage } from "../image.ts";
import { readSlice } from "../slice.ts";
import { openLayout } from "./open-layout.ts";
import { LayoutWriter, named } from "./test-support/layout-writer.ts";

let root = "";
let count = 0;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "bulwark-layout-"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function place(): string {
  count += 1;
  return join(root, String(count));
}
function writer(): LayoutWriter {
  return new LayoutWriter(place());
}

interface Ask {
  readonly tag?: string;
  readonly platform?: string;
}

async function opened(path: string, ask: Ask = {}): Promise<OpenedImage> {
  const [os = "", architecture = ""] = ask.platform?.split("/") ?? [];
  const platform = ask.platform === undefined ? null : { os, architecture };
  return openLayout(path, { tag: ask.tag ?? null, platform, target: "oci:it" });
}

async function digestOf(path: string, ask: Ask = {}): Promise<string> {
  try {
    return (await opened(path, ask)).summary.digest ?? "none";
  } catch (error) {
    if (error instanceof AppError) return `${error.code}: ${error.message}`;
    throw error;
  }
}

async function bytesOf(image: OpenedImage, layer: number): Promise<string> {
  if (image.access.kind !== "slices") throw new Error("no slices");
  const pieces: Uint8Array[] = [];
  for await (const piece of readSlice(image.access.slice(layer))) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

describe("a layout", () => {
  test("with one image needs no tag, and tells all that it claims", async () => {
    const layout = writer();
    const { manifest, layers } = layout.image(["one", "two"], {
      created: "2026-01-02T03:04:05Z",
      history: [{ created_by: "A" }, { created_by: "B", empty_layer: true }, { created_by: "C" }],
    });
    const image = await opened(layout.finish([named(manifest, "1.0")]));
    expect(image.summary).toEqual({
      kind: "image",
      target: "oci:it",
      reference: null,
      digest: manifest.digest,
      digestKind: "manifest",
      indexDigest: null,
      platform: { os: "linux", architecture: "amd64" },
      createdAt: "2026-01-02T03:04:05Z",
      layers: layers.map(({ digest, size }, i) => ({
        digest,
        diffId: digest,
        createdBy: i === 0 ? "A" : "C",
        sizeBytes: size,
      })),
    });
    expect([await bytesOf(image, 0), await bytesOf(image, 1)]).toEqual(["one", "two"]);
  });

  test("has images by tag, by digest, and by whole name as containerd writes it", async () => {
    const layout = writer();
    const [a, b] = [layout.image(["a"]).manifest, layout.image(["b"]).manifest];
    const byContainerd = (blob: object, name: string, tag: string): object => ({
      ...blob,
      annotations: {
        "io.containerd.image.name": name,
        "org.opencontainers.image.ref.name": tag,
      },
    });
    const path = layout.finish([
      byContainerd(a, "docker.io/library/web:1", "1"),
      byContainerd(b, "registry.example.org/team/api:2", "2"),
    ]);
    expect([
      await digestOf(path, { tag: "1" }),
      await digestOf(path, { tag: "web:1" }),
      await digestOf(path, { tag: b.digest }),
      await digestOf(path, { tag: "registry.example.org/team/api:2" }),
    ]).toEqual([a.digest, a.digest, b.digest, b.digest]);
    // A target is taken apart at its last colon before anybody looks; the path is the longest that exists.
    const written = `${path}:registry.example.org/team/api`;
    expect(await digestOf(written, { tag: "2" })).toBe(b.digest);
    expect((await opened(path, { tag: "web:1" })).summary.reference).toBe(
      "docker.io/library/web:1",
    );
  });

  test("with several images wants a tag and names those that there are", async () => {
    const layout = writer();
    const [a, b] = [layout.image(["a"]).manifest, layout.image(["b"]).manifest];
    const path = layout.finish([named(a, "1"), named(b, "2")]);
    expect(await digestOf(path)).toBe(
      `usage: cannot choose an image of layout ${JSON.stringify(path)}: it holds 1, 2`,
    );
    expect(await digestOf(path, { tag: "3" })).toContain(
      `not-found: cannot find image "3" in layout ${JSON.stringify(path)}: it holds 1, 2`,
    );
  });

  test("with one image under two tags has one image", async () => {
    const layout = writer();
    const { manifest } = layout.image(["a"]);
    const path = layout.finish([named(manifest, "1"), named(manifest, "latest")]);
    expect(await digestOf(path)).toBe(manifest.digest);
  });

  test("does not take what is attached to an image for another image", async () => {
    const layout = writer();
    const { manifest } = layout.image(["a"]);
    const attestation = {
      ...layout.image(["att"]).manifest,
      platform: { os: "unknown", architecture: "unknown" },
    };
    const sbom = layout.image(["sbom"], {}, { artifactType: "application/spdx+json" }).manifest;
    const signature = layout.image(
      ["sig"],
      {},
      {
        layers: [layout.blob("application/vnd.dev.cosign.simplesigning.v1+json", "{}")],
      },
    ).manifest;
    expect(await digestOf(layout.finish([attestation, sbom, signature, manifest]))).toBe(
      manifest.digest,
    );
    expect(await digestOf(layout.finish([sbom]))).toContain('no image but "application/spdx+json"');
  });

  test("may keep the platforms of one image side by side, or in an index, or deeper", async () => {
    const layout = writer();
    const forPlatform = (architecture: string): { digest: string; platform: object } => ({
      ...layout.image([architecture], { architecture }).manifest,
      platform: { os: "linux", architecture },
    });
    const platforms = ["amd64", "arm64", "s390x"].map(forPlatform);
    const index = layout.index(platforms);
    const deeper = layout.index([index]);
    const wanted = platforms[1]?.digest;
    for (const manifests of [platforms, [index], [deeper]]) {
      const path = layout.finish(manifests);
      expect(await digestOf(path, { platform: "linux/arm64" })).toBe(wanted);
      expect(await digestOf(path, { platform: "linux/riscv64" })).toContain("platform-not-found");
    }
    const image = await opened(layout.finish([deeper]), { platform: "linux/s390x" });
    expect([image.summary.indexDigest, image.summary.platform]).toEqual([
      deeper.digest,
      { os: "linux", architecture: "s390x" },
    ]);
  });

  test("for one other platform is opened unless this machine's was asked for", async () => {
    const layout = writer();
    const image = layout.image(["x"], { architecture: "s390x" }).manifest;
    const inIndex = layout.index([{ ...image, platform: { os: "linux", architecture: "s390x" } }]);
    for (const manifests of [[image], [inIndex]]) {
      const path = layout.finish(manifests);
      expect(await digestOf(path)).toBe(image.digest);
      expect(await digestOf(path, { platform: "linux/arm64" })).toContain(
        "it exists for linux/s390x",
      );
    }
  });

  test("may be made of links, as build tools do", async () => {
    const layout = writer();
    const { manifest, layers } = layout.image(["linked"]);
    const path = layout.finish([manifest]);
    const [layer] = layers;
    const blob = layout.pathOf(layer?.digest ?? "");
    rmSync(blob);
    writeFileSync(join(root, "elsewhere"), "linked");
    symlinkSync(join(root, "elsewhere"), blob);
    expect(await bytesOf(await opened(path), 0)).toBe("linked");
  });

  test("need not have layers that are kept elsewhere or are encrypted, and says so", async () => {
    const layout = writer();
    const foreign = {
      mediaType: "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
      digest: `sha256:${"1".repeat(64)}`,
      size: 10,
    };
    const here = layout.blob("application/vnd.oci.image.layer.v1.tar", "x");
    const diffIds = { rootfs: { diff_ids: [foreign.digest, here.digest] } };
    const { manifest } = layout.image([], diffIds, { layers: [foreign, here] });
    const image = await opened(layout.finish([manifest]));
    expect(image.layers.map((l) => l.unreadable)).toEqual([
      "it is not kept with the image but at an address of its own",
      null,
    ]);
    expect(await bytesOf(image, 1)).toBe("x");
  });
});

describe("a bad layout is refused with its name and its state:", () => {
  const cases: [name: string, make: () => string, wanted: RegExp][] = [
    ["nothing", () => join(root, "absent"), /^not-found: cannot open layout .*absent/],
    [
      "a file",
      () => {
        writeFileSync(join(root, "file"), "x");
        return join(root, "file");
      },
      /^archive-invalid: .* it is a file$/,
    ],
    ["another folder", () => root, /^archive-invalid: .* it has no index.json$/],
    ["no image", () => writer().finish([]), /^archive-invalid: .* it holds no image$/],
    [
      "another version",
      () => {
        const path = writer().finish([]);
        writeFileSync(join(path, "oci-layout"), '{"imageLayoutVersion":"2.0.0"}');
        return path;
      },
      /^archive-invalid: .* its version is "2.0.0", not 1$/,
    ],
    [
      "an index that is no JSON",
      () => {
        const path = writer().finish([]);
        writeFileSync(join(path, "index.json"), "{");
        return path;
      },
      /^archive-invalid: cannot read index.json of layout "[^"]+": it is not JSON$/,
    ],
    [
      "an index of many megabytes",
      () => {
        const path = writer().finish([]);
        writeFileSync(join(path, "index.json"), Buffer.alloc(5 << 20, " "));
        return path;
      },
      /^limit-exceeded: .* it is larger than 4194304 bytes, it has 5242880$/,
    ],
    [
      "a folder in the index's place",
      () => {
        const path = writer().folder;
        mkdirSync(join(path, "index.json"));
        return path;
      },
      /^archive-invalid: .* it has no index.json$/,
    ],
    [
      "a manifest that is missing",
      () => {
        const layout = writer();
        const { manifest } = layout.image(["a"]);
        rmSync(layout.pathOf(manifest.digest));
        return layout.finish([manifest]);
      },
      /^archive-invalid: .* manifest sha256:\w+ is missing$/,
    ],
    [
      "a manifest that was changed",
      () => {
        const layout = writer();
        const { manifest } = layout.image(["a"]);
        writeFileSync(layout.pathOf(manifest.digest), "{}");
        return layout.finish([manifest]);
      },
      /^digest-mismatch: cannot trust manifest sha256:\w+ of layout .*: its bytes have the digest/,
    ],
    [
      "a manifest of many megabytes",
      () => {
        const layout = writer();
        return layout.finish([layout.blob("", " ".repeat(5 << 20))]);
      },
      /^limit-exceeded: .* it is larger than/,
    ],
    [
      "a configuration that was changed",
      () => {
        const layout = writer();
        const { manifest, config } = layout.image(["a"]);
        writeFileSync(layout.pathOf(config.digest), "{}");
        return layout.finish([manifest]);
      },
      /^digest-mismatch: cannot trust configuration sha256:/,
    ],
    [
      "a layer that is missing",
      () => {
        const layout = writer();
        const { manifest, layers } = layout.image(["a"]);
        rmSync(layout.pathOf(layers[0]?.digest ?? ""));
        return layout.finish([manifest]);
      },
      /^archive-invalid: .* layer 1 of 1, sha256:\w+ is missing$/,
    ],
    [
      "a layer that is cut",
      () => {
        const layout = writer();
        const { manifest, layers } = layout.image(["four"]);
        truncateSync(layout.pathOf(layers[0]?.digest ?? ""), 3);
        return layout.finish([manifest]);
      },
      /^digest-mismatch: cannot trust layer .* it has 3 bytes, and 4 are claimed$/,
    ],
    [
      "a device in a layer's place",
      () => {
        const layout = writer();
        const { manifest, layers } = layout.image(["four"]);
        const blob = layout.pathOf(layers[0]?.digest ?? "");
        rmSync(blob);
        symlinkSync("/dev/zero", blob);
        return layout.finish([manifest]);
      },
      /^archive-invalid: .* layer 1 of 1, sha256:\w+ is missing$/,
    ],
    [
      "a link that leads to itself in a manifest's place",
      () => {
        const layout = writer();
        const { manifest } = layout.image(["four"]);
        const blob = layout.pathOf(manifest.digest);
        rmSync(blob);
        symlinkSync(blob, blob);
        return layout.finish([manifest]);
      },
      /^unreadable: cannot open layout's blob/,
    ],
    [
      "a digest that leads outside",
      () => writer().finish([{ mediaType: "", digest: "sha256:../../../etc/passwd", size: 1 }]),
      /^archive-invalid: .* manifests\[0\].digest is "sha256:/,
    ],
    [
      "an index that claims to list itself",
      () => {
        const layout = writer();
        const digest = `sha256:${"0".repeat(64)}`;
        const self = { mediaType: "application/vnd.oci.image.index.v1+json", digest, size: 1 };
        writeFileSync(
          layout.pathOf(digest),
          JSON.stringify({ schemaVersion: 2, manifests: [self] }),
        );
        return layout.finish([self]);
      },
      /^digest-mismatch: cannot trust manifest sha256:0000/,
    ],
    [
      "indexes in indexes without end",
      () => {
        const layout = writer();
        let blob: object = layout.image(["deep"]).manifest;
        for (let depth = 0; depth < 50; depth += 1) blob = layout.index([blob]);
        return layout.finish([blob]);
      },
      /^limit-exceeded: .* nested more than 4 deep$/,
    ],
    [
      "two images of one name",
      () => {
        const layout = writer();
        const images = ["a", "b"].map((c) => named(layout.image([c]).manifest, "1"));
        return layout.finish(images);
      },
      /^usage: cannot choose an image/,
    ],
  ];
  test.each(cases)("%s", async (_, make, wanted) => {
    expect(await digestOf(make())).toMatch(wanted);
  });
});

describe("layouts that other programs made", () => {
  const hindrance = missingPrograms("umoci", "skopeo");
  test.skipIf(hindrance !== null)(
    `are opened with their tags, layers and history (${hindrance ?? "umoci, skopeo"})`,
    async () => {
      const layout = place();
      const umoci = (...args: string[]): string => execFileSync("umoci", args).toString();
      umoci("init", "--layout", layout);
      umoci("new", "--image", `${layout}:made`);
      for (const name of ["a", "b"]) {
        const folder = place();
        mkdirSync(folder);
        writeFileSync(join(folder, name), name);
        umoci("insert", "--image", `${layout}:made`, join(folder, name), `/${name}`);
      }
      const copied = place();
      execFileSync("skopeo", [
        "copy",
        "--insecure-policy",
        `oci:${layout}:made`,
        `oci:${copied}:there`,
      ]);
      for (const [path, tag] of [
        [layout, "made"],
        [copied, "there"],
      ] as const) {
        const image = await opened(path, { tag });
        const said = execFileSync("skopeo", ["inspect", `oci:${path}:${tag}`]).toString();
        const inspected = JSON.parse(said) as { Digest: string; Layers: string[] };
        expect([image.summary.digest, image.layers.map((l) => l.digest)]).toEqual([
          inspected.Digest,
          inspected.Layers,
        ]);
        expect(image.summary.layers.map((l) => l.createdBy)).toEqual([
          "umoci insert",
          "umoci insert",
        ]);
      }
    },
  );
});
